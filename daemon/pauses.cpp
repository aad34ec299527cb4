#include "daemon/pauses.hpp"

#include <random>

namespace bounced {

double any_chance() {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_real_distribution<>(0, 1)(random);
}

bool Rest::wait(std::chrono::milliseconds time, std::uint64_t& seen) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return stopped_ || wakes_ != seen; });
  seen = wakes_;
  return !stopped_;
}

bool Rest::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return stopped_.load(); });
  return !stopped_;
}

void Rest::wake() {
  const std::lock_guard lock(mutex_);
  ++wakes_;
  changed_.notify_all();
}

void Rest::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace bounced
