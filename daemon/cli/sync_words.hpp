// Telling targets from a command, and how it went: shared by sync and once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/output.hpp"
#include "daemon/sync/delivery.hpp"
#include "daemon/sync/target_lock.hpp"

namespace bounced {

struct SyncOutcome {
  std::string target;
  std::string mode;  ///< TargetSettings::mode
  TurnResult result;
};

/// Tells each of `targets` all that is new, one after the other, until there is no more or `stop` says so.
/// Those with another mode than deliver are left out, and their outcome says so.
std::vector<SyncOutcome> sync_targets(const Settings& settings, const std::vector<TargetSettings>& targets,
                                      Store& store, TurnLimits limits, const std::function<bool()>& stop);

void print_sync(Output& out, const std::vector<SyncOutcome>& outcomes, bool json);

/// The error of several that says most: one that a person must mend before one that passes by itself.
std::optional<Error> worst_error(const std::vector<SyncOutcome>& outcomes);

}  // namespace bounced
