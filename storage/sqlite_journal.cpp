#include "storage/sqlite_journal.hpp"

#include <algorithm>

#include "parser/address.hpp"

namespace bounced::sqlite {
namespace {

constexpr std::size_t sha256_hex_digits = 64;

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

/// The hash as the database keeps it: 32 bytes for 64 hex digits; any other text as it is.
Blob packed_hash(const std::string& hex) {
  if (hex.size() != sha256_hex_digits) return {hex};
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]);
    const int low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0) return {hex};
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return {bytes};
}

/// Notes where a mail was seen; files have no UID and are not noted.
void note_sighting(SqliteDatabase& database, const JournalRow& row, std::int64_t mail_id, bool again) {
  if (row.key.uid == 0) return;
  database.run("insert_sighting", database.word(row.key.mailbox), row.key.uid_validity, row.key.uid, mail_id,
               row.seen_at, again);
}

template <class Enum, std::size_t N>
Enum enum_at(SqliteDatabase& database, const std::array<std::string_view, N>& names, std::int64_t word,
             Enum otherwise) {
  return named<Enum>(names, database.text(word)).value_or(otherwise);
}

/// Reads the columns that the statements "history" and "events" begin with.
BounceEvent judged_event(SqliteDatabase& database, SQLite::Statement& row) {
  const auto text = [&](int column) { return database.text(row.getColumn(column).getInt64()); };
  BounceEvent event;
  event.id = row.getColumn(0).getInt64();
  event.mail_id = row.getColumn(1).getInt64();
  event.at = row.getColumn(2).getInt64();
  event.kind = enum_at(database, kind_names, row.getColumn(3).getInt64(), Kind::not_bounce);
  event.reason = reason_named(text(4)).value_or(Reason::unclassified);
  event.fault = enum_at(database, fault_names, row.getColumn(5).getInt64(), Fault::none);
  event.permanence = enum_at(database, permanence_names, row.getColumn(6).getInt64(), Permanence::passing);
  event.confidence = enum_at(database, confidence_names, row.getColumn(7).getInt64(), Confidence::none);
  event.advice = enum_at(database, advice_names, row.getColumn(8).getInt64(), Advice::ignore);
  event.confirm = row.getColumn(9).getInt() != 0;
  event.rule = text(10);
  event.vendor = text(11);
  event.provider = text(12);
  event.list_id = text(13);
  event.original_from = text(14);
  event.authenticity =
      enum_at(database, authenticity_names, row.getColumn(15).getInt64(), Authenticity::plausible);
  event.distrusted = row.getColumn(16).getInt() != 0;
  event.signature = row.getColumn(17).getString();
  return event;
}

/// Reads all columns of the statement "events".
BounceEvent full_event(SqliteDatabase& database, SQLite::Statement& row) {
  const auto text = [&](int column) { return database.text(row.getColumn(column).getInt64()); };
  BounceEvent event = judged_event(database, row);
  event.address = row.getColumn(18).getString();
  event.address_as_written = row.getColumn(19).getString();
  if (event.address_as_written.empty()) event.address_as_written = event.address;
  event.action = text(20);
  event.status = text(21);
  event.reply_code = text(22);
  event.command = text(23);
  event.remote_mta = text(24);
  event.wait_seconds = row.getColumn(25).getInt64();
  event.will_retry_until = row.getColumn(26).getInt64();
  event.outcome = text(27);
  event.counted = row.getColumn(28).getInt();
  event.threshold = row.getColumn(29).getInt();
  event.diagnostic = row.getColumn(30).getString();
  event.reporting_mta = text(31);
  event.original_message_id = row.getColumn(32).getString();
  event.mailbox = text(33);
  event.authenticity_because = text(34);
  event.wave = row.getColumn(35).getInt64();
  return event;
}

}  // namespace

std::int64_t known_address_id(SqliteDatabase& database, const std::string& address) {
  return database.number("address_id", -1, address);
}

std::int64_t address_id(SqliteDatabase& database, const std::string& address, const std::string& as_written) {
  const std::int64_t known = known_address_id(database, address);
  if (known >= 0) return known;
  static const std::string same;
  database.run("insert_address", address, as_written == address ? same : as_written,
               database.word(domain_of(address)));
  return database.last_insert_id();
}

std::int64_t journal(SqliteDatabase& database, const JournalRow& row) {
  const Blob hash = packed_hash(row.key.content_hash);
  const std::int64_t earlier = database.number("mail_of_content", 0, hash);
  if (earlier != 0) {
    note_sighting(database, row, earlier, true);
    return 0;
  }
  database.run("insert_mail", database.word(row.key.mailbox), row.seen_at, row.size_bytes,
               database.word(to_string(row.kind)), database.word(row.dialect),
               database.word(to_string(row.disposal)), database.word(row.source), row.damage, row.message_id);
  const std::int64_t mail_id = database.last_insert_id();
  database.run("insert_content", hash, mail_id);
  note_sighting(database, row, mail_id, false);
  return mail_id;
}

bool is_journaled(SqliteDatabase& database, const MailKey& key) {
  if (!key.content_hash.empty())
    return database.number("mail_of_content", 0, packed_hash(key.content_hash)) != 0;
  return database.number("mail_of_key", 0, database.known_word(key.mailbox), key.uid_validity, key.uid) != 0;
}

std::int64_t add_event(SqliteDatabase& database, std::int64_t mail_id, bool first_of_mail,
                       const BounceEvent& event) {
  if (first_of_mail)
    database.run("insert_report", mail_id, database.word(event.reporting_mta),
                 database.word(event.original_from), database.word(event.list_id), event.original_message_id);
  database.run("insert_event", mail_id, address_id(database, event.address, event.address_as_written),
               event.at, database.word(to_string(event.kind)), database.word(to_string(event.reason)),
               database.word(to_string(event.fault)), database.word(to_string(event.permanence)),
               database.word(to_string(event.confidence)), database.word(to_string(event.advice)),
               event.confirm, database.word(event.rule), database.word(event.vendor),
               database.word(event.provider), database.word(event.action), database.word(event.status),
               database.word(event.reply_code), database.word(event.command), database.word(event.remote_mta),
               event.wait_seconds, event.will_retry_until, database.word(event.outcome), event.counted,
               event.threshold, event.diagnostic, database.word(to_string(event.authenticity)),
               database.word(event.authenticity_because), event.distrusted, event.signature, event.wave);
  return database.last_insert_id();
}

AddressHistory history(SqliteDatabase& database, const std::string& address, UnixSeconds since) {
  AddressHistory known;
  SQLite::Statement& state = database.statement("address_state", address);
  if (!state.executeStep()) {
    state.reset();
    return known;
  }
  const std::int64_t id = state.getColumn(0).getInt64();
  known.soft_reset_at = state.getColumn(1).getInt64();
  known.last_delivered_at = state.getColumn(2).getInt64();
  known.suppression_source = database.text(state.getColumn(3).getInt64());
  known.suppression_scope = database.text(state.getColumn(4).getInt64());
  known.suppression_reason =
      reason_named(database.text(state.getColumn(5).getInt64())).value_or(Reason::unclassified);
  known.suppression_expires_at = state.getColumn(6).getInt64();
  known.retry_attempts = state.getColumn(7).getInt();
  known.last_retry_at = state.getColumn(8).getInt64();
  known.retry_after = state.getColumn(9).getInt64();
  known.suppressed = state.getColumn(10).getInt() != 0;
  known.retry_done_at = state.getColumn(11).getInt64();
  if (known.retry_done_at != 0) known.retry_after = 0;
  state.reset();

  SQLite::Statement& rows = database.statement("history", id, since, history_limit);
  while (rows.executeStep()) {
    known.events.push_back(judged_event(database, rows));
    known.events.back().wave = rows.getColumn(18).getInt64();
  }
  rows.reset();
  return known;
}

void events(SqliteDatabase& database, const std::string& address, const Each<BounceEvent>& each) {
  SQLite::Statement rows = database.own_statement("events", address);
  while (rows.executeStep())
    if (!each(full_event(database, rows))) return;
}

bool rejudge(SqliteDatabase& database, const BounceEvent& event) {
  if (database.number("event_exists", 0, event.id) == 0) return false;
  database.run("rejudge_event", event.id, database.word(to_string(event.reason)),
               database.word(to_string(event.fault)), database.word(to_string(event.permanence)),
               database.word(to_string(event.confidence)), database.word(to_string(event.advice)),
               event.confirm, database.word(event.rule), database.word(event.vendor),
               database.word(event.provider), event.wait_seconds, database.word(event.outcome), event.counted,
               event.threshold);
  return true;
}

void addresses(SqliteDatabase& database, const std::string& after, const Each<AddressRecord>& each) {
  SQLite::Statement rows = database.own_statement("addresses", after);
  AddressRecord record;
  while (rows.executeStep()) {
    record.address = rows.getColumn(0).getString();
    record.soft_reset_at = rows.getColumn(1).getInt64();
    record.last_delivered_at = rows.getColumn(2).getInt64();
    record.events.clear();
    SQLite::Statement& events = database.statement("events", record.address);
    while (events.executeStep()) record.events.push_back(full_event(database, events));
    events.reset();
    // The statement gives them by time.
    std::sort(record.events.begin(), record.events.end(),
              [](const BounceEvent& a, const BounceEvent& b) { return a.id < b.id; });
    if (!record.events.empty() && !each(record)) return;
  }
}

void delivered(SqliteDatabase& database, const std::string& address, UnixSeconds at) {
  database.run("address_delivered", address_id(database, address, address), at);
}

MailboxCursor cursor(SqliteDatabase& database, const std::string& mailbox) {
  MailboxCursor found;
  SQLite::Statement& row = database.statement("cursor", database.known_word(mailbox));
  if (row.executeStep()) {
    found.uid_validity = row.getColumn(0).getUInt();
    found.last_uid = row.getColumn(1).getUInt();
  }
  row.reset();
  return found;
}

void set_cursor(SqliteDatabase& database, const std::string& mailbox, MailboxCursor cursor) {
  database.run("put_cursor", database.word(mailbox), cursor.uid_validity, cursor.last_uid);
}

}  // namespace bounced::sqlite
