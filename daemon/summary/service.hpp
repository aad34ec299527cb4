// The thread of `run` that sends the summary of each night when its time has come.
#pragma once

#include <thread>

#include "config/settings.hpp"
#include "daemon/log.hpp"
#include "daemon/pauses.hpp"

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

  Rest rest_;
  std::thread thread_;
};

}  // namespace bounced
