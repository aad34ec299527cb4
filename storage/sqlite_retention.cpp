#include "storage/sqlite_retention.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "storage/retention.hpp"

namespace bounced {
namespace {

constexpr UnixSeconds day_seconds = 24 * 60 * 60;

/// daily_count.what, as sql/…_retention.sql numbers it.
enum class What : std::uint8_t {
  mails,
  kind,
  disposal,
  events,
  reason,
  vendor,
  advice,
  provider,
  list,
  distrusted,
  again,
  made,
  ended
};

enum class Phase : std::uint8_t { mails, places, hashes, rest, addresses, done };

/// How far a round has come; the row of the table clearing.
struct Progress {
  Phase phase = Phase::done;
  UnixSeconds began_at = 0;
  UnixSeconds after_time = 0;  ///< mails: the last one looked at
  std::int64_t after_mail = 0;
  std::string after_key;          ///< places and hashes: the last one looked at
  std::int64_t after_number = 0;  ///< addresses: the last one looked at
};

class SqliteRetention final : public Retention {
 public:
  explicit SqliteRetention(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)) {}

  /// Tables of the connection's own, for the rows of one step.
  Result<void> prepare() {
    return database_->guarded([&] {
      database_->connection().exec(
          "CREATE TEMP TABLE going_mail (id INTEGER PRIMARY KEY, day INTEGER NOT NULL)");
      database_->connection().exec(
          "CREATE TEMP TABLE going_event (id INTEGER PRIMARY KEY, day INTEGER NOT NULL)");
    });
  }

  Result<ClearedRows> clear(const RetentionBounds& bounds, int rows, UnixSeconds now) override {
    auto cleared = database_->guarded([&] {
      database_->begin();
      ClearedRows made = step(bounds, rows, now);
      database_->commit();
      return made;
    });
    if (!cleared) database_->rollback();
    return cleared;
  }

  Result<DatabaseSize> size() override {
    return database_->guarded([&] {
      const auto ask = [&](const char* what) {
        return database_->connection().execAndGet(std::string("PRAGMA ") + what).getInt64();
      };
      const std::int64_t page = ask("page_size");
      return DatabaseSize{ask("page_count") * page, ask("freelist_count") * page, ask("auto_vacuum") == 2};
    });
  }

  Result<void> shrink(int pages) override {
    return database_->guarded([&] {
      SQLite::Statement rows(database_->connection(),
                             "PRAGMA incremental_vacuum(" + std::to_string(pages) + ")");
      while (rows.executeStep()) {
      }
    });
  }

  Result<void> rewrite() override {
    return database_->guarded([&] {
      database_->connection().exec("PRAGMA auto_vacuum = INCREMENTAL");
      database_->connection().exec("VACUUM");
      database_->clear_log();
    });
  }

 private:
  ClearedRows step(const RetentionBounds& bounds, int rows, UnixSeconds now) {
    Progress progress = read_progress();
    ClearedRows cleared;
    if (progress.phase == Phase::done) {
      // A clock that jumped back must not stop the clearing.
      if (progress.began_at <= now && now - progress.began_at < day_seconds) {
        cleared.done = true;
        return cleared;
      }
      progress = {.phase = Phase::mails, .began_at = now, .after_key = ""};
    }
    bool more = false;
    switch (progress.phase) {
      case Phase::mails:
        more = bounds.events_before > 0 && clear_mails(bounds, rows, progress, cleared);
        break;
      case Phase::places:
        more = bounds.journal_before > 0 && clear_places(bounds, rows, progress, cleared);
        break;
      case Phase::hashes:
        more = bounds.journal_before > 0 && clear_hashes(bounds, rows, progress, cleared);
        break;
      case Phase::addresses:
        more = bounds.events_before > 0 && clear_addresses(bounds, rows, progress, cleared);
        break;
      case Phase::rest:
        more = bounds.events_before > 0 && clear_rest(bounds, rows, cleared);
        break;
      case Phase::done:
        break;
    }
    if (!more) {
      progress.phase = static_cast<Phase>(static_cast<int>(progress.phase) + 1);
      progress.after_key.clear();
    }
    cleared.done = progress.phase == Phase::done;
    database_->run("put_clearing", progress.phase, progress.began_at, progress.after_time,
                   progress.after_mail, Blob{progress.after_key}, progress.after_number);
    return cleared;
  }

  Progress read_progress() {
    Progress found;
    SQLite::Statement& row = database_->statement("clearing");
    if (row.executeStep()) {
      found.phase =
          static_cast<Phase>(std::clamp(row.getColumn(0).getInt(), 0, static_cast<int>(Phase::done)));
      found.began_at = row.getColumn(1).getInt64();
      found.after_time = row.getColumn(2).getInt64();
      found.after_mail = row.getColumn(3).getInt64();
      found.after_key = row.getColumn(4).getString();
      found.after_number = row.getColumn(5).getInt64();
    }
    row.reset();
    return found;
  }

  /// Each of these is true while there is more of its kind.
  bool clear_mails(const RetentionBounds& bounds, int rows, Progress& progress, ClearedRows& cleared) {
    const UnixSeconds before = bounds.events_before / day_seconds * day_seconds;
    std::vector<std::pair<std::int64_t, UnixSeconds>> mails;
    SQLite::Statement& row =
        database_->statement("old_mails", progress.after_time, progress.after_mail, before, rows);
    while (row.executeStep()) mails.emplace_back(row.getColumn(0).getInt64(), row.getColumn(1).getInt64());
    row.reset();
    if (mails.empty()) return false;
    database_->run("empty_going_mail");
    database_->run("empty_going_event");
    for (const auto& [id, seen_at] : mails) database_->run("mail_goes", id, seen_at / day_seconds);
    progress.after_mail = mails.back().first;
    progress.after_time = mails.back().second;
    database_->run("choose_events");
    for (const char* name : {"roll_outcomes", "roll_events", "roll_reasons", "roll_vendors", "roll_advice",
                             "roll_providers", "roll_lists", "roll_distrusted"})
      database_->run(name);
    cleared.events += database_->run("delete_events");
    database_->run("keep_mails");
    for (const char* name : {"roll_mails", "roll_kinds", "roll_disposals", "roll_journal", "delete_reports"})
      database_->run(name);
    cleared.mails += database_->run("delete_mails");
    return true;
  }

  bool clear_places(const RetentionBounds& bounds, int rows, Progress& progress, ClearedRows& cleared) {
    struct Place {
      std::int64_t mailbox, uid_validity, uid, mail;
      UnixSeconds seen_at;
      bool again;
    };
    std::vector<Place> places;
    std::array<std::int64_t, 4> last{};
    if (progress.after_key.size() == sizeof last)
      std::memcpy(last.data(), progress.after_key.data(), sizeof last);
    SQLite::Statement& row = database_->statement("sightings_from", last[0], last[1], last[2], last[3], rows);
    while (row.executeStep())
      places.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getInt64(), row.getColumn(2).getInt64(),
                        row.getColumn(3).getInt64(), row.getColumn(4).getInt64(),
                        row.getColumn(5).getInt() != 0});
    row.reset();
    for (const Place& place : places) {
      last = {place.mailbox, place.uid_validity, place.uid, place.mail};
      if (place.seen_at >= bounds.journal_before) continue;
      if (place.again) database_->run("add_daily", place.seen_at / day_seconds, What::again, 0, 1);
      cleared.hashes +=
          database_->run("delete_sighting", place.mailbox, place.uid_validity, place.uid, place.mail);
    }
    progress.after_key.assign(reinterpret_cast<const char*>(last.data()), sizeof last);
    return !places.empty();
  }

  bool clear_hashes(const RetentionBounds& bounds, int rows, Progress& progress, ClearedRows& cleared) {
    const std::int64_t oldest =
        database_->number("oldest_journal_mail", 0, bounds.journal_before / day_seconds);
    if (oldest == 0) return false;
    std::vector<std::string> old;
    int seen = 0;
    SQLite::Statement& row = database_->statement("contents_from", Blob{progress.after_key}, rows);
    while (row.executeStep()) {
      ++seen;
      progress.after_key = row.getColumn(0).getString();
      if (row.getColumn(1).getInt64() <= oldest && row.getColumn(2).getInt() == 0)
        old.push_back(progress.after_key);
    }
    row.reset();
    for (const std::string& hash : old) cleared.hashes += database_->run("delete_content", Blob{hash});
    return seen > 0;
  }

  bool clear_addresses(const RetentionBounds& bounds, int rows, Progress& progress, ClearedRows& cleared) {
    std::vector<std::int64_t> unused;
    int seen = 0;
    SQLite::Statement& row =
        database_->statement("addresses_from", progress.after_number, bounds.events_before, rows);
    while (row.executeStep()) {
      ++seen;
      progress.after_number = row.getColumn(0).getInt64();
      if (row.getColumn(1).getInt() != 0) unused.push_back(progress.after_number);
    }
    row.reset();
    for (const std::int64_t id : unused) cleared.addresses += database_->run("delete_address", id);
    return seen > 0;
  }

  bool clear_rest(const RetentionBounds& bounds, int rows, ClearedRows& cleared) {
    const UnixSeconds before = bounds.events_before;
    std::int64_t gone = clear_changes(before, rows);
    for (const char* name : {"clear_retries", "clear_runs", "clear_unknown"})
      gone += database_->run(name, before, rows);
    // There are few of these: what goes at once is no long step.
    for (const char* name : {"clear_wave_reports", "clear_wave_settled", "clear_waves", "clear_slowdowns",
                             "clear_slowdown_reports", "clear_unknown_reports", "clear_retry_levels"})
      gone += database_->run(name, before);
    for (const char* name : {"clear_issue_reports", "clear_issue_states", "clear_issues"})
      gone += database_->run(name, before, database_->known_word("closed"));
    cleared.others += gone;
    return gone > 0;
  }

  std::int64_t clear_changes(UnixSeconds before, int rows) {
    struct Change {
      std::int64_t number;
      UnixSeconds at;
      bool suppressed;
      std::int64_t reason;
      bool again;  ///< it was suppressed already
    };
    std::vector<Change> changes;
    SQLite::Statement& row = database_->statement("old_changes", before, rows);
    while (row.executeStep())
      changes.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getInt64(),
                         row.getColumn(2).getInt() != 0, row.getColumn(3).getInt64(),
                         row.getColumn(4).getInt() != 0});
    row.reset();
    for (const Change& one : changes) {
      if (!one.again)
        database_->run("add_daily", one.at / day_seconds, one.suppressed ? What::made : What::ended,
                       one.suppressed ? one.reason : 0, 1);
      database_->run("delete_change", one.number);
    }
    return static_cast<std::int64_t>(changes.size());
  }

  std::unique_ptr<SqliteDatabase> database_;
};

/// The first day that begins at that time or later.
std::int64_t first_day_from(UnixSeconds time) {
  return time / day_seconds + (time % day_seconds > 0 ? 1 : 0);
}

/// Counts by a key that others are added to.
class Sums {
 public:
  explicit Sums(std::vector<CountBy>& counts) : counts_(counts) {
    for (const CountBy& one : counts) by_key_[one.key] = one.count;
  }
  void add(const std::string& key, std::int64_t count) {
    by_key_[key] += count;
    changed_ = true;
  }
  /// In falling order, then by key.
  void finish() {
    if (!changed_) return;
    counts_.clear();
    for (const auto& [key, count] : by_key_) counts_.push_back({key, count});
    std::stable_sort(counts_.begin(), counts_.end(),
                     [](const CountBy& a, const CountBy& b) { return a.count > b.count; });
  }

 private:
  std::vector<CountBy>& counts_;
  std::map<std::string, std::int64_t> by_key_;
  bool changed_ = false;
};

}  // namespace

void sqlite::add_rolled(SqliteDatabase& database, RunSummary& summary) {
  const auto first_day = first_day_from(summary.from);
  const auto end_day = first_day_from(summary.until);
  std::map<What, Sums> sums;
  for (const auto& [what, counts] :
       {std::pair{What::kind, &summary.by_kind}, std::pair{What::reason, &summary.by_reason},
        std::pair{What::vendor, &summary.by_vendor}, std::pair{What::advice, &summary.by_advice},
        std::pair{What::provider, &summary.by_provider}, std::pair{What::list, &summary.by_list},
        std::pair{What::distrusted, &summary.distrusted},
        std::pair{What::made, &summary.suppressions_by_reason}})
    sums.emplace(what, Sums(*counts));
  SQLite::Statement rows = database.own_statement("rolled", first_day, end_day);
  while (rows.executeStep()) {
    const auto what = static_cast<What>(rows.getColumn(0).getInt());
    const std::string key = database.text(rows.getColumn(1).getInt64());
    const std::int64_t count = rows.getColumn(2).getInt64();
    if (const auto by = sums.find(what); by != sums.end()) by->second.add(key, count);
    if (what == What::mails) summary.mails += count;
    if (what == What::events) summary.events += count;
    if (what == What::again) summary.duplicates += count;
    if (what == What::made) summary.new_suppressions += count;
    if (what == What::ended) summary.ended_suppressions += count;
    if (what == What::disposal && key == to_string(Disposal::unrecognised)) summary.unrecognised += count;
    if (what == What::disposal && key == to_string(Disposal::quarantined)) summary.quarantined += count;
  }
  for (auto& [what, sum] : sums) sum.finish();
}

Result<std::unique_ptr<Retention>> open_sqlite_retention(const std::string& path) {
  constexpr int busy_timeout_ms = 5000;
  auto database = SqliteDatabase::open(path, SqliteDatabase::Mode::read_write, busy_timeout_ms);
  if (!database) return fail(database.error());
  auto made = std::make_unique<SqliteRetention>(*std::move(database));
  if (auto ready = made->prepare(); !ready) return fail(ready.error());
  return std::unique_ptr<Retention>(std::move(made));
}

}  // namespace bounced
