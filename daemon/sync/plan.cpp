#include "daemon/sync/plan.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace bounced {

std::vector<PlannedChange> plan_window(std::span<const SyncChange> window, const Filter& filter) {
  std::vector<PlannedChange> plan;
  std::unordered_map<std::string_view, std::size_t> place_of;
  for (const SyncChange& row : window) {
    if (row.before.number >= row.change.number) continue;
    if (row.change.suppressed && !filter.wants(row.change)) continue;
    const auto [entry, is_new] = place_of.try_emplace(row.change.address, plan.size());
    if (is_new) plan.push_back({{}, row.before, row.change.number, row.before.holds});
    PlannedChange& planned = plan[entry->second];
    planned.change = row.change;
    planned.may_hold = planned.may_hold || row.change.suppressed;
  }
  std::erase_if(plan, [](const PlannedChange& one) { return !one.change.suppressed && !one.may_hold; });
  std::sort(plan.begin(), plan.end(),
            [](const PlannedChange& a, const PlannedChange& b) { return a.change.number < b.change.number; });
  return plan;
}

}  // namespace bounced
