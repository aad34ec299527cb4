// The deliveries of `bounced run`: a thread for each target, with a database connection of its own, so that a
// slow or dead target holds up neither another one nor the reading of mail.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "config/settings.hpp"
#include "daemon/log.hpp"

namespace bounced {

class SyncService {
 public:
  SyncService() = default;
  SyncService(const SyncService&) = delete;
  SyncService& operator=(const SyncService&) = delete;
  ~SyncService() { stop(); }

  /// Starts a thread for each target whose mode is not off. `log` outlives stop().
  void start(const Settings& settings, const Log& log);
  /// Says that there may be something new: otherwise each looks by itself every few seconds.
  void wake();
  /// Ends all threads: what is being told is cut short, and is told again. Returns within a second or so.
  void stop();

 private:
  void tell(const Settings& settings, const TargetSettings& target, const Log& log);
  /// Until `time` has passed, wake or stop. False: stop.
  bool wait(std::chrono::milliseconds time, std::uint64_t& seen);

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t wakes_ = 0;  ///< guarded by mutex_
  std::atomic<bool> stopping_ = false;
};

}  // namespace bounced
