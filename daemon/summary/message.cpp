#include "daemon/summary/message.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "daemon/digest.hpp"
#include "daemon/plain_text.hpp"
#include "parser/text.hpp"
#include "storage/kept_text.hpp"

namespace bounced {
namespace {

constexpr std::size_t encoded_line_length = 76;  // RFC 2045 6.7 and 6.8
// Bytes of one encoded word: 75 characters (RFC 2047 2) less "=?UTF-8?B?" and "?=", in base64.
constexpr std::size_t encoded_word_bytes = 45;
constexpr std::string_view hex_digits = "0123456789ABCDEF";

/// RFC 5322 3.3, in UTC. Names of days and months are English in every locale.
std::string mail_date_text(UnixSeconds at) {
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = at;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> rest{};
  const auto size = std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S +0000", &parts);
  return std::string(days[static_cast<std::size_t>(parts.tm_wday)]) + ", " + std::to_string(parts.tm_mday) +
         " " + months[static_cast<std::size_t>(parts.tm_mon)] + std::string(rest.data(), size);
}

/// The value of an unstructured field.
std::string field_text(std::string_view text) {
  auto line = printable(text);
  if (all_ascii(line)) return line;
  std::string out;
  while (!line.empty()) {
    const auto piece = kept_text(line, encoded_word_bytes);  // cut between characters, never inside one
    out += (out.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + base64_text(piece) + "?=");
    line.erase(0, piece.size());
  }
  return out;
}

/// Addresses were checked with the settings; whatever else comes leaves no line end behind.
std::string address_list(const std::vector<std::string>& addresses) {
  std::string out;
  for (const auto& address : addresses) out += (out.empty() ? "" : ",\r\n ") + printable(address);
  return out;
}

std::string part(std::string_view type, const std::string& text) {
  return "Content-Type: " + std::string(type) +
         "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(text) +
         "\r\n";
}

std::string multipart(std::string_view kind, const std::string& boundary,
                      const std::vector<std::string>& parts) {
  std::string out =
      "Content-Type: multipart/" + std::string(kind) + "; boundary=\"" + boundary + "\"\r\n\r\n";
  for (const auto& one : parts) out.append("--").append(boundary).append("\r\n").append(one);
  return out + "--" + boundary + "--\r\n";
}

/// "=_" occurs in no quoted-printable and no base64 text (RFC 2045 6.7).
std::string body(const MessageForms& forms) {
  std::vector<std::string> alternatives;
  if (!forms.text.empty()) alternatives.push_back(part("text/plain", forms.text));
  if (!forms.html.empty()) alternatives.push_back(part("text/html", forms.html));
  auto page = alternatives.size() == 1 ? alternatives.front()
                                       : multipart("alternative", "=_forms_of_the_page", alternatives);
  if (forms.json.empty()) return page;
  auto attached =
      "Content-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename=\"" +
      printable(forms.json_name) + "\"\r\n\r\n" + base64_lines(forms.json);
  if (alternatives.empty()) return attached;
  return multipart("mixed", "=_page_and_figures", {page, attached});
}

}  // namespace

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  const auto put = [&](std::string_view piece) {
    if (column + piece.size() > encoded_line_length - 1) {  // a soft line break takes one
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const bool starts_dot_or_from = column == 0 && (c == '.' || c == 'F');
    const bool plain = (c > 0x20 && c < 0x7f && c != '=' && !starts_dot_or_from) || (c == ' ' && !ends_line);
    if (plain) {
      put(text.substr(i, 1));
    } else {
      const std::array<char, 3> escape{'=', hex_digits[c >> 4U], hex_digits[c & 0xFU]};
      put({escape.data(), escape.size()});
    }
  }
  return out;
}

std::string base64_lines(std::string_view bytes) {
  const auto all = base64_text(bytes);
  std::string out;
  for (std::size_t i = 0; i < all.size(); i += encoded_line_length)
    out += all.substr(i, encoded_line_length) + "\r\n";
  return out;
}

std::string mail_message(const MessageFields& fields, const MessageForms& forms) {
  return "Date: " + mail_date_text(fields.date) + "\r\nFrom: bounced <" + printable(fields.from) +
         ">\r\nTo: " + address_list(fields.to) + "\r\nSubject: " + field_text(fields.subject) +
         "\r\nMessage-ID: <" + printable(fields.message_id) +
         ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" + body(forms);
}

}  // namespace bounced
