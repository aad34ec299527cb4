#include "daemon/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace bounced {
namespace {

constexpr std::uint32_t replacement = 0xfffd;

/// One code point and the bytes it took; `replacement` and 1 where the bytes are no UTF-8 (RFC 3629: no
/// overlong forms, no surrogates, nothing above U+10FFFF).
struct Decoded {
  std::uint32_t point = replacement;
  std::size_t bytes = 1;
};

Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > text.size()) return {};
  std::uint32_t point = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return {};
    point = point << 6 | (byte(at + i) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return {};
  return {point, length};
}

struct Range {
  std::uint32_t first, last;
};
template <std::size_t N>
bool within(const std::array<Range, N>& ranges, std::uint32_t point) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return point >= range.first && point <= range.last; });
}

// Controls and what hides or reorders text: C0, DEL and C1, soft hyphen, zero-width and bidi marks, line and
// paragraph separators, bidi embeddings and isolates, the byte order mark, tags.
constexpr std::array<Range, 9> unfit{{{0x00, 0x1f},
                                      {0x7f, 0x9f},
                                      {0xad, 0xad},
                                      {0x200b, 0x200f},
                                      {0x2028, 0x202e},
                                      {0x2060, 0x206f},
                                      {0xfeff, 0xfeff},
                                      {0xfff9, 0xfffb},
                                      {0xe0000, 0xe0fff}}};

// Unicode 15, the common blocks: combining marks (Mn, Me) …
constexpr std::array<Range, 12> combining{{{0x300, 0x36f},
                                           {0x483, 0x489},
                                           {0x591, 0x5bd},
                                           {0x610, 0x61a},
                                           {0x64b, 0x65f},
                                           {0x93c, 0x93c},
                                           {0x94d, 0x94d},
                                           {0xe31, 0xe31},
                                           {0xe34, 0xe3a},
                                           {0x1ab0, 0x1aff},
                                           {0x20d0, 0x20f0},
                                           {0xfe00, 0xfe0f}}};
// … and East Asian Wide and Fullwidth, with emoji.
constexpr std::array<Range, 9> wide{{{0x1100, 0x115f},
                                     {0x2e80, 0x303e},
                                     {0x3041, 0xa4cf},
                                     {0xac00, 0xd7a3},
                                     {0xf900, 0xfaff},
                                     {0xfe30, 0xfe6f},
                                     {0xff00, 0xff60},
                                     {0x1f300, 0x1faff},
                                     {0x20000, 0x3fffd}}};

std::size_t width_of(std::uint32_t point) {
  if (point < 0x300) return 1;
  if (within(combining, point)) return 0;
  return within(wide, point) ? 2 : 1;
}

void append_escape(std::string& out, std::uint32_t point) {
  static constexpr std::string_view hex = "0123456789abcdef";
  const int digits = point < 0x80 ? 2 : point < 0x10000 ? 4 : 6;
  out += point < 0x80 ? "\\x" : "\\u";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += hex[point >> shift & 15];
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Bytes of `text` that fit into `columns`, and the columns they take.
std::pair<std::size_t, std::size_t> prefix(std::string_view text, std::size_t columns) {
  std::size_t at = 0, used = 0;
  while (at < text.size()) {
    const auto next = decode(text, at);
    const auto width = width_of(next.point);
    if (used + width > columns) break;
    used += width;
    at += next.bytes;
  }
  return {at, used};
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      if (!out.empty() && out.back() != ' ') out += ' ';
      ++at;
      continue;
    }
    const auto next = decode(text, at);
    if (within(unfit, next.point)) {
      append_escape(out, next.point);
    } else if (next.point == replacement && next.bytes == 1) {
      out += "\xef\xbf\xbd";
    } else {
      out.append(text, at, next.bytes);
    }
    at += next.bytes;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto next = decode(text, at);
    if (next.point == replacement && next.bytes == 1)
      out += "\xef\xbf\xbd";
    else
      out.append(text, at, next.bytes);
    at += next.bytes;
  }
  return out;
}

std::size_t display_width(std::string_view text) { return prefix(text, SIZE_MAX).second; }

std::string cut(std::string_view text, std::size_t columns) {
  if (prefix(text, columns).first == text.size()) return std::string(text);
  if (columns == 0) return {};
  return std::string(text.substr(0, prefix(text, columns - 1).first)) + "…";
}

std::string fitted(std::string_view text, std::size_t columns) {
  auto out = cut(text, columns);
  const auto used = display_width(out);
  if (used < columns) out.append(columns - used, ' ');
  return out;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  columns = std::max<std::size_t>(columns, 2);
  while (prefix(text, columns).first < text.size()) {
    const auto fits = prefix(text, columns).first;
    // The blank that ends the line may stand right behind what fits.
    auto end = text.rfind(' ', fits);
    const bool at_blank = end != text.npos && end > 0;
    if (!at_blank) end = fits;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(at_blank ? end + 1 : end);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string grouped(long long number) {
  auto digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (auto at = digits.size(); at > first + 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string counted(long long count, std::string_view one, std::string_view many) {
  return grouped(count) + " " + std::string(count == 1 ? one : many);
}

}  // namespace bounced
