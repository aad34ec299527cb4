// TOML as plain values with their lines. The only door to toml++ is toml_document.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/result.hpp"

namespace bounced {

struct TomlEntry;

struct TomlValue {
  enum class Kind : std::uint8_t { none, string, integer, floating, boolean, array, table, other };
  Kind kind = Kind::none;
  int line = 0;  ///< 1-based; for a table, its header or opening brace
  std::string text;
  std::int64_t integer = 0;
  double number = 0;
  bool boolean = false;
  std::vector<TomlValue> items;    ///< of an array
  std::vector<TomlEntry> entries;  ///< of a table, in the order of the file

  /// The entry of that name; null when there is none.
  [[nodiscard]] const TomlValue* find(std::string_view name) const;
  /// "a string", "a whole number", …: for messages.
  [[nodiscard]] std::string_view kind_name() const;
};

/// One `key = value`.
struct TomlEntry {
  std::string key;
  TomlValue value;
};

/// Reads a document. Error: Exit::config, "file:line:column: " and what the parser says.
Result<TomlValue> read_toml(std::string_view text, std::string_view file);

/// `text` as a TOML string: a basic string with escapes, or a literal one ('…') where `prefer_literal` and
/// the text allows it.
std::string toml_quoted(std::string_view text, bool prefer_literal = false);

}  // namespace bounced
