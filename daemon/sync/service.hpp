// The deliveries of `bounced run`: a thread for each target, with a database connection of its own, so that a
// slow or dead target holds up neither another one nor the reading of mail.
#pragma once

#include <thread>
#include <vector>

#include "config/settings.hpp"
#include "daemon/log.hpp"
#include "daemon/pauses.hpp"

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

  Rest rest_;
  std::vector<std::thread> threads_;
};

}  // namespace bounced
