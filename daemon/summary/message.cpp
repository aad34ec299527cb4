#include "daemon/summary/message.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "daemon/plain_text.hpp"

namespace bounced {
namespace {

constexpr std::size_t line_length = 76;  // RFC 2045 6.7 and 6.8
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

std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = (group << 8U) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : alphabet[(group >> (18U - 6U * k)) & 0x3FU];
  }
  return out;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Cut between characters, never inside one.
std::size_t whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return most;
}

/// The value of an unstructured field.
std::string field_text(std::string_view text) {
  auto line = printable(text);
  if (is_ascii(line)) return line;
  std::string out;
  for (std::string_view rest = line; !rest.empty();) {
    const auto size = whole_characters(rest, encoded_word_bytes);
    out += (out.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + base64(rest.substr(0, size)) + "?=");
    rest.remove_prefix(size);
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
    if (column + piece.size() > line_length - 1) {  // a soft line break takes one
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
  const auto all = base64(bytes);
  std::string out;
  for (std::size_t i = 0; i < all.size(); i += line_length) out += all.substr(i, line_length) + "\r\n";
  return out;
}

std::string mail_message(const MessageFields& fields, const MessageForms& forms) {
  return "Date: " + mail_date_text(fields.date) + "\r\nFrom: bounced <" + printable(fields.from) +
         ">\r\nTo: " + address_list(fields.to) + "\r\nSubject: " + field_text(fields.subject) +
         "\r\nMessage-ID: <" + printable(fields.message_id) +
         ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" + body(forms);
}

}  // namespace bounced
