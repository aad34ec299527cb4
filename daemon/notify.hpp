// sd_notify(3) without libsystemd: one datagram to $NOTIFY_SOCKET. Silent where there is no such socket.
#pragma once

#include <string>

namespace bounced {

class ServiceManager {
 public:
  /// Takes the socket's name from $NOTIFY_SOCKET (a path, or "@name" in the abstract namespace).
  ServiceManager();

  void ready() const { send("READY=1"); }
  void reloading() const { send("RELOADING=1"); }
  void stopping() const { send("STOPPING=1"); }
  /// Proof of life; sent after each finished pass, never by a timer.
  void alive() const { send("WATCHDOG=1"); }
  /// One line for `systemctl status`.
  void status(const std::string& line) const { send("STATUS=" + line); }

 private:
  /// Failures are dropped: the service manager notices silence itself.
  void send(const std::string& message) const;
  std::string socket_;
};

}  // namespace bounced
