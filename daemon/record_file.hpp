// Files of records that other programs write, read one record after the other in constant memory: CSV with or
// without a heading (comma, semicolon or tab), plain lists, JSON Lines, and the JSON documents of web
// services (an array, or pages of one in {"items": […]} and the like).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/result.hpp"

namespace bounced {

/// Bytes of one record at most: many times what a diagnostic may hold.
inline constexpr std::size_t record_bytes = 1024UL * 1024;

struct FileRecord {
  std::int64_t line = 0;  ///< where it begins, from 1
  bool from_csv = false;
  /// In their order. Names are letters and digits in lower case ("Email Address" and "email_address" are
  /// "emailaddress"); "" in a file without a heading. Values as they stand, numbers and booleans as text.
  std::vector<std::pair<std::string, std::string>> fields;

  /// The value of the first of these fields that is there and not empty; "" when none is.
  [[nodiscard]] std::string_view value(std::span<const std::string_view> names) const;
  [[nodiscard]] std::string_view value(std::initializer_list<std::string_view> names) const {
    return value(std::span(names.begin(), names.size()));
  }
};

/// The names that a field with the mail address has in the files of this world.
inline constexpr std::array<std::string_view, 7> address_fields{
    "address", "email", "emailaddress", "recipient", "mail", "to", "subscriber"};

/// A field's name without its style: letters and digits, in lower case.
std::string plain_field_name(std::string_view text);

struct RecordSink {
  std::function<bool(const FileRecord&)> record;                     ///< false stops
  std::function<void(std::int64_t line, const std::string&)> fault;  ///< what is no record; reading goes on
};

/// Reads everything from `fd`, which stays the caller's. Error: Exit::io when it can't be read, Exit::data
/// when a heading names no address.
Result<void> read_records(int fd, const RecordSink& sink);

/// The cells of one CSV record (RFC 4180); a quote inside a cell that doesn't begin with one is an ordinary
/// letter. False when a quoted cell doesn't end: the record may go on in the next line.
bool read_csv_cells(std::string_view text, char delimiter, std::vector<std::string>& cells);

}  // namespace bounced
