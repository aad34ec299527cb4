// Keeps the database as small as the settings say, in small steps.
#pragma once

#include <chrono>
#include <functional>

#include "config/settings.hpp"
#include "storage/retention.hpp"

namespace bounced {

/// Rows that one step looks at: some milliseconds of the writer's lock.
inline constexpr int clearing_rows = 1000;
/// Pages that one step gives back: 4 MiB.
inline constexpr int clearing_pages = 1024;

/// What the settings want gone at `now`.
RetentionBounds bounds_of(const RetentionSettings& settings, UnixSeconds now);

/// Counts what a further step cleared; whether all is done is the last step's word.
void add_cleared(ClearedRows& sum, const ClearedRows& more);

/// Whether pages are to be given back: some stay for what comes next, since a file that shrinks and grows all
/// the time is torn to pieces.
bool is_worth_shrinking(const DatabaseSize& size);

struct ClearingResult {
  ClearedRows cleared;
  DatabaseSize before, after;
  bool too_large = false;  ///< larger than the settings want
};

/// Clears and gives pages back until nothing is left to do, `time` has passed, or `stop` says so. Called
/// often it costs nothing: a round is begun once a day.
Result<ClearingResult> clear_database(Retention& retention, const RetentionSettings& settings,
                                      UnixSeconds now, std::chrono::milliseconds time,
                                      const std::function<bool()>& stop);

}  // namespace bounced
