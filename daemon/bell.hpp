// How threads that watch mailboxes call the loop: the loop sleeps on the bell's descriptor and takes what was
// rung.
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace bounced {

/// What a watcher has to say about its mailbox.
struct Ring {
  std::string mailbox;
  bool mail = false;     ///< there may be new mail
  std::string note;      ///< for the log; "" = nothing
  bool trouble = false;  ///< the note is about something that fails
};

class Bell {
 public:
  Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;
  ~Bell();

  /// From any thread.
  void ring(Ring ring);
  /// What was rung since the last call, oldest first.
  std::vector<Ring> take();
  /// Readable while something waits to be taken (eventfd(2)); -1 when the system gave none.
  [[nodiscard]] int descriptor() const { return fd_; }

 private:
  std::mutex mutex_;
  std::vector<Ring> rings_;
  int fd_ = -1;
};

}  // namespace bounced
