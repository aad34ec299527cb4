#include "daemon/breaker.hpp"

#include <algorithm>

namespace bounced {
namespace {

constexpr std::int64_t slots_in_hour = 60 * 60 / slot_seconds;
/// Between the baseline and the window: a failure that grows over some hours must not become its own measure.
/// Half a day leaves the same hour of the day before in the baseline.
constexpr std::int64_t slots_left_out = 12 * slots_in_hour;
/// A wave is followed back and forth so far at once; what comes later prolongs it.
constexpr std::int64_t longest_reach = 24 * slots_in_hour;

std::int64_t window_slots(const BreakerSettings& settings) {
  return std::max<std::int64_t>(std::chrono::seconds(settings.window).count() / slot_seconds, 1);
}

/// A window still belongs to a wave with half of what tripped it.
std::int64_t half(std::int64_t bound) { return (bound + 1) / 2; }

std::int64_t usual_in(const VerdictSeries& series, std::int64_t first, std::int64_t last) {
  std::int64_t sum = 0;
  for (auto at = series.lower_bound(first); at != series.end() && at->first <= last; ++at)
    sum += at->second.usual;
  return sum;
}

std::int64_t all_in(const VerdictSeries& series, std::int64_t first, std::int64_t last) {
  std::int64_t sum = 0;
  for (auto at = series.lower_bound(first); at != series.end() && at->first <= last; ++at)
    sum += at->second.usual + at->second.in_wave;
  return sum;
}

/// The fullest window of `slots` slots that lies within [first, last].
std::int64_t fullest_window(const VerdictSeries& series, std::int64_t first, std::int64_t last,
                            std::int64_t slots) {
  std::int64_t fullest = 0, sum = 0;
  auto oldest = series.lower_bound(first);
  for (auto newest = oldest; newest != series.end() && newest->first <= last; ++newest) {
    sum += newest->second.usual;
    for (; oldest->first <= newest->first - slots; ++oldest) sum -= oldest->second.usual;
    fullest = std::max(fullest, sum);
  }
  return fullest;
}

/// The first slot of the fullest window around `slot`, the earliest of several.
std::int64_t fullest_around(const VerdictSeries& series, std::int64_t slot, std::int64_t slots,
                            std::int64_t& count) {
  std::int64_t best = slot;
  count = -1;
  std::int64_t sum = usual_in(series, slot - slots + 1, slot);
  for (std::int64_t first = slot - slots + 1;; ++first) {
    if (sum > count) {
      count = sum;
      best = first;
    }
    if (first == slot) return best;
    sum += usual_in(series, first + slots, first + slots) - usual_in(series, first, first);
  }
}

/// From the window that tripped, back and forth as long as windows are half as full; without empty ends.
SlotSpan followed(const VerdictSeries& series, std::int64_t window, std::int64_t slots, std::int64_t bound) {
  SlotSpan span{window, window + slots - 1};
  for (std::int64_t i = 0; i < longest_reach; ++i, --span.first)
    if (usual_in(series, span.first - 1, span.first + slots - 2) < half(bound)) break;
  for (std::int64_t i = 0; i < longest_reach; ++i, ++span.last)
    if (usual_in(series, span.last - slots + 2, span.last + 1) < half(bound)) break;
  while (span.first < span.last && usual_in(series, span.first, span.first) == 0) ++span.first;
  while (span.first < span.last && usual_in(series, span.last, span.last) == 0) --span.last;
  return span;
}

}  // namespace

std::int64_t slot_of(UnixSeconds at) { return at >= 0 ? at / slot_seconds : (at + 1) / slot_seconds - 1; }

std::optional<Jump> find_jump(const VerdictSeries& series, std::int64_t slot, int minimum,
                              const BreakerSettings& settings) {
  const std::int64_t slots = window_slots(settings);
  if (usual_in(series, slot - slots + 1, slot + slots - 1) < minimum) return {};  // the usual case
  std::int64_t count = 0;
  const std::int64_t window = fullest_around(series, slot, slots, count);
  if (count < minimum) return {};
  Jump jump;
  const std::int64_t baseline = std::chrono::seconds(settings.baseline).count() / slot_seconds;
  jump.usual = fullest_window(series, window - baseline, window - slots_left_out - 1, slots);
  jump.bound = std::max<std::int64_t>(minimum, settings.factor * jump.usual);
  if (count < jump.bound) return {};
  jump.span = followed(series, window, slots, jump.bound);
  jump.count = usual_in(series, jump.span.first, jump.span.last);
  return jump;
}

bool belongs_to_wave(const VerdictSeries& series, SlotSpan wave, std::int64_t bound, std::int64_t slot,
                     const BreakerSettings& settings) {
  if (slot >= wave.first && slot <= wave.last) return true;
  const std::int64_t slots = window_slots(settings);
  if (slot <= wave.first - slots || slot >= wave.last + slots) return false;
  for (std::int64_t first = slot - slots + 1; first <= slot; ++first)
    if (all_in(series, first, first + slots - 1) + 1 >= half(bound)) return true;
  return false;
}

}  // namespace bounced
