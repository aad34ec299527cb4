// The thread of `run` that sends the summary of each night when its time has come.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "config/settings.hpp"
#include "daemon/log.hpp"

namespace bounced {

class SummaryService {
 public:
  SummaryService() = default;
  SummaryService(const SummaryService&) = delete;
  SummaryService& operator=(const SummaryService&) = delete;
  ~SummaryService() { stop(); }

  /// Nothing to do where the settings name no time. `log` must live until stop().
  void start(const Settings& settings, const Log& log);
  /// Ends what is under way, within about a second.
  void stop();

 private:
  void watch(const Settings& settings, const Log& log);
  bool wait(std::chrono::milliseconds time);  ///< false: it is to stop

  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace bounced
