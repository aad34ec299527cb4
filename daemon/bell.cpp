#include "daemon/bell.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace bounced {

Bell::Bell() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Bell::~Bell() {
  if (fd_ >= 0) ::close(fd_);
}

void Bell::ring(Ring ring) {
  const std::lock_guard lock(mutex_);
  rings_.push_back(std::move(ring));
  const std::uint64_t one = 1;
  // Fails only where the counter is full: then it is readable already.
  if (::write(fd_, &one, sizeof one) < 0) return;
}

std::vector<Ring> Bell::take() {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  if (::read(fd_, &count, sizeof count) < 0) return std::exchange(rings_, {});  // nothing was rung
  return std::exchange(rings_, {});
}

}  // namespace bounced
