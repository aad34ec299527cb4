#include "daemon/sync/drift.hpp"

#include <algorithm>
#include <set>

#include "daemon/sync/filter.hpp"
#include "parser/address.hpp"

namespace bounced {

Result<void> compare(const TargetSettings& settings, Target& target, Store& store,
                     const std::function<bool(Drift, const std::string& address)>& each) {
  if (!target.can_be_asked())
    return fail(Exit::usage, target_title(settings) + " can't be asked what it holds",
                "`bounced sync status` shows how far it has been told");
  std::set<std::string> there;
  auto asked = target.held([&](const std::string& written) {
    auto address = normal_address(written);
    there.insert(address.empty() ? written : std::move(address));
  });
  if (!asked) return asked;
  std::optional<Error> error;
  bool go_on = true;
  auto read = Filter(settings).wanted(store, [&](const Suppression& one) {
    if (there.erase(one.address) > 0) return true;
    const auto lacks = target.lacks(one.address);
    if (!lacks) error = lacks.error();
    go_on = lacks && (!*lacks || each(Drift::missing, one.address));
    return go_on;
  });
  if (!read) return read;
  if (error) return fail(*error);
  for (const std::string& address : there)
    if (!go_on || !each(Drift::extra, address)) break;
  return {};
}

}  // namespace bounced
