// The circuit breaker's judgement: when suppressing verdicts of one kind (of one provider, or in one wording)
// jump far above what is usual for them. Pure.
//
//   verdicts in slots of ten minutes, by the time at which they happened, not at which they were read:
//
//     baseline (28 days)              12 h left out            window (1 h)
//     · ·· ·  ···  ·   ·· ·  ··  ·      ·  ·  ·   ·          ▂▆█████▇▂
//     fullest window here = usual                            more than factor × usual, and the minimum: a
//     wave
//
// A wave is as long as its windows hold half of what tripped it. In December 2020 Gmail called valid
// addresses non-existent for 6 h 41 min, twice within two days: a wave is therefore no part of the baseline,
// unless a person said that it was real.
#pragma once

#include <map>
#include <optional>

#include "config/settings.hpp"
#include "storage/records.hpp"

namespace bounced {

struct SlotCount {
  std::int64_t usual = 0;    ///< outside of waves
  std::int64_t in_wave = 0;  ///< in a wave that nobody has called real

  bool operator==(const SlotCount&) const = default;
};
/// Slot (its time divided by slot_seconds) → what was counted in it.
using VerdictSeries = std::map<std::int64_t, SlotCount>;

/// Slots, both ends included.
struct SlotSpan {
  std::int64_t first = 0, last = 0;

  bool operator==(const SlotSpan&) const = default;
};

struct Jump {
  SlotSpan span;
  std::int64_t count = 0;  ///< verdicts in the span
  std::int64_t bound = 0;  ///< verdicts in a window from which it is a wave
  std::int64_t usual = 0;  ///< in the fullest window of the baseline

  bool operator==(const Jump&) const = default;
};

/// The slot of a time.
std::int64_t slot_of(UnixSeconds at);

/// The wave that verdicts outside of waves make around `slot`, which one was just counted in; none when they
/// are what is usual. `minimum` is the setting for the kind.
std::optional<Jump> find_jump(const VerdictSeries& series, std::int64_t slot, int minimum,
                              const BreakerSettings& settings);

/// True when a verdict in `slot` (not counted yet) belongs to the wave: it lies in it, or so close that a
/// window around it holds half of the wave's bound.
bool belongs_to_wave(const VerdictSeries& series, SlotSpan wave, std::int64_t bound, std::int64_t slot,
                     const BreakerSettings& settings);

}  // namespace bounced
