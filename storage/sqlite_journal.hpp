// Mails, events and what is known of addresses, in SQLite. Functions of the store's own; they throw
// SQLite::Exception.
#pragma once

#include <cstdint>
#include <string>

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

/// The address's id, made when it is new. `as_written` is kept only then.
std::int64_t address_id(SqliteDatabase& database, const std::string& address, const std::string& as_written);
/// The address's id; -1 when the database doesn't have it.
std::int64_t known_address_id(SqliteDatabase& database, const std::string& address);

/// The new mail's id; 0 when its content is there already.
std::int64_t journal(SqliteDatabase& database, const JournalRow& row);
bool is_journaled(SqliteDatabase& database, const MailKey& key);
std::int64_t add_event(SqliteDatabase& database, std::int64_t mail_id, bool first_of_mail,
                       const BounceEvent& event);
AddressHistory history(SqliteDatabase& database, const std::string& address, UnixSeconds since);
void events(SqliteDatabase& database, const std::string& address, const Each<BounceEvent>& each);
/// False when there is no such event.
bool rejudge(SqliteDatabase& database, const BounceEvent& event);
void addresses(SqliteDatabase& database, const std::string& after, const Each<AddressRecord>& each);
void delivered(SqliteDatabase& database, const std::string& address, UnixSeconds at);

MailboxCursor cursor(SqliteDatabase& database, const std::string& mailbox);
void set_cursor(SqliteDatabase& database, const std::string& mailbox, MailboxCursor cursor);

}  // namespace bounced::sqlite
