#include "daemon/sync/service.hpp"

#include <algorithm>

#include "daemon/plain_text.hpp"
#include "daemon/sync/delivery.hpp"
#include "daemon/sync/target_lock.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

using std::chrono::milliseconds;

/// Between two looks into the outbox: other processes write to it, too.
constexpr milliseconds look_interval{2'000};
/// A database that can't be opened, or a lock that another process has: tried again so often.
constexpr milliseconds blocked_interval{10'000};
/// A whole state is written at most for this part of the time.
constexpr int rest_factor = 10;

class Teller {
 public:
  Teller(const Settings& settings, const TargetSettings& target, const Log& log, SyncWorld world)
      : settings_(settings), target_(target), log_(log), world_(std::move(world)), source_{[this] {
          return make_target(target_, world_.stop);
        }} {}

  /// One turn; gives how long to rest after it.
  milliseconds turn() {
    if (!store_) {
      auto opened = open_sqlite_store(settings_.database_path);
      if (!opened) return blocked(opened.error());
      store_ = *std::move(opened);
    }
    if (target_.mode == "dry_run") return show();
    auto lock = TargetLock::take(settings_.database_path, target_.name);
    if (!lock) {
      if (lock.error().exit == Exit::try_again) return blocked_interval;
      return blocked(lock.error());
    }
    const auto begin = std::chrono::steady_clock::now();
    const TurnResult result = sync_turn(target_, *store_, source_, world_, {});
    if (world_.stop()) return milliseconds(0);
    report(result);
    if (result.more) return milliseconds(0);
    const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
    return result.state_rows > 0 ? std::max(look_interval, took * rest_factor) : look_interval;
  }

 private:
  milliseconds blocked(const Error& error) {
    if (error.message != said_)
      log_.error("sync is blocked",
                 {{"target", target_.name}, {"error", error.message}, {"hint", error.hint}});
    said_ = error.message;
    return blocked_interval;
  }

  void report(const TurnResult& result) {
    LogFields fields{{"target", target_.name}, {"told", std::to_string(result.told)}};
    if (result.refused + result.dead > 0) {
      fields.push_back({"refused", std::to_string(result.refused)});
      fields.push_back({"put_aside", std::to_string(result.dead)});
    }
    if (result.error) {
      fields.push_back({"error", result.error->message});
      fields.push_back({"hint", result.error->hint});
      if (result.next_try_at != 0)
        fields.push_back(
            {"again_in", span_text(std::max<UnixSeconds>(result.next_try_at - world_.now(), 0))});
      log_.error(result.disabled ? "sync stopped: the target wants no more" : "sync failed", fields);
      said_ = result.error->message;
      return;
    }
    said_.clear();
    if (result.dead > 0)
      log_.warning("sync put changes aside", fields);
    else if (result.told + result.refused > 0)
      log_.info("synced", fields);
  }

  milliseconds show() {
    const auto count = preview(target_, *store_, [](const OutboxChange&) { return true; });
    if (!count) return blocked(count.error());
    if (*count != shown_)
      log_.info("sync would tell", {{"target", target_.name}, {"changes", std::to_string(*count)}});
    shown_ = *count;
    return blocked_interval;
  }

  const Settings& settings_;
  const TargetSettings& target_;
  const Log& log_;
  SyncWorld world_;
  TargetSource source_;
  std::unique_ptr<Store> store_;
  std::string said_;         ///< the last error, so that it is logged once
  std::int64_t shown_ = -1;  ///< of the last dry run
};

}  // namespace

void SyncService::start(const Settings& settings, const Log& log) {
  stop();
  rest_.restart();
  const auto shared = std::make_shared<const Settings>(settings);
  for (const TargetSettings& target : shared->targets)
    if (target.mode != "off")
      threads_.emplace_back([this, shared, &target, &log] { tell(*shared, target, log); });
}

void SyncService::tell(const Settings& settings, const TargetSettings& target, const Log& log) {
  Teller teller(settings, target, log, {now_seconds, any_chance, [this] { return rest_.is_stopped(); }});
  std::uint64_t seen = 0;
  while (!rest_.is_stopped())
    if (!rest_.wait(teller.turn(), seen)) return;
}

void SyncService::wake() { rest_.wake(); }

void SyncService::stop() {
  rest_.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace bounced
