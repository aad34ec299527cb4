// Telling a target what is new in the outbox:
//
//   refused changes that are due ─► target ─► noted
//   changes behind the cursor ─► plan (filter, one for each address) ─► target ─► noted, cursor moves
//
// At least once: what was told is noted after it was told, and is told again when that note was lost. In
// order: of one address, nothing older is told after something newer.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "daemon/sync/plan.hpp"
#include "daemon/sync/target.hpp"

namespace bounced {

/// What a delivery needs of the world; tests give another one.
struct SyncWorld {
  std::function<UnixSeconds()> now;
  std::function<double()> chance;  ///< 0 to 1
  std::function<bool()> stop;      ///< true: end soon
};

struct TurnLimits {
  int windows = 20;  ///< pieces of the outbox
  bool even_early =
      false;  ///< also before the target is to be tried again, and when it asked to be left alone
};

struct TurnResult {
  std::int64_t told = 0;        ///< taken by the target
  std::int64_t refused = 0;     ///< put aside, to be tried again
  std::int64_t dead = 0;        ///< put aside for good
  std::int64_t state_rows = 0;  ///< of a whole state that was written
  bool more = false;            ///< something is left that could be told at once
  bool disabled = false;
  UnixSeconds next_try_at = 0;  ///< 0 = nothing to wait for
  std::optional<Error> error;
};

/// Where a target comes from. It stays open from turn to turn, and is made anew after a failure: a password
/// may have been changed.
struct TargetSource {
  std::function<Result<std::unique_ptr<Target>>()> make;
  std::unique_ptr<Target> made = nullptr;
};

/// One turn with one target. Writes to `store` in short transactions. A failing target is an `error` of the
/// result, noted with the time of the next try; errors of the store are not noted.
TurnResult sync_turn(const TargetSettings& settings, Store& store, TargetSource& source,
                     const SyncWorld& world, const TurnLimits& limits);

/// How long to leave a target alone after so many failures in a row: `retry_first`, doubled each time up to
/// `retry_longest`, lengthened by up to a quarter, and not shorter than what the target asked for.
std::chrono::seconds sync_backoff(const TargetSettings& settings, int failures, double chance,
                                  std::chrono::seconds asked_for);

/// Calls `each` for what would be told from where the target stands, and writes nothing. Gives how many.
Result<std::int64_t> preview(const TargetSettings& settings, Store& store,
                             const std::function<bool(const OutboxChange&)>& each);

}  // namespace bounced
