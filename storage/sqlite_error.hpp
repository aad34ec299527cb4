// What SQLite's result codes mean to the person who runs bounced: one table from codes to Errors with
// remedies.
#pragma once

#include <string>

#include "parser/result.hpp"

namespace bounced {

/// The Error for a failed call on the database at `path`. `code` is an (extended) result code of SQLite,
/// `system_errno` the one below it (0 = none), `words` SQLite's own message.
Error sqlite_error(const std::string& path, int code, int system_errno, const std::string& words);

/// Who holds the lock that a writer of `path` waits for, e.g. "bounced (pid 4711)"; "" when nobody can be
/// named. Reads /proc/locks and opens neither the database nor its -shm file: closing one would drop the
/// POSIX locks that SQLite holds for this process.
std::string lock_holder(const std::string& path);

}  // namespace bounced
