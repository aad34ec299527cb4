#include "daemon/clearing.hpp"

namespace bounced {
namespace {

void add(ClearedRows& sum, const ClearedRows& more) {
  sum.mails += more.mails;
  sum.events += more.events;
  sum.hashes += more.hashes;
  sum.addresses += more.addresses;
  sum.others += more.others;
  sum.done = more.done;
}

}  // namespace

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
    add(result.cleared, *cleared);
  }
  for (;;) {
    const auto size = retention.size();
    if (!size) return fail(size.error());
    result.after = *size;
    // Some pages stay for what comes next: a file that shrinks and grows all the time is torn to pieces.
    const bool enough = size->free_bytes * 20 < size->bytes;
    if (!size->shrinks || enough || !goes_on()) break;
    if (auto shrunk = retention.shrink(clearing_pages); !shrunk) return fail(shrunk.error());
  }
  result.too_large = settings.warn_bytes > 0 && result.after.bytes > settings.warn_bytes;
  return result;
}

}  // namespace bounced
