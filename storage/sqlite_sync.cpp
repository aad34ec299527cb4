#include "storage/sqlite_sync.hpp"

#include "storage/sqlite_journal.hpp"
#include "storage/sqlite_suppressions.hpp"

namespace bounced {
namespace {

/// Reads the columns of "sync_target" and "sync_targets".
SyncTarget target_row(SQLite::Statement& row) {
  SyncTarget found;
  found.name = row.getColumn(0).getString();
  found.cursor = row.getColumn(1).getInt64();
  found.disabled = row.getColumn(2).getInt() != 0;
  found.failures = row.getColumn(3).getInt();
  found.next_try_at = row.getColumn(4).getInt64();
  found.tried_at = row.getColumn(5).getInt64();
  found.delivered_at = row.getColumn(6).getInt64();
  found.delivered = row.getColumn(7).getInt64();
  found.error = row.getColumn(8).getString();
  return found;
}

/// Reads number to words, which begin at the column `at`.
SyncAddress address_row(SQLite::Statement& row, int at) {
  SyncAddress known;
  known.number = row.getColumn(at).getInt64();
  known.suppressed = row.getColumn(at + 1).getInt() != 0;
  known.holds = row.getColumn(at + 2).getInt() != 0;
  known.state = static_cast<SyncState>(row.getColumn(at + 3).getInt());
  known.attempts = row.getColumn(at + 4).getInt();
  known.next_try_at = row.getColumn(at + 5).getInt64();
  known.at = row.getColumn(at + 6).getInt64();
  known.words = row.getColumn(at + 7).getString();
  return known;
}

class SqliteSync final : public SyncStore {
 public:
  SqliteSync(SqliteDatabase& database, SqliteDatabase::Mode mode, const bool& transaction_open)
      : database_(database), mode_(mode), transaction_open_(transaction_open) {}

  Result<SyncTarget> target(const std::string& name) override {
    return database_.guarded([&] {
      SyncTarget found{.name = name};
      std::int64_t id = -1;
      SQLite::Statement& row = database_.statement("sync_target", name);
      if (row.executeStep()) {
        found = target_row(row);
        id = row.getColumn(9).getInt64();
      }
      row.reset();
      count(found, id);
      return found;
    });
  }

  Result<std::vector<SyncTarget>> targets() override {
    return database_.guarded([&] {
      std::vector<SyncTarget> found;
      std::vector<std::int64_t> ids;
      SQLite::Statement& row = database_.statement("sync_targets");
      while (row.executeStep()) {
        found.push_back(target_row(row));
        ids.push_back(row.getColumn(9).getInt64());
      }
      row.reset();
      for (std::size_t i = 0; i < found.size(); ++i) count(found[i], ids[i]);
      return found;
    });
  }

  Result<std::int64_t> last_change() override {
    return database_.guarded([&] { return database_.number("last_change", 0); });
  }

  Result<std::vector<SyncChange>> changes_for(const std::string& target, std::int64_t after,
                                              int limit) override {
    return database_.guarded([&] {
      return change_rows(target, database_.statement("sync_changes", id_of(target), after, limit));
    });
  }

  Result<std::vector<SyncChange>> waiting_for(const std::string& target, UnixSeconds due_at,
                                              int limit) override {
    return database_.guarded([&] {
      return change_rows(target, database_.statement("sync_waiting", id_of(target), due_at, limit));
    });
  }

  Result<UnixSeconds> next_waiting(const std::string& target) override {
    return database_.guarded([&] { return database_.number("next_sync_waiting", 0, id_of(target)); });
  }

  Result<void> write(const SyncProgress& progress) override {
    return in_transaction([&] {
      const SyncTarget& now = progress.target;
      database_.run("put_sync_target", now.name, now.cursor, now.disabled, now.failures, now.next_try_at,
                    now.tried_at, now.delivered_at, now.delivered, now.error);
      const std::int64_t target = id_of(now.name);
      for (const SyncAddress& one : progress.addresses) {
        const std::int64_t address = sqlite::known_address_id(database_, one.address);
        if (address < 0) continue;  // forgotten meanwhile
        database_.run("put_sync_address", address, target, one.number, one.suppressed, one.holds, one.state,
                      one.attempts, one.next_try_at, one.at, one.words);
      }
    });
  }

  Result<void> replay(const std::string& target, std::int64_t from) override {
    auto known = this->target(target);
    if (!known) return fail(known.error());
    known->cursor = from - 1;
    known->disabled = false;
    known->failures = 0;
    known->next_try_at = 0;
    if (auto written = write({*known, {}}); !written) return written;
    return in_transaction([&] { database_.run("replay_sync_addresses", id_of(target), from); });
  }

  Result<void> refused(const std::string& target,
                       const std::function<bool(const SyncAddress&)>& each) override {
    return database_.guarded([&] {
      SQLite::Statement rows = database_.own_statement("sync_refused", id_of(target));
      while (rows.executeStep()) {
        SyncAddress one = address_row(rows, 1);
        one.target = target;
        one.address = rows.getColumn(0).getString();
        if (!each(one)) return;
      }
    });
  }

  Result<std::vector<SyncAddress>> known_of(const std::string& address) override {
    return database_.guarded([&] {
      std::vector<SyncAddress> found;
      SQLite::Statement& row = database_.statement("sync_known_of", address);
      while (row.executeStep()) {
        found.push_back(address_row(row, 1));
        found.back().address = row.getColumn(0).getString();
        found.back().target = row.getColumn(9).getString();
      }
      row.reset();
      return found;
    });
  }

  Result<std::optional<OutboxChange>> last_change_of(const std::string& address) override {
    return database_.guarded([&] {
      std::optional<OutboxChange> found;
      SQLite::Statement& row = database_.statement("last_change_of", address);
      if (row.executeStep()) found = sqlite::change_row(database_, row);
      row.reset();
      return found;
    });
  }

 private:
  /// -1 for a target that was never written.
  std::int64_t id_of(const std::string& target) {
    SQLite::Statement& row = database_.statement("sync_target", target);
    const std::int64_t id = row.executeStep() ? row.getColumn(9).getInt64() : -1;
    row.reset();
    return id;
  }

  void count(SyncTarget& target, std::int64_t id) {
    SQLite::Statement& behind = database_.statement("changes_behind", target.cursor);
    if (behind.executeStep()) {
      target.behind = behind.getColumn(0).getInt64();
      target.oldest_behind = behind.getColumn(1).getInt64();
    }
    behind.reset();
    SQLite::Statement& refused = database_.statement("count_refused", id);
    while (refused.executeStep())
      (refused.getColumn(0).getInt() == 1 ? target.waiting : target.dead) = refused.getColumn(1).getInt64();
    refused.reset();
  }

  std::vector<SyncChange> change_rows(const std::string& target, SQLite::Statement& rows) {
    std::vector<SyncChange> found;
    while (rows.executeStep()) {
      found.push_back({sqlite::change_row(database_, rows), address_row(rows, 10)});
      found.back().before.target = target;
      found.back().before.address = found.back().change.address;
    }
    rows.reset();
    return found;
  }

  template <class Action>
  Result<void> in_transaction(Action&& action) {
    if (mode_ == SqliteDatabase::Mode::read_only)
      return fail(Exit::internal, "a write of the sync state on a database that was opened for reading");
    if (transaction_open_) return fail(Exit::internal, "a write of the sync state within a transaction");
    auto done = database_.guarded([&] {
      database_.begin();
      action();
      database_.commit();
    });
    if (!done) database_.rollback();
    return done;
  }

  SqliteDatabase& database_;
  SqliteDatabase::Mode mode_;
  const bool& transaction_open_;
};

}  // namespace

std::unique_ptr<SyncStore> make_sqlite_sync(SqliteDatabase& database, SqliteDatabase::Mode mode,
                                            const bool& transaction_open) {
  return std::make_unique<SqliteSync>(database, mode, transaction_open);
}

}  // namespace bounced
