#include "parser/dialects/returned_mail.hpp"

#include <algorithm>
#include <array>

#include "parser/header_fields.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Fields that only the transport of mail writes, never a person who describes one.
constexpr std::array<std::string_view, 18> transport_fields{"received",
                                                            "return-path",
                                                            "delivered-to",
                                                            "dkim-signature",
                                                            "domainkey-signature",
                                                            "mime-version",
                                                            "x-mailer",
                                                            "content-type",
                                                            "x-originating-ip",
                                                            "authentication-results",
                                                            "arc-seal",
                                                            "x-received",
                                                            "envelope-to",
                                                            "content-transfer-encoding",
                                                            "x-google-smtp-source",
                                                            "x-original-to",
                                                            "received-spf",
                                                            "x-google-dkim-signature"};
constexpr std::array<std::string_view, 8> common_fields{"from",       "to", "subject",  "date",
                                                        "message-id", "cc", "reply-to", "sender"};
constexpr std::array<std::string_view, 6> status_fields{"reporting-mta",   "original-envelope-id",
                                                        "final-recipient", "original-recipient",
                                                        "action",          "arrival-date"};

/// Lines that are looked at to tell a header block from a line of prose with a colon.
constexpr std::size_t looked_ahead = 12;
constexpr std::size_t shortest_rule = 10;

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return same_word(n, name); });
}

bool below_rule(std::span<const std::string_view> lines, std::size_t at) {
  while (at > 0 && trim(lines[at - 1]).empty()) --at;
  return at > 0 && is_rule(lines[at - 1]);
}

}  // namespace

bool is_rule(std::string_view line) {
  line = trim(line);
  if (line.size() < shortest_rule || is_alnum(line.front()) || !is_ascii(line.front())) return false;
  return std::all_of(line.begin(), line.end(), [&](char c) { return c == line.front(); });
}

bool begins_header_block(std::span<const std::string_view> lines, std::size_t at) {
  const std::string_view first = field_name(lines[at]);
  if (!one_of(transport_fields, first) && !one_of(common_fields, first) && !starts_with_word(first, "x-"))
    return false;
  std::size_t transport = 0;
  std::size_t common = 0;
  bool from = false;
  for (std::size_t i = at; i < std::min(lines.size(), at + looked_ahead); ++i) {
    if (trim(lines[i]).empty()) break;
    if (is_blank(lines[i].front())) continue;
    const std::string_view name = field_name(lines[i]);
    if (name.empty()) break;
    if (one_of(transport_fields, name)) ++transport;
    if (one_of(common_fields, name)) ++common;
    from = from || same_word(name, "from");
  }
  if (transport > 0 && transport + common > 1) return true;
  return from && common > 2 && below_rule(lines, at);
}

bool begins_status_fields(std::span<const std::string_view> lines, std::size_t at) {
  if (!one_of(status_fields, field_name(lines[at]))) return false;
  bool recipient = false;
  bool other = false;
  for (std::size_t i = at; i < std::min(lines.size(), at + looked_ahead); ++i) {
    const std::string_view name = field_name(lines[i]);
    if (same_word(name, "final-recipient") || same_word(name, "original-recipient")) recipient = true;
    if (same_word(name, "action") || same_word(name, "status") || same_word(name, "reporting-mta"))
      other = true;
  }
  return recipient && other;
}

std::size_t end_of_status_fields(std::span<const std::string_view> lines, std::size_t at) {
  std::size_t end = at;
  for (std::size_t i = at; i < lines.size(); ++i) {
    const bool empty = trim(lines[i]).empty();
    if (!empty && !is_blank(lines[i].front()) && field_name(lines[i]).empty()) break;
    if (begins_header_block(lines, i)) break;
    if (!empty) end = i + 1;
  }
  return end;
}

std::string joined(std::span<const std::string_view> lines, std::size_t at, std::size_t max_bytes) {
  std::string out;
  std::size_t indent = 0;
  while (at < lines.size() && indent < lines[at].size() &&
         (is_blank(lines[at][indent]) || lines[at][indent] == '>'))
    ++indent;
  for (std::size_t i = at; i < lines.size() && out.size() < max_bytes; ++i) {
    std::string_view line = lines[i];
    std::size_t drop = 0;
    while (drop < indent && drop < line.size() && (is_blank(line[drop]) || line[drop] == '>')) ++drop;
    out += line.substr(drop);
    out += '\n';
  }
  return out;
}

}  // namespace bounced::dialects
