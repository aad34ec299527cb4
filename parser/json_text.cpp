#include "parser/json_text.hpp"

namespace bounced {

namespace {

/// Bytes that stand for themselves (RFC 8259 7, and DEL, which terminals act on).
constexpr bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view hex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += '\\';
  if (c == '"' || c == '\\') {
    out += c;
  } else if (c == '\n') {
    out += 'n';
  } else if (c == '\r') {
    out += 'r';
  } else if (c == '\t') {
    out += 't';
  } else {
    out += "u00";
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    while (at < text.size() && is_plain(text[at])) ++at;
    out += text.substr(start, at - start);
    if (at < text.size()) append_escaped(out, text[at++]);
  }
  out += '"';
}

}  // namespace bounced
