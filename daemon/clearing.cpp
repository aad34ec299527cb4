#include "daemon/clearing.hpp"

namespace bounced {

void add_cleared(ClearedRows& sum, const ClearedRows& more) {
  sum.mails += more.mails;
  sum.events += more.events;
  sum.hashes += more.hashes;
  sum.addresses += more.addresses;
  sum.others += more.others;
  sum.done = more.done;
}

bool is_worth_shrinking(const DatabaseSize& size) {
  constexpr std::int64_t part_left = 20;
  return size.shrinks && size.free_bytes * part_left >= size.bytes;
}

RetentionBounds bounds_of(const RetentionSettings& settings, UnixSeconds now) {
  const auto before = [now](std::chrono::hours kept) {
    const UnixSeconds time = now - std::chrono::seconds(kept).count();
    return kept.count() == 0 || time < 0 ? 0 : time;
  };
  return {before(settings.events), before(settings.journal)};
}

Result<ClearingResult> clear_database(Retention& retention, const RetentionSettings& settings,
                                      UnixSeconds now, std::chrono::milliseconds time,
                                      const std::function<bool()>& stop) {
  const auto end = std::chrono::steady_clock::now() + time;
  const auto goes_on = [&] { return std::chrono::steady_clock::now() < end && !stop(); };
  ClearingResult result;
  const auto before = retention.size();
  if (!before) return fail(before.error());
  result.before = result.after = *before;
  while (!result.cleared.done && goes_on()) {
    const auto cleared = retention.clear(bounds_of(settings, now), clearing_rows, now);
    if (!cleared) return fail(cleared.error());
    add_cleared(result.cleared, *cleared);
  }
  for (;;) {
    const auto size = retention.size();
    if (!size) return fail(size.error());
    result.after = *size;
    if (!is_worth_shrinking(*size) || !goes_on()) break;
    if (auto shrunk = retention.shrink(clearing_pages); !shrunk) return fail(shrunk.error());
  }
  result.too_large = settings.warn_bytes > 0 && result.after.bytes > settings.warn_bytes;
  return result;
}

}  // namespace bounced
