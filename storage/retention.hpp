// Keeps the database bounded: what is old becomes counts by day, and free pages go back to the file system.
// In steps, each a short transaction, while others go on using the database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "parser/result.hpp"
#include "storage/records.hpp"

namespace bounced {

/// What is to go. 0 = nothing of the kind.
struct RetentionBounds {
  UnixSeconds events_before = 0;   ///< events, reports and mails that were read before; whole days of UTC
  UnixSeconds journal_before = 0;  ///< content hashes and places of mails that were read before
};

struct ClearedRows {
  std::int64_t mails = 0, events = 0;
  std::int64_t hashes = 0;  ///< and places
  std::int64_t addresses = 0;
  std::int64_t others = 0;  ///< changes that were overtaken, runs, closed issues, …
  bool done = false;        ///< nothing is left for today

  bool operator==(const ClearedRows&) const = default;
};

struct DatabaseSize {
  std::int64_t bytes = 0;       ///< of the file
  std::int64_t free_bytes = 0;  ///< of it, in pages that nothing uses
  bool shrinks = false;         ///< false: only a full vacuum can give them back
};

class Retention {
 public:
  virtual ~Retention() = default;

  /// The next step: looks at `rows` rows at most, removes the old ones among them. Evidence of a suppression
  /// that is in force, replaced or held stays, whatever its age; what people did always stays. A round is
  /// over when `done`; then the next step begins a new one, a day after the last began at the earliest.
  virtual Result<ClearedRows> clear(const RetentionBounds& bounds, int rows, UnixSeconds now) = 0;
  virtual Result<DatabaseSize> size() = 0;
  /// Gives up to `pages` free pages back to the file system.
  virtual Result<void> shrink(int pages) = 0;
  /// Writes the whole database anew. Nobody else can write meanwhile, and it wants as much room again.
  virtual Result<void> rewrite() = 0;
};

/// Opens the database that is there, with a connection of its own. Errors: those of open_sqlite_store.
Result<std::unique_ptr<Retention>> open_sqlite_retention(const std::string& path);

}  // namespace bounced
