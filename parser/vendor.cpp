#include "parser/vendor.hpp"

#include <string>

#include "parser/text.hpp"

namespace bounced {
namespace {

/// RFC 5321 4.5.3.1.2: octets of a domain. A longer one is nobody's host, and each of its labels would be
/// looked up.
constexpr std::size_t longest_host = 255;

std::string without_dots(std::string_view name) {
  while (!name.empty() && name.front() == '.') name.remove_prefix(1);
  while (!name.empty() && name.back() == '.') name.remove_suffix(1);
  return lower_copy(name);
}

}  // namespace

Result<VendorIndex> VendorIndex::make(const std::vector<VendorFacts>& vendors, Patterns& patterns) {
  if (vendors.size() > max_vendors)
    return fail(Exit::config, vendors[max_vendors].origin + ": more than " + std::to_string(max_vendors) +
                                  " vendors, all files together");
  VendorIndex index;
  for (const VendorFacts& vendor : vendors)
    if (auto added = index.add(vendor, patterns); !added) return fail(added.error());
  for (const VendorFacts& vendor : vendors)
    if (auto linked = index.link(vendor); !linked) return fail(linked.error());
  return index;
}

Result<void> VendorIndex::add(const VendorFacts& vendor, Patterns& patterns) {
  const auto number = static_cast<std::uint16_t>(ids_.size());
  if (!ids_.emplace(vendor.id, number).second)
    return fail(Exit::config, vendor.origin + ": the vendor " + vendor.id + " is there twice");
  for (const std::string& pattern : vendor.text) {
    const auto when = vendor.checked ? Patterns::Compile::on_first_use : Patterns::Compile::now;
    if (auto added = patterns.add(pattern, when); !added)
      return fail(Exit::config, vendor.origin + ": vendor " + vendor.id + ": " + added.error().message,
                  "RE2 syntax: no look-ahead and no back-references");
    evidence_.push_back({number, false});
  }
  for (const std::string& url : vendor.url) {
    if (auto added = patterns.add_literal(url); !added)
      return fail(Exit::config, vendor.origin + ": vendor " + vendor.id + ": " + added.error().message);
    evidence_.push_back({number, true});
  }
  for (const std::string& host : vendor.host) hosts_.emplace(without_dots(host), number);
  for (const std::string& domain : vendor.domain) domains_.emplace(without_dots(domain), number);
  return {};
}

Result<void> VendorIndex::link(const VendorFacts& vendor) {
  std::vector<std::uint16_t>& others = also_.emplace_back();
  for (const std::string& other : vendor.also) {
    const int found = number_of(other);
    if (found < 0)
      return fail(Exit::config, vendor.origin + ": vendor " + vendor.id + ": also names " + other +
                                    ", which no file defines");
    others.push_back(static_cast<std::uint16_t>(found));
  }
  return {};
}

int VendorIndex::number_of(std::string_view id) const {
  const auto found = ids_.find(id);
  return found == ids_.end() ? -1 : found->second;
}

int VendorIndex::by_host(std::string_view host) const {
  if (host.empty() || host.size() > longest_host || hosts_.empty()) return -1;
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

Vendors VendorIndex::recognise(const Reply& reply, std::string_view text, const Patterns& patterns,
                               const PatternCandidates& candidates, std::string* because) const {
  Vendors found;
  const auto note = [&](int vendor, auto&& why) {
    if (vendor < 0) return;
    if (found.count == 0 && because != nullptr) *because = why();
    found.add(static_cast<std::uint16_t>(vendor));
  };
  if (!reply.vendor.empty()) note(number_of(reply.vendor), [] { return std::string("told by the caller"); });
  for (const bool url : {false, true}) {
    for (const std::uint32_t candidate : candidates.patterns) {
      if (candidate >= evidence_.size()) break;
      const TextEvidence& evidence = evidence_[candidate];
      if (evidence.url != url || found.has(evidence.vendor)) continue;
      if (!patterns.matches(candidate, text, candidates)) continue;
      note(evidence.vendor, [&] {
        Span span;
        patterns.find(candidate, text, candidates, span);
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
  for (const std::string& host : reply.mx_hosts)
    note(by_host(host), [&] { return "mail exchanger of the recipient: " + host; });
  if (found.count == 0)
    note(by_host(reply.reporting_mta), [&] { return "reporting-mta: " + reply.reporting_mta; });
  add_also(found);
  return found;
}

}  // namespace bounced
