#include "daemon/policy_overrides.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "parser/address.hpp"

namespace bounced {
namespace {

bool equal_without_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// True for the domain itself and for names below it.
bool is_within(std::string_view domain, std::string_view above) {
  if (domain.size() < above.size()) return false;
  const std::string_view tail = domain.substr(domain.size() - above.size());
  return equal_without_case(tail, above) &&
         (domain.size() == above.size() || domain[domain.size() - above.size() - 1] == '.');
}

/// The domain as addresses in normal form have it: what is typed may be internationalised.
bool is_within_typed(std::string_view domain, const std::string& typed) {
  const bool plain = typed.find("xn--") == std::string::npos &&
                     std::all_of(typed.begin(), typed.end(), [](char c) { return c > 0; });
  if (plain || is_within(domain, typed)) return is_within(domain, typed);
  const std::string normal = normal_address("x@" + typed);
  return !normal.empty() && is_within(domain, domain_of(normal));
}

bool holds(const PolicyOverride& one, const std::string& address, const BounceEvent& event) {
  const bool names_any = !one.domain.empty() || !one.list.empty() || !one.provider.empty();
  return names_any && (one.domain.empty() || is_within_typed(domain_of(address), one.domain)) &&
         (one.list.empty() || equal_without_case(event.list_id, one.list)) &&
         (one.provider.empty() || equal_without_case(event.provider, one.provider));
}

/// Greater is more specific.
auto rank(const PolicyOverride& one) {
  const int named = static_cast<int>(!one.domain.empty()) + static_cast<int>(!one.list.empty()) +
                    static_cast<int>(!one.provider.empty());
  return std::tuple(named, !one.list.empty(), one.domain.size());
}

bool is_on_the_list(const std::string& address, const PolicySettings& policy) {
  const auto& entries = policy.never_suppress;
  return std::any_of(entries.begin(), entries.end(), [&](const std::string& entry) {
    return entry.starts_with('@') ? equal_without_case(domain_of(address), entry.substr(1))
                                  : equal_without_case(address, entry);
  });
}

}  // namespace

std::vector<const PolicyOverride*> overrides_for(const std::string& address, const BounceEvent& event,
                                                 const PolicySettings& policy) {
  std::vector<const PolicyOverride*> found;
  for (const PolicyOverride& one : policy.overrides)
    if (holds(one, address, event)) found.push_back(&one);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto* a, const auto* b) { return rank(*a) < rank(*b); });
  return found;
}

std::string name_of(const PolicyOverride& one) {
  std::string text;
  const auto add = [&](const char* what, const std::string& value) {
    if (!value.empty()) text += (text.empty() ? "" : " and ") + std::string(what) + " " + value;
  };
  add("domain", one.domain);
  add("list", one.list);
  add("provider", one.provider);
  return "the override for " + text;
}

std::string why_never_suppressed(const BounceEvent& event, const PolicySettings& policy) {
  if (is_on_the_list(event.address, policy)) return "it is on the never_suppress list";
  std::string why;
  for (const PolicyOverride* one : overrides_for(event.address, event, policy)) {
    if (one->suppress == "never") why = name_of(*one) + " says never";
    if (one->suppress == "allowed") why.clear();
  }
  return why;
}

}  // namespace bounced
