#include "parser/transfer_encoding.hpp"

#include <array>
#include <cstdint>

#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr std::array<std::int8_t, 256> make_base64_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr auto base64_values = make_base64_values();

/// Drops blanks before a line end, which RFC 2045 6.7 rule 3 says are added in transport.
void drop_trailing_blanks(std::string& out, std::size_t line_start) {
  while (out.size() > line_start && is_blank(out.back())) out.pop_back();
}

/// The length of a soft line break at `at` ("=" blanks line-end); 0 when there is none.
std::size_t soft_break(std::string_view text, std::size_t at) {
  std::size_t i = at + 1;
  while (i < text.size() && is_blank(text[i])) ++i;
  if (i == text.size()) return i - at;
  if (text[i] == '\n') return i + 1 - at;
  if (text[i] == '\r') return (i + 1 < text.size() && text[i + 1] == '\n' ? i + 2 : i + 1) - at;
  return 0;
}

}  // namespace

std::string decode_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') {  // the end of a block: what is left over of a quantum is padding
      bits = 0;
      count = 0;
      continue;
    }
    const std::int8_t value = base64_values[static_cast<unsigned char>(c)];
    if (value < 0) continue;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
    }
  }
  return out;
}

std::string decode_quoted_printable(std::string_view text, bool header_form) {
  std::string out;
  out.reserve(text.size());
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t plain = header_form ? 0 : length_before(text.substr(i), '=', '\n', '\r');
    out += text.substr(i, plain);
    i += plain;
    if (i == text.size()) break;
    const char c = text[i];
    if (c == '=') {
      const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        line_start = out.size();  // an encoded blank is meant to stay
        continue;
      }
      if (const std::size_t length = soft_break(text, i); length > 0) {
        i += length - 1;
        line_start = out.size();
        continue;
      }
    }
    if (c == '\n' || c == '\r') {
      drop_trailing_blanks(out, line_start);
      out += c;
      line_start = out.size();
      continue;
    }
    out += header_form && c == '_' ? ' ' : c;
  }
  return out;
}

std::string decode_uuencode(std::string_view text) {
  std::string_view rest = text;
  bool found = false;
  while (!rest.empty() && !found) found = starts_with_word(take_line(rest), "begin ");
  if (!found) return std::string(text);
  std::string out;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (line.empty() || starts_with_word(line, "end")) break;
    const auto six = [&line](std::size_t at) {
      return at < line.size() ? (static_cast<unsigned>(line[at]) - 32U) & 0x3FU : 0U;
    };
    const std::size_t want = six(0);
    std::string bytes;
    for (std::size_t at = 1; bytes.size() < want; at += 4) {
      const unsigned group = six(at) << 18U | six(at + 1) << 12U | six(at + 2) << 6U | six(at + 3);
      bytes += static_cast<char>(group >> 16U & 0xFFU);
      bytes += static_cast<char>(group >> 8U & 0xFFU);
      bytes += static_cast<char>(group & 0xFFU);
    }
    out.append(bytes, 0, want);
  }
  return out;
}

std::string decode_transfer(std::string text, std::string_view encoding) {
  const std::string_view name = trim_left(encoding);
  if (starts_with_word(name, "base64")) return decode_base64(text);
  if (starts_with_word(name, "quoted")) return decode_quoted_printable(text);
  if (starts_with_word(name, "x-uue") || starts_with_word(name, "uue")) return decode_uuencode(text);
  return text;
}

}  // namespace bounced
