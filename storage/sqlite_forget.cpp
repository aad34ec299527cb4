#include "storage/sqlite_forget.hpp"

#include <sqlite3.h>

#include "storage/forgotten_text.hpp"
#include "storage/sqlite_acts.hpp"
#include "storage/sqlite_journal.hpp"

namespace bounced {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
  return bytes == nullptr ? std::string_view()
                          : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

void mentions_it(sqlite3_context* context, int, sqlite3_value** values) {
  const auto& forgotten = *static_cast<const ForgottenText*>(sqlite3_user_data(context));
  sqlite3_result_int(context, static_cast<int>(forgotten.is_in(text_of(values[0]))));
}

void without_it(sqlite3_context* context, int, sqlite3_value** values) {
  const auto& forgotten = *static_cast<const ForgottenText*>(sqlite3_user_data(context));
  const std::string cut = forgotten.cut_out_of(text_of(values[0]));
  sqlite3_result_text(context, cut.data(), static_cast<int>(cut.size()), SQLITE_TRANSIENT);
}

/// The SQL functions mentions_it(text) and without_it(text), while it lives.
class TextFunctions {
 public:
  TextFunctions(SQLite::Database& connection, ForgottenText& forgotten) : handle_(connection.getHandle()) {
    sqlite3_create_function_v2(handle_, "mentions_it", 1, SQLITE_UTF8, &forgotten, mentions_it, nullptr,
                               nullptr, nullptr);
    sqlite3_create_function_v2(handle_, "without_it", 1, SQLITE_UTF8, &forgotten, without_it, nullptr,
                               nullptr, nullptr);
  }
  TextFunctions(const TextFunctions&) = delete;
  TextFunctions& operator=(const TextFunctions&) = delete;
  ~TextFunctions() {
    for (const char* name : {"mentions_it", "without_it"})
      sqlite3_create_function_v2(handle_, name, 1, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr);
  }

 private:
  sqlite3* handle_;
};

/// A column of the database, whatever migrations will add.
struct Column {
  std::string table, name;
  bool has_rowid = true;
};

std::vector<Column> columns_where(SQLite::Database& connection, const std::string& condition) {
  std::vector<Column> found;
  SQLite::Statement rows(connection,
                         "SELECT tables.name, columns.name, tables.wr FROM pragma_table_list AS tables, "
                         "pragma_table_info(tables.name) AS columns WHERE tables.schema = 'main' AND "
                         "tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' AND " +
                             condition);
  while (rows.executeStep())
    found.push_back(
        {rows.getColumn(0).getString(), rows.getColumn(1).getString(), rows.getColumn(2).getInt() == 0});
  return found;
}

/// Takes one address out of the database, within a transaction.
class Forgetting {
 public:
  Forgetting(SqliteDatabase& database, const std::string& address)
      : database_(database), connection_(database.connection()), address_(address) {}

  ForgetCounts run() {
    ForgetCounts counts;
    std::vector<std::string> forms{address_};
    const std::int64_t id = sqlite::known_address_id(database_, address_);
    counts.known = id >= 0;
    if (counts.known) {
      forms.push_back(written_form(id));
      counts.events = count("event", id);
      counts.suppressions = count("suppression", id) + count("replaced_suppression", id);
      counts.holds = count("hold", id);
      counts.retries = count("retry", id);
      counts.changes = count("outbox", id);
      remove(id);
    }
    ForgottenText forgotten(forms);
    const TextFunctions functions(connection_, forgotten);
    for (const Column& column : columns_where(connection_, "columns.type = 'TEXT'"))
      counts.texts += cut(column);
    return counts;
  }

 private:
  std::string written_form(std::int64_t id) {
    SQLite::Statement row(connection_, "SELECT as_written FROM address WHERE id = ?");
    row.bind(1, id);
    return row.executeStep() ? row.getColumn(0).getString() : "";
  }

  std::int64_t count(const std::string& table, std::int64_t id) {
    SQLite::Statement row(connection_, "SELECT count(*) FROM " + table + " WHERE address_id = ?");
    row.bind(1, id);
    return row.executeStep() ? row.getColumn(0).getInt64() : 0;
  }

  /// All rows of the address. Mails stay in the journal, so that they count once; what their reports told
  /// goes with their last event.
  void remove(std::int64_t id) {
    exec("CREATE TEMP TABLE forgotten_mail AS SELECT DISTINCT mail_id FROM event WHERE address_id = ?", id);
    for (const Column& column : columns_where(connection_, "columns.name = 'address_id'"))
      exec("DELETE FROM main." + column.table + " WHERE address_id = ?", id);
    exec("DELETE FROM address WHERE id = ?", id);
    connection_.exec(
        "DELETE FROM report WHERE mail_id IN (SELECT mail_id FROM temp.forgotten_mail) AND NOT EXISTS "
        "(SELECT 1 FROM event WHERE event.mail_id = report.mail_id)");
    connection_.exec("DROP TABLE temp.forgotten_mail");
  }

  std::int64_t cut(const Column& column) {
    const std::string where = " WHERE mentions_it(" + column.name + ")";
    const std::string set = column.table + " SET " + column.name + " = without_it(" + column.name + ")";
    std::int64_t changed = connection_.exec("UPDATE OR IGNORE main." + set + where);
    // What is left would be equal to another row that must not be.
    if (column.has_rowid) changed += connection_.exec("UPDATE main." + set + " || ' ' || rowid" + where);
    return changed;
  }

  void exec(const std::string& sql, std::int64_t id) {
    SQLite::Statement statement(connection_, sql);
    statement.bind(1, id);
    statement.exec();
  }

  SqliteDatabase& database_;
  SQLite::Database& connection_;
  const std::string& address_;
};

class SqliteForgetting final : public ForgetStore {
 public:
  SqliteForgetting(SqliteDatabase& database, const bool& transaction_open)
      : database_(database), transaction_open_(transaction_open) {}

  Result<std::string> key() override {
    return database_.guarded([&] {
      SQLite::Statement& row = database_.statement("forgotten_key");
      std::string found;
      if (row.executeStep()) found = row.getColumn(0).getString();
      row.reset();
      return found;
    });
  }

  Result<bool> any() override {
    return database_.guarded([&] { return database_.number("any_forgotten", 0) != 0; });
  }

  Result<std::optional<Forgotten>> find(const std::string& hash) override {
    return database_.guarded([&] {
      std::optional<Forgotten> found;
      SQLite::Statement& row = database_.statement("forgotten", Blob{hash});
      if (row.executeStep())
        found = Forgotten{
            hash, row.getColumn(0).getInt64(),
            reason_named(database_.text(row.getColumn(1).getInt64())).value_or(Reason::unclassified),
            database_.text(row.getColumn(2).getInt64())};
      row.reset();
      return found;
    });
  }

  Result<ForgetCounts> forget(const std::string& address, const std::optional<Forgotten>& kept,
                              const ManualAct& act, bool apply) override {
    ForgetCounts counts;
    auto done = in_transaction(
        [&] {
          counts = Forgetting(database_, address).run();
          if (kept)
            database_.run("put_forgotten", Blob{kept->hash}, kept->at,
                          database_.word(to_string(kept->reason)), database_.word(kept->scope));
          sqlite::record_act(database_, act);
        },
        apply);
    if (!done) return fail(done.error());
    // The log still has what the pages had before.
    if (apply)
      if (auto cleared = database_.guarded([&] { database_.clear_log(); }); !cleared)
        return fail(cleared.error());
    return counts;
  }

  Result<bool> mail_again(const std::string& hash, const std::string& address,
                          const ManualAct& act) override {
    const auto known = find(hash);
    if (!known) return fail(known.error());
    if (!*known) return false;
    auto done = in_transaction(
        [&] {
          database_.run("drop_forgotten", Blob{hash});
          const std::int64_t id = sqlite::address_id(database_, address, address);
          database_.run("address_reset", id, act.at);
          database_.run("hold_at_targets", id, act.at);
          database_.run("tell_end", id, database_.word(to_string((*known)->reason)),
                        database_.word((*known)->scope), act.at, act.why);
          sqlite::record_act(database_, act);
        },
        true);
    if (!done) return fail(done.error());
    return true;
  }

 private:
  template <class Action>
  Result<void> in_transaction(Action&& action, bool apply) {
    if (transaction_open_) return fail(Exit::internal, "an address is forgotten within a transaction");
    auto done = database_.guarded([&] {
      database_.begin();
      action();
      if (apply) database_.commit();
    });
    if (!done || !apply) database_.rollback();
    return done;
  }

  SqliteDatabase& database_;
  const bool& transaction_open_;
};

}  // namespace

std::unique_ptr<ForgetStore> make_sqlite_forgetting(SqliteDatabase& database, const bool& transaction_open) {
  return std::make_unique<SqliteForgetting>(database, transaction_open);
}

}  // namespace bounced
