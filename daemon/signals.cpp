#include "daemon/signals.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace bounced {
namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Signals::Signals() {
  const auto set = watched();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  std::signal(SIGPIPE, SIG_IGN);  // a server that hangs up is an error of the call that writes to it
}

Signals::~Signals() {
  if (fd_ >= 0) ::close(fd_);
  const auto set = watched();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
}

void Signals::drain() {
  signalfd_siginfo info{};
  while (::read(fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGHUP)
      reload_ = true;
    else
      stop_ = true;
  }
}

bool Signals::stop_requested() {
  drain();
  return stop_;
}

Signal Signals::wait(std::chrono::milliseconds timeout, int other) {
  drain();
  if (!stop_ && !reload_ && timeout.count() > 0) {
    std::array<pollfd, 2> ready{{{fd_, POLLIN, 0}, {other, POLLIN, 0}}};  // poll(2) passes over -1
    constexpr std::chrono::milliseconds::rep longest = 3'600'000;  // int milliseconds, well inside its range
    ::poll(ready.data(), ready.size(), static_cast<int>(std::min(timeout.count(), longest)));
    drain();
  }
  if (stop_) return Signal::stop;
  if (!reload_) return Signal::none;
  reload_ = false;
  return Signal::reload;
}

}  // namespace bounced
