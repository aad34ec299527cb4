// Other thresholds over all that ever came: which addresses would be suppressed that are not, and the other
// way round. Changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "config/settings.hpp"
#include "daemon/replay.hpp"
#include "storage/store.hpp"

namespace bounced {

/// An address that stands otherwise under the other settings.
struct SimulatedChange {
  std::string address;
  Standing now, then;  ///< under the settings in force, under the others
};

struct SimulationCounts {
  std::int64_t addresses = 0;
  std::int64_t suppressed_now = 0, suppressed_then = 0;
  std::int64_t more = 0;   ///< addresses suppressed only under the others
  std::int64_t fewer = 0;  ///< addresses suppressed only under those in force

  bool operator==(const SimulationCounts&) const = default;
};

/// Both settings over the evidence, so that only the difference between them shows: what people did and
/// what is in force in the database is no part of it. Called for each address that differs, in order.
Result<SimulationCounts> simulate(Store& store, const PolicySettings& now, const PolicySettings& then,
                                  UnixSeconds at, const std::function<void(const SimulatedChange&)>& each);

}  // namespace bounced
