#include "config/toml_document.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace bounced {
namespace {

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

// Settings and rules nest three deep at most; what is deeper is no setting of ours and is left out.
constexpr int max_depth = 16;

TomlValue value_of(const toml::node& node, int depth);

void fill_table(TomlValue& value, const toml::table& table, int depth) {
  value.kind = TomlValue::Kind::table;
  for (const auto& [key, child] : table) {
    auto entry = value_of(child, depth + 1);
    entry.line = static_cast<int>(key.source().begin.line);
    value.entries.push_back({std::string(key.str()), std::move(entry)});
  }
  std::stable_sort(value.entries.begin(), value.entries.end(),
                   [](const auto& a, const auto& b) { return a.value.line < b.value.line; });
}

TomlValue value_of(const toml::node& node, int depth) {
  TomlValue value;
  value.line = line_of(node);
  if (depth > max_depth) return value;
  if (const auto* table = node.as_table()) {
    fill_table(value, *table, depth);
  } else if (const auto* array = node.as_array()) {
    value.kind = TomlValue::Kind::array;
    for (const auto& child : *array) value.items.push_back(value_of(child, depth + 1));
  } else if (const auto* text = node.as_string()) {
    value.kind = TomlValue::Kind::string;
    value.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.kind = TomlValue::Kind::integer;
    value.integer = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    value.kind = TomlValue::Kind::floating;
    value.number = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.kind = TomlValue::Kind::boolean;
    value.boolean = boolean->get();
  } else {
    value.kind = TomlValue::Kind::other;
  }
  return value;
}

}  // namespace

const TomlValue* TomlValue::find(std::string_view name) const {
  for (const auto& [key, value] : entries)
    if (key == name) return &value;
  return nullptr;
}

std::string_view TomlValue::kind_name() const {
  switch (kind) {
    case Kind::string:
      return "a string";
    case Kind::integer:
      return "a whole number";
    case Kind::floating:
      return "a number";
    case Kind::boolean:
      return "true or false";
    case Kind::array:
      return "a list";
    case Kind::table:
      return "a table";
    case Kind::other:
      return "a date or time";
    case Kind::none:
      break;
  }
  return "nothing";
}

Result<TomlValue> read_toml(std::string_view text, std::string_view file) {
  try {
    return value_of(toml::parse(text), 0);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    std::string what(error.description());  // quotes the text as it stands, its line end too
    std::replace_if(
        what.begin(), what.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return fail(Exit::config, std::string(file) + ":" + std::to_string(at.line) + ":" +
                                  std::to_string(at.column) + ": " + what);
  }
}

std::string toml_quoted(std::string_view text, bool prefer_literal) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  if (prefer_literal && plain && text.find('\'') == text.npos) return "'" + std::string(text) + "'";
  if (prefer_literal && plain && text.find("''") == text.npos && !text.ends_with('\''))
    return "'''" + std::string(text) + "'''";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      static constexpr std::string_view hex = "0123456789abcdef";
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace bounced
