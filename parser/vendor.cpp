#include "parser/vendor.hpp"

#include <algorithm>

namespace bounced {
namespace {

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string without_dots(std::string_view name) {
  while (!name.empty() && name.front() == '.') name.remove_prefix(1);
  while (!name.empty() && name.back() == '.') name.remove_suffix(1);
  return lower_ascii(name);
}

}  // namespace

Result<VendorIndex> VendorIndex::make(const std::vector<VendorFacts>& vendors, Patterns& patterns) {
  VendorIndex index;
  for (std::uint16_t number = 0; number < vendors.size(); ++number) {
    const VendorFacts& vendor = vendors[number];
    if (!index.ids_.emplace(vendor.id, number).second)
      return fail(Exit::config, vendor.origin + ": the vendor " + vendor.id + " is there twice");
    for (const std::string& pattern : vendor.text) {
      const auto when = vendor.checked ? Patterns::Compile::on_first_use : Patterns::Compile::now;
      if (auto added = patterns.add(pattern, when); !added)
        return fail(Exit::config, vendor.origin + ": vendor " + vendor.id + ": " + added.error().message,
                    "RE2 syntax: no look-ahead and no back-references");
      index.evidence_.push_back({number, false});
    }
    for (const std::string& url : vendor.url) {
      if (auto added = patterns.add_literal(url); !added)
        return fail(Exit::config, vendor.origin + ": vendor " + vendor.id + ": " + added.error().message);
      index.evidence_.push_back({number, true});
    }
    for (const std::string& host : vendor.host) index.hosts_.emplace(without_dots(host), number);
    for (const std::string& domain : vendor.domain) index.domains_.emplace(without_dots(domain), number);
  }
  index.also_.resize(vendors.size());
  for (std::size_t number = 0; number < vendors.size(); ++number)
    for (const std::string& other : vendors[number].also) {
      const int found = index.number_of(other);
      if (found < 0)
        return fail(Exit::config, vendors[number].origin + ": vendor " + vendors[number].id +
                                      ": also names " + other + ", which no file defines");
      index.also_[number].push_back(static_cast<std::uint16_t>(found));
    }
  return index;
}

int VendorIndex::number_of(std::string_view id) const {
  const auto found = ids_.find(id);
  return found == ids_.end() ? -1 : found->second;
}

int VendorIndex::by_host(std::string_view host) const {
  if (host.empty() || hosts_.empty()) return -1;
  const std::string name = without_dots(host);
  for (std::size_t at = 0; at < name.size();) {
    const auto found = hosts_.find(std::string_view(name).substr(at));
    if (found != hosts_.end()) return found->second;
    const std::size_t dot = name.find('.', at);
    if (dot == std::string::npos) break;
    at = dot + 1;
  }
  return -1;
}

void VendorIndex::add_also(Vendors& vendors) const {
  for (std::size_t i = 0; i < vendors.count; ++i)
    for (const std::uint16_t other : also_[vendors.list[i]]) vendors.add(other);
}

Vendors VendorIndex::recognise(const Reply& reply, std::string_view text, std::string_view lower,
                               const Patterns& patterns, const std::vector<std::uint32_t>& candidates,
                               std::string* because) const {
  Vendors found;
  const auto note = [&](int vendor, auto&& why) {
    if (vendor < 0) return;
    if (found.count == 0 && because != nullptr) *because = why();
    found.add(static_cast<std::uint16_t>(vendor));
  };
  if (!reply.vendor.empty()) note(number_of(reply.vendor), [] { return std::string("told by the caller"); });
  for (const bool url : {false, true}) {
    for (const std::uint32_t candidate : candidates) {
      if (candidate >= evidence_.size()) break;
      const TextEvidence& evidence = evidence_[candidate];
      if (evidence.url != url || found.has(evidence.vendor)) continue;
      if (!patterns.candidate_matches(candidate, text)) continue;
      note(evidence.vendor, [&] {
        Span span;
        patterns.find(candidate, text, lower, span);
        return (url ? "url: " : "text: ") + std::string(text.substr(span.begin, span.end - span.begin));
      });
    }
  }
  note(by_host(reply.remote_mta), [&] { return "remote-mta: " + reply.remote_mta; });
  if (const std::size_t at = reply.recipient.rfind('@'); at != std::string::npos && !domains_.empty()) {
    const auto domain = domains_.find(without_dots(std::string_view(reply.recipient).substr(at + 1)));
    if (domain != domains_.end())
      note(domain->second, [&] { return "domain of the recipient: " + domain->first; });
  }
  if (found.count == 0)
    note(by_host(reply.reporting_mta), [&] { return "reporting-mta: " + reply.reporting_mta; });
  add_also(found);
  return found;
}

}  // namespace bounced
