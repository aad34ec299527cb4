// Taking suppressions back: what would go, and what comes back in its place; then doing it.
//
// A suppression that replaced a lesser one gives way to that one. Selected ones that others replaced can't
// come back. What a person added and what a complaint made stay, unless the choice includes them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "parser/result.hpp"
#include "storage/store.hpp"

namespace bounced {

struct UndoCounts {
  std::int64_t taken_back = 0;
  std::int64_t came_back = 0;        ///< of these, addresses that an earlier suppression holds again
  std::int64_t left_manual = 0;      ///< selected, but a person added them
  std::int64_t left_complaints = 0;  ///< selected, but the recipient complained

  bool operator==(const UndoCounts&) const = default;
};

/// Called for each suppression taken back, in the order of addresses; `back`: the one that holds in its
/// place.
using EachUndone = std::function<void(const Suppression& taken, const std::optional<Suppression>& back)>;

/// What an undo would do at `now`. Changes nothing.
Result<UndoCounts> preview_undo(Store& store, const SuppressionFilter& which, UnixSeconds now,
                                const EachUndone& each);

/// Addresses of one transaction of an undo: the daemon waits for it no longer than for a batch of mails.
inline constexpr std::size_t undo_batch = 10'000;

/// Does it, and records `act` unless there was nothing to do. Each batch is all or nothing; an undo that was
/// stopped between two of them is finished by doing it again. `each` is told after the commit.
Result<UndoCounts> apply_undo(Store& store, const SuppressionFilter& which, ManualAct act,
                              const EachUndone& each, std::size_t batch = undo_batch);

}  // namespace bounced
