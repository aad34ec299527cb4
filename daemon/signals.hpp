// SIGTERM, SIGINT and SIGHUP as events that the loop asks for: no handlers, nothing interrupted half-way.
#pragma once

#include <chrono>

namespace bounced {

enum class Signal : unsigned char { none, reload, stop };

class Signals {
 public:
  /// Blocks the three signals for this thread (and those it starts) and ignores SIGPIPE, for as long as the
  /// object lives; there is at most one. They then wait in a signalfd(2).
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  /// Waits at most `timeout` for a signal, or until `other` can be read (-1 = nothing else). `stop` stays:
  /// once it was asked for, it comes again at once.
  Signal wait(std::chrono::milliseconds timeout, int other = -1);
  /// True when SIGTERM or SIGINT has come. Doesn't wait and doesn't use up a reload.
  bool stop_requested();

 private:
  void drain();
  int fd_ = -1;
  bool stop_ = false;
  bool reload_ = false;
};

}  // namespace bounced
