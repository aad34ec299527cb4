#include "parser/dsn_fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "parser/address.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr std::array<std::pair<std::string_view, DsnField>, 16> names{{
    {"reporting-mta", DsnField::reporting_mta},
    {"received-from-mta", DsnField::received_from_mta},
    {"arrival-date", DsnField::arrival_date},
    {"original-envelope-id", DsnField::original_envelope_id},
    {"original-recipient", DsnField::original_recipient},
    {"final-recipient", DsnField::final_recipient},
    {"x-actual-recipient", DsnField::actual_recipient},
    {"action", DsnField::action},
    {"status", DsnField::status},
    {"remote-mta", DsnField::remote_mta},
    {"diagnostic-code", DsnField::diagnostic_code},
    {"last-attempt-date", DsnField::last_attempt_date},
    {"will-retry-until", DsnField::will_retry_until},
    {"remote-host", DsnField::remote_mta},
    {"diagnostic", DsnField::diagnostic_code},
    {"recipient", DsnField::final_recipient},
}};

/// Shorter names are too near to other words ("Status", "Station").
constexpr std::size_t shortest_misspelt_name = 9;
constexpr std::size_t most_wrong_letters = 2;

/// Levenshtein distance, for names of at most 32 letters.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, 33> row{};
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

/// "RFC822" in "rfc822; a@b": one token of letters, digits, '-', '.', '_', begun by a letter.
bool is_type(std::string_view word) {
  return !word.empty() && word.size() <= 40 && is_alpha(word.front()) &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_'; });
}

std::string_view without_brackets(std::string_view text) {
  const std::size_t open = text.find('<');
  const std::size_t close = text.find('>', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return text;
  return trim(text.substr(open + 1, close - open - 1));
}

/// "a@b (Full Name)" → "a@b"; a value that is nothing but a comment stays.
std::string_view without_comment(std::string_view text) {
  if (text.empty() || text.back() != ')') return text;
  const std::size_t open = text.find('(');
  return open == 0 || open == std::string_view::npos ? text : trim(text.substr(0, open));
}

std::string decode_recipient(std::string_view text, std::string_view type, bool is_original) {
  if (type == "utf-8" || text.find("\\x{") != std::string_view::npos) return decode_utf8_addr(text);
  return is_original ? decode_xtext(text) : std::string(text);
}

/// Splits "a@b, c@d" at commas outside quotes, only if each piece is an address.
std::vector<std::string_view> split_addresses(std::string_view text) {
  std::vector<std::string_view> pieces;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = rest.find_first_of(",;");
    const std::string_view piece = without_brackets(trim(rest.substr(0, comma)));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    if (piece.empty()) continue;
    if (!is_address(piece)) return {text};
    pieces.push_back(piece);
  }
  return pieces;
}

}  // namespace

DsnField dsn_field_named(std::string_view name) {
  std::string key = lower_copy(trim(name));
  std::replace_if(
      key.begin(), key.end(), [](char c) { return is_blank(c) || c == '_'; }, '-');
  for (const auto& [known, field] : names)
    if (key == known) return field;
  if (key.size() < shortest_misspelt_name || key.size() > 32 || key.starts_with("x-"))
    return DsnField::unknown;
  for (const auto& [known, field] : names)
    if (known.size() >= shortest_misspelt_name && distance(key, known) <= most_wrong_letters) return field;
  return DsnField::unknown;
}

TypedValue read_typed(std::string_view value) {
  TypedValue out;
  std::string_view rest = trim(value);
  while (true) {  // "rfc822; rfc822;a@b" occurs
    const std::size_t semicolon = rest.substr(0, 48).find(';');
    if (semicolon == std::string_view::npos || !is_type(trim(rest.substr(0, semicolon)))) break;
    if (out.type.empty()) out.type = lower_copy(trim(rest.substr(0, semicolon)));
    rest = trim(rest.substr(semicolon + 1));
  }
  out.text = rest;
  return out;
}

std::vector<std::string> read_recipients(std::string_view value, bool is_original) {
  TypedValue typed = read_typed(value);
  std::string_view text = typed.text;
  if (starts_with_word(text, "rfc822:")) text = trim(text.substr(7));
  std::vector<std::string> out;
  for (const std::string_view piece : split_addresses(without_brackets(without_comment(text))))
    out.push_back(decode_recipient(without_brackets(piece), typed.type, is_original));
  return out;
}

std::string read_host(std::string_view value) {
  const TypedValue typed = read_typed(value);
  std::string_view host = trim(std::string_view(typed.text).substr(0, typed.text.find_first_of(" \t(,;")));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return std::string(host);
}

}  // namespace bounced
