#include "daemon/summary/service.hpp"

#include <algorithm>
#include <optional>

#include "daemon/summary/delivery.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

using std::chrono::milliseconds;

/// Between two looks at the clock, which may be set at any time.
constexpr milliseconds look_interval{5'000};
/// A database that is locked or can't be opened is tried again so often.
constexpr milliseconds blocked_interval{60'000};
/// How long to leave a night to another process that is sending it.
constexpr UnixSeconds busy_seconds = 60;
/// Mails read just before the end of a night are committed within this time.
constexpr UnixSeconds grace_seconds = 30;

/// One look: what is due is sent. Gives how long to rest.
class Round {
 public:
  Round(const Settings& settings, const Log& log, const std::function<bool()>& stop)
      : settings_(settings),
        log_(log),
        world_{now_seconds, ways_of(settings.summary, stop), sending_lock(settings.database_path)} {}

  milliseconds look() {
    if (now_seconds() < quiet_until_ && now_seconds() >= looked_at_) return look_interval;
    looked_at_ = now_seconds();
    const auto done = send();
    if (done) {
      said_.clear();
      return look_interval;
    }
    if (done.error().message != said_)
      log_.error("the summary is blocked", {{"error", done.error().message}, {"hint", done.error().hint}});
    said_ = done.error().message;
    return blocked_interval;
  }

 private:
  /// Opens the database, sends, and closes it: once or twice a day.
  Result<void> send() {
    const auto store = open_sqlite_store(settings_.database_path);
    if (!store) return fail(store.error());
    const auto now = now_seconds() - grace_seconds;
    if (auto begun = begin_with_the_next(**store, settings_.summary, now); !begun) return begun;
    const auto nights = nights_due(**store, settings_.summary, now);
    if (!nights) return fail(nights.error());
    const auto& at = settings_.summary.at;
    UnixSeconds next = night_after(last_night(now, at), at).until + grace_seconds;
    for (const Night& night : *nights) {
      const auto results = send_night(**store, settings_.summary, night, world_);
      if (!results) return fail(results.error());
      for (const SendResult& one : *results) {
        report(one);
        if (one.again_at != 0) next = std::min(next, one.again_at);
        if (one.what == SendResult::What::busy) next = std::min(next, now_seconds() + busy_seconds);
      }
    }
    // Not for ever: the clock may be set, and the machine may sleep.
    constexpr UnixSeconds longest = 3600;
    quiet_until_ = std::min(next, now_seconds() + longest);
    return {};
  }

  void report(const SendResult& one) {
    using What = SendResult::What;
    LogFields fields{{"night", one.night}, {"way", one.way}};
    if (one.again_at != 0) fields.push_back({"again_at", rfc3339(one.again_at)});
    if (!one.error.message.empty()) fields.push_back({"error", one.error.message});
    if (!one.error.hint.empty()) fields.push_back({"hint", one.error.hint});
    if (one.once_more) fields.push_back({"once_more", "nobody had confirmed that it was sent"});
    if (one.what == What::sent) log_.info("summary sent", fields);
    if (one.what == What::failed) log_.error("summary could not be sent", fields);
    if (one.what == What::uncertain) log_.warning("summary may have been sent or not", fields);
    if (one.what == What::given_up)
      log_.error("summary may have been sent or not, it is left at that", fields);
  }

  const Settings& settings_;
  const Log& log_;
  SendingWorld world_;
  UnixSeconds quiet_until_ = 0, looked_at_ = 0;
  std::string said_;  ///< the last error, so that it is logged once
};

}  // namespace

void SummaryService::start(const Settings& settings, const Log& log) {
  stop();
  rest_.restart();
  if (settings.summary.at.empty()) return;
  thread_ = std::thread([this, settings, &log] { watch(settings, log); });
}

void SummaryService::watch(const Settings& settings, const Log& log) {
  Round round(settings, log, [this] { return rest_.is_stopped(); });
  while (!rest_.is_stopped())
    if (!rest_.wait(round.look())) return;
}

void SummaryService::stop() {
  rest_.stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace bounced
