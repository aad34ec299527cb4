#include "daemon/sync/filter.hpp"

#include <algorithm>

#include "parser/address.hpp"

namespace bounced {
namespace {

/// A name equal to one of `domains`, or below it.
bool is_below(std::string_view name, const std::vector<std::string>& domains) {
  return std::any_of(domains.begin(), domains.end(), [&](std::string_view domain) {
    return name == domain || (name.size() > domain.size() && name.ends_with(domain) &&
                              name[name.size() - domain.size() - 1] == '.');
  });
}

}  // namespace

Filter::Filter(const TargetSettings& target)
    : lists_(target.lists),
      least_(named<Confidence>(confidence_names, target.minimum_confidence).value_or(Confidence::none)),
      pairs_too_(target.scope == "all") {
  for (const std::string& name : target.reasons)
    if (const auto reason = reason_named(name)) reasons_.push_back(*reason);
  for (const std::string& domain : target.domains)
    domains_.emplace_back(domain_of(normal_address("x@" + domain)));
}

bool Filter::passes(const std::string& address, Reason reason, Confidence confidence,
                    const std::string& scope) const {
  if (!scope.empty() && !pairs_too_) return false;
  if (confidence < least_) return false;
  if (!reasons_.empty() && std::find(reasons_.begin(), reasons_.end(), reason) == reasons_.end())
    return false;
  return domains_.empty() || is_below(domain_of(address), domains_);
}

bool Filter::passes_list(const std::string& list_id) const {
  return std::find(lists_.begin(), lists_.end(), list_id) != lists_.end();
}

bool Filter::wants(const OutboxChange& made) const {
  if (!passes(made.address, made.reason, made.confidence, made.scope)) return false;
  const bool is_for_every_list = made.event_id == 0;  // by hand, or imported
  return lists_.empty() || is_for_every_list || passes_list(made.list_id);
}

Result<bool> Filter::wants(const Suppression& in_force, SyncStore& store) const {
  if (!passes(in_force.address, in_force.reason, in_force.confidence, in_force.scope)) return false;
  if (lists_.empty() || in_force.event_id == 0) return true;
  const auto change = store.last_change_of(in_force.address);
  if (!change) return fail(change.error());
  return *change && passes_list((*change)->list_id);
}

Result<void> Filter::wanted(Store& store, const Each<Suppression>& each) const {
  SuppressionFilter filter;
  if (!pairs_too_) filter.scope = Scope::global;
  std::optional<Error> error;
  auto done = store.suppressions(filter, [&](const Suppression& one) {
    const auto wanted = wants(one, store.sync());
    if (!wanted) error = wanted.error();
    return wanted && (!*wanted || each(one));
  });
  if (error) return fail(*error);
  return done;
}

}  // namespace bounced
