// Watches a folder for new mail by IDLE (RFC 2177), on a connection and in a thread of its own: the passes
// over the mailbox have nothing outstanding while they read and commit, and a server that stalls here stalls
// nothing else. Where it fails, or the server has no IDLE, polling goes on as if it weren't there.
#pragma once

#include <functional>
#include <thread>

#include "config/mailbox_url.hpp"
#include "config/settings.hpp"
#include "daemon/bell.hpp"
#include "daemon/imap/session.hpp"
#include "daemon/pauses.hpp"

namespace bounced::imap {

class Watcher {
 public:
  /// Starts to watch. Rings when it begins to watch (mail may have come before) and at each new mail; tells
  /// once that it can't watch, and once that it can again. `bell` must outlive the watcher. `pause`: how long
  /// to wait after so many failures in a row.
  Watcher(MailboxSettings settings, MailboxUrl url, Bell& bell,
          std::function<std::chrono::milliseconds(int)> pause);
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  /// Ends within a few seconds, whatever the server does.
  ~Watcher();
  /// Asks it to end, without waiting.
  void stop() { rest_.stop(); }

 private:
  void run();
  /// Watches until the connection fails or a stop; the error says why. Nothing more to do: no error.
  Result<void> watch();
  Result<std::unique_ptr<Session>> open_folder();
  void tell(std::string note, bool trouble);

  MailboxSettings settings_;
  MailboxUrl url_;
  Bell& bell_;
  std::function<std::chrono::milliseconds(int)> pause_;
  Rest rest_;
  int failures_ = 0;      ///< in a row
  bool failing_ = false;  ///< it was told that it can't watch
  std::thread thread_;    // last: it uses the others
};

}  // namespace bounced::imap
