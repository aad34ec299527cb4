#include "config/settings_syntax.hpp"

#include <charconv>
#include <utility>

namespace bounced {
namespace {

/// So many wrong lines are told before reading gives up: each costs another pass over the file.
constexpr int most_wrong_lines = 20;

/// The start and length of a line, 1-based; a length of npos when there is no such line.
std::pair<std::size_t, std::size_t> place_of_line(const std::string& text, int line) {
  std::size_t start = 0;
  for (int i = 1; i < line; ++i) {
    const auto end = text.find('\n', start);
    if (end == std::string::npos) return {0, std::string::npos};
    start = end + 1;
  }
  const auto end = text.find('\n', start);
  return {start, (end == std::string::npos ? text.size() : end) - start};
}

/// The key of a line `key = value` whose value ends on that line as far as its first letter tells; else "".
/// Only such a line can be left out without changing what the others mean.
std::string key_of_line(std::string_view line) {
  const auto is_key = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  std::size_t length = 0;
  while (length < line.size() && is_key(line[length])) ++length;
  const auto key = line.substr(0, length);
  line.remove_prefix(length);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (key.empty() || line.empty() || line.front() != '=') return {};
  line.remove_prefix(1);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (line.starts_with("\"\"\"") || line.starts_with("'''") || line.starts_with("[") || line.starts_with("{"))
    return {};
  return std::string(key);
}

/// `level = info`: the commonest slip, which the parser calls a broken number.
std::string bare_text_hint(std::string_view line, const std::string& key) {
  auto value = line.substr(line.find('=') + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  const bool letter =
      !value.empty() && ((value.front() >= 'a' && value.front() <= 'z') ||
                         (value.front() >= 'A' && value.front() <= 'Z') || value.front() == '/');
  return letter ? "; text stands in quotes: " + key + " = \"…\"" : "";
}

/// read_toml's message is "file:line:column: what".
std::pair<int, std::string> split_message(const std::string& message, std::string_view file) {
  std::size_t at = file.size() + 1;
  int line = 0;
  if (at < message.size()) std::from_chars(message.data() + at, message.data() + message.size(), line);
  const auto blank = message.find(": ", at);
  return {line, blank == std::string::npos ? message : message.substr(blank + 2)};
}

}  // namespace

SyntaxReading read_syntax(std::string text) {
  SyntaxReading reading;
  constexpr std::string_view file = "settings";  // only to have read_toml's message in a known form
  for (int pass = 0; pass <= most_wrong_lines; ++pass) {
    auto document = read_toml(text, file);
    if (document) {
      reading.document = *std::move(document);
      return reading;
    }
    const auto [line, what] = split_message(document.error().message, file);
    const auto [start, length] = place_of_line(text, line);
    const auto key = length == std::string::npos ? std::string()
                                                 : key_of_line(std::string_view(text).substr(start, length));
    const auto hint = key.empty() ? std::string() : bare_text_hint(text.substr(start, length), key);
    const bool twice = what.find("cannot redefine") != std::string::npos;
    std::string fault = twice ? "is given twice: " : "is no TOML: ";
    fault.append(what).append(hint);
    reading.faults.push_back({line, key, std::move(fault), false});
    if (key.empty()) break;
    reading.unread_keys.push_back(key);
    text.replace(start, length, length, ' ');
  }
  reading.complete = false;
  return reading;
}

}  // namespace bounced
