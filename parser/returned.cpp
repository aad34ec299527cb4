#include "parser/returned.hpp"

#include <algorithm>
#include <array>

#include "parser/address.hpp"
#include "parser/charset.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// Bytes kept of one text of the original; a subject of RFC 5322 has at most 998.
constexpr std::size_t longest_text = 998;

std::string decoded(std::string_view value) {
  std::string text = decode_words(value);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return std::string(cut_utf8(trim(text), longest_text));
}

/// "<id@host>" → "id@host"; without brackets the first word.
std::string message_id(std::string_view value) {
  const std::size_t open = value.find('<');
  const std::size_t close = value.find('>', open == std::string_view::npos ? 0 : open);
  if (open != std::string_view::npos && close != std::string_view::npos)
    return std::string(cut_utf8(trim(value.substr(open + 1, close - open - 1)), longest_text));
  value = trim(value);
  return std::string(cut_utf8(value.substr(0, value.find_first_of(" \t(")), longest_text));
}

/// RFC 2919: "Name <list.example.org>" → "list.example.org".
std::string list_id(std::string_view value) { return decoded(message_id(value)); }

std::string first_mailbox(std::string_view value) {
  const auto found = mailboxes_in(value);
  return found.empty() ? std::string{} : found.front();
}

/// Headers that a text part shows indented or quoted: the same bytes without the common mark.
std::string without_indent(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {  // leading empty lines
    std::string_view ahead = rest;
    if (!trim(take_line(ahead)).empty()) break;
    rest = ahead;
  }
  std::size_t indent = 0;
  while (indent < rest.size() && (is_blank(rest[indent]) || rest[indent] == '>')) ++indent;
  if (indent == 0) return std::string(rest);
  std::string out;
  while (!rest.empty()) {
    std::string_view line = take_line(rest);
    std::size_t cut = 0;
    while (cut < indent && cut < line.size() && (is_blank(line[cut]) || line[cut] == '>')) ++cut;
    out += line.substr(cut);
    out += '\n';
  }
  return out;
}

HeaderFields fields_in_text(std::string_view text) {
  HeaderFields fields = read_header_fields(text);
  return fields.empty() ? read_header_fields(without_indent(text)) : fields;
}

bool begins_with_headers(std::string_view text) {
  const HeaderFields fields = fields_in_text(text.substr(0, 4096));
  constexpr std::array<std::string_view, 6> known{"Received", "From", "Message-ID",
                                                  "Subject",  "To",   "Return-Path"};
  const auto hits =
      std::count_if(known.begin(), known.end(), [&](std::string_view name) { return fields.has(name); });
  return hits >= 2;
}

}  // namespace

bool is_returned_type(const MimePart& part) {
  constexpr std::array<std::string_view, 8> types{
      "message/rfc822",         "message/global",  "text/rfc822-headers", "text/rfc822-header",
      "message/global-headers", "message/partial", "message/news",        "message/rfc822-headers"};
  return std::find(types.begin(), types.end(), part.type) != types.end();
}

int returned_part_near(const MimeTree& mail, int report_part) {
  const int count = static_cast<int>(mail.parts.size());
  const auto part = [&mail](int i) -> const MimePart& { return mail.parts[static_cast<std::size_t>(i)]; };
  const int parent = report_part >= 0 ? part(report_part).parent : -1;
  for (int i = report_part + 1; i < count; ++i)
    if (part(i).parent == parent && is_returned_type(part(i))) return i;
  for (int i = report_part + 1; i < count; ++i)
    if (part(i).parent == parent && begins_with_headers(part(i).text)) return i;
  for (int i = report_part + 1; i < count; ++i)
    if (is_returned_type(part(i))) return i;
  for (int i = 1; i < report_part; ++i)
    if (part(i).parent == parent && is_returned_type(part(i))) return i;
  return -1;
}

HeaderFields returned_fields(const MimeTree& mail, const ReportFields& report) {
  if (report.returned_part >= 0 && static_cast<std::size_t>(report.returned_part) < mail.parts.size()) {
    const auto index = static_cast<std::size_t>(report.returned_part);
    if (index + 1 < mail.parts.size() && mail.parts[index + 1].parent == report.returned_part) {
      const MimePart& message = mail.parts[index + 1];
      if (!message.headers.empty()) return message.headers;
      return fields_in_text(message.text);
    }
    HeaderFields fields = fields_in_text(mail.parts[index].text);
    if (!fields.empty()) return fields;
  }
  return report.returned_text.empty() ? HeaderFields{} : fields_in_text(report.returned_text);
}

OriginalMessage read_original(const HeaderFields& fields, const std::vector<std::string>& extra) {
  OriginalMessage out;
  out.message_id = message_id(fields.first("Message-ID"));
  out.from = first_mailbox(fields.first("From"));
  out.to = first_mailbox(fields.first("To"));
  out.subject = decoded(fields.first("Subject"));
  out.list_id = list_id(fields.first("List-Id"));
  out.date = decoded(fields.first("Date"));
  for (const std::string& name : extra)
    if (fields.has(name)) out.extra[lower_copy(name)] = decoded(fields.first(name));
  return out;
}

}  // namespace bounced
