// Looking after the database while others go on using it: copies, and whether it is sound.
#pragma once

#include <cstdint>
#include <string>

#include "parser/result.hpp"

namespace bounced {

struct Backup {
  std::uint64_t bytes = 0;  ///< size of the copy
};

/// Copies the SQLite database at `from` to the file `to` as it is at one moment (SQLite's online backup),
/// checks the copy, makes it durable, and gives it its name last: a file of that name is always a whole one,
/// and is readable for whom the database is. Writers are not held up. Errors: Exit::no_input when there is no
/// database, Exit::data when it is another program's or damaged (then `to` is not made), Exit::cant_create
/// when `to` exists and `replace` is false, or can't be written, Exit::io for a full disk.
Result<Backup> backup_sqlite_database(const std::string& from, const std::string& to, bool replace);

/// Reads every page and index of the database at `path`. Errors: Exit::data when something is damaged, with
/// the first thing that is; else those of open_sqlite_store_read_only.
Result<void> check_sqlite_database(const std::string& path);

}  // namespace bounced
