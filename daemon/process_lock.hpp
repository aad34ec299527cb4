// One process at a time: on a database, and on a mailbox. A lock dies with its process, however it ends.
#pragma once

#include <map>
#include <string>

#include "config/settings.hpp"
#include "parser/result.hpp"

namespace bounced {

/// Held as long as it lives.
class ProcessLock {
 public:
  ProcessLock(const ProcessLock&) = delete;
  ProcessLock& operator=(const ProcessLock&) = delete;
  ProcessLock(ProcessLock&& other) noexcept;
  ProcessLock& operator=(ProcessLock&& other) noexcept;
  ~ProcessLock();

  /// Locks the file DATABASE.lock (flock(2)), which is made and stays. Errors: Exit::try_again when another
  /// process has it, naming that process and since when it has run; Exit::no_permission and Exit::cant_create
  /// for a file that can't be made.
  static Result<ProcessLock> of_database(const std::string& path);
  /// Locks the mailbox on this machine, whatever database it is read into: an abstract socket (unix(7)) is
  /// named after its url and user. Error: Exit::try_again as above. A name that a stranger has taken, neither
  /// root nor our user, locks nobody out.
  static Result<ProcessLock> of_mailbox(const MailboxSettings& mailbox);
  /// Of a mailbox's: who asked for our number has it, and makes room for the next.
  void dismiss_callers();

 private:
  explicit ProcessLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

/// The locks of the mailboxes that a process reads.
class MailboxLocks {
 public:
  /// Locks a mailbox, unless it is locked by us already. It stays so until the end of the process: settings
  /// that are read again may name it once more.
  Result<void> take(const MailboxSettings& mailbox);

 private:
  std::map<std::string, ProcessLock> held_;  ///< by place
};

}  // namespace bounced
