// How long to leave alone what fails, and how a thread of its own rests meanwhile.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace bounced {

/// `first` after one failure, doubled with each further one in a row, up to `longest`.
template <class Duration>
Duration growing_pause(Duration first, Duration longest, int failures) {
  Duration pause = first;
  for (int i = 1; i < failures && pause < longest; ++i) pause *= 2;
  return std::min(pause, longest);
}

/// Lengthened by up to a quarter (`chance` 0 to 1), so that many do not come back at once.
template <class Duration>
Duration spread(Duration pause, double chance) {
  return pause +
         Duration(static_cast<typename Duration::rep>(static_cast<double>(pause.count()) / 4 * chance));
}

/// A number from 0 to 1 by chance; each thread has its own sequence.
double any_chance();

/// What the threads of a service share: they rest until their time is over, somebody wakes them, or they are
/// to stop. From any thread.
class Rest {
 public:
  [[nodiscard]] bool is_stopped() const { return stopped_; }
  /// Rests for `time`, or until a wake that came after the one noted in `seen`, which then is noted. False:
  /// it is to stop.
  bool wait(std::chrono::milliseconds time, std::uint64_t& seen);
  /// The same without regard to wakes.
  bool wait(std::chrono::milliseconds time);
  void wake();
  void stop();
  /// Before the first thread is started again.
  void restart() { stopped_ = false; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t wakes_ = 0;  ///< guarded by mutex_
  std::atomic<bool> stopped_ = false;
};

}  // namespace bounced
