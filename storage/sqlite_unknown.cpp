#include "storage/sqlite_unknown.hpp"

#include "storage/kept_text.hpp"

namespace bounced::sqlite {
namespace {

/// Makes a template; the rarest other one goes when there are too many.
std::int64_t insert(SqliteDatabase& database, const UnknownTemplate& made, const std::string& text,
                    std::int64_t vendor) {
  database.run("insert_unknown", vendor, made.count, made.first_seen, made.last_seen, made.reported_at, text);
  const std::int64_t id = database.last_insert_id();
  if (database.number("count_unknown", 0) > unknown_templates_kept)
    database.run("delete_unknown", database.number("rarest_unknown", 0, id));
  return id;
}

}  // namespace

void note_unknown(SqliteDatabase& database, const UnknownTemplate& occurrence) {
  const std::string text = kept_text(occurrence.text, unknown_text_bytes);
  const std::int64_t vendor = database.word(occurrence.vendor);
  std::int64_t id = database.number("unknown_id", 0, text, vendor);
  if (id == 0)
    id = insert(database, occurrence, text, vendor);
  else
    database.run("refresh_unknown", id, occurrence.count, occurrence.first_seen, occurrence.last_seen,
                 occurrence.reported_at);
  for (const std::string& sample : occurrence.samples) {
    const std::string kept = kept_text(sample, unknown_text_bytes);
    database.run("insert_unknown_sample", id, kept, unknown_samples_kept);
  }
}

std::vector<UnknownTemplate> unknown_templates(SqliteDatabase& database) {
  std::vector<UnknownTemplate> found;
  SQLite::Statement& row = database.statement("unknown_templates");
  while (row.executeStep()) {
    UnknownTemplate one;
    one.id = row.getColumn(0).getInt64();
    one.vendor = database.text(row.getColumn(1).getInt64());
    one.count = row.getColumn(2).getInt64();
    one.first_seen = row.getColumn(3).getInt64();
    one.last_seen = row.getColumn(4).getInt64();
    one.reported_at = row.getColumn(5).getInt64();
    one.text = row.getColumn(6).getString();
    found.push_back(std::move(one));
  }
  row.reset();
  for (UnknownTemplate& one : found) {
    SQLite::Statement& sample = database.statement("unknown_samples", one.id);
    while (sample.executeStep()) one.samples.push_back(sample.getColumn(0).getString());
    sample.reset();
  }
  return found;
}

}  // namespace bounced::sqlite
