// Small total functions on ASCII text that every reader of mail needs. Bytes above 127 are left alone.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "parser/byte_block.hpp"

namespace bounced {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// Value of a hexadecimal digit of either case; -1 for anything else.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char low = lower(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// A set of bytes, for a look-up without a search.
class ByteSet {
 public:
  explicit constexpr ByteSet(std::string_view members) {
    for (const char c : members) has_[static_cast<unsigned char>(c)] = true;
  }
  [[nodiscard]] constexpr bool has(char c) const { return has_[static_cast<unsigned char>(c)]; }

 private:
  std::array<bool, 256> has_{};
};

/// Makes ASCII capitals small.
inline void make_lower(std::string& text) {
  constexpr unsigned char to_small = 'a' - 'A';
  std::size_t at = 0;
  for (; at + sizeof(ByteBlock) <= text.size(); at += sizeof(ByteBlock)) {
    const ByteBlock block = load_block(text.data() + at);
    store_block(block | (bytes_within(block, 'A', 'Z') & to_small), text.data() + at);
  }
  for (; at < text.size(); ++at) text[at] = lower(text[at]);
}

inline std::string lower_copy(std::string_view text) {
  std::string out(text);
  make_lower(out);
  return out;
}

constexpr std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

constexpr std::string_view trim_right(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

constexpr std::string_view trim(std::string_view text) { return trim_left(trim_right(text)); }

constexpr bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

constexpr bool starts_with_word(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && same_word(text.substr(0, start.size()), start);
}

/// Position of `needle` (given in lower case) in `text`, without case, from `from`; npos when it isn't there.
constexpr std::size_t find_word(std::string_view text, std::string_view needle, std::size_t from = 0) {
  if (needle.empty()) return from <= text.size() ? from : std::string_view::npos;
  // A letter differs from its capital in one bit; the full comparison sorts out the other bytes.
  const auto first = static_cast<unsigned char>(needle.front());
  const unsigned char fold = is_alpha(needle.front()) ? 0x20 : 0;
  for (std::size_t i = from; i + needle.size() <= text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) | fold) == first &&
        same_word(text.substr(i, needle.size()), needle))
      return i;
  return std::string_view::npos;
}

constexpr bool contains_word(std::string_view text, std::string_view needle) {
  return find_word(text, needle) != std::string_view::npos;
}

/// Position at or behind `from` of the first byte that a test holds for; the size when there is none.
/// `marks_of` is the test for sixteen bytes (byte_block.hpp), `holds` for one.
template <class MarksOf, class Holds>
std::size_t find_byte(std::string_view text, std::size_t from, MarksOf marks_of, Holds holds) {
  std::size_t at = from;
  for (; at + sizeof(ByteBlock) <= text.size(); at += sizeof(ByteBlock))
    if (const ByteBlock marks = marks_of(load_block(text.data() + at)); any_marked(marks))
      return at + first_marked(marks);
  while (at < text.size() && !holds(text[at])) ++at;
  return std::min(at, text.size());
}

/// The number of ASCII bytes at the start.
inline std::size_t ascii_length(std::string_view text) {
  return find_byte(
      text, 0, [](ByteBlock block) { return bytes_within(block, '\x80', '\xFF'); },
      [](char c) { return !is_ascii(c); });
}

inline bool all_ascii(std::string_view text) { return ascii_length(text) == text.size(); }

/// Position of the first of these bytes; the size when there is none.
template <class... Bytes>
std::size_t length_before(std::string_view text, Bytes... bytes) {
  return find_byte(
      text, 0, [&](ByteBlock block) { return (bytes_equal(block, bytes) | ...); },
      [&](char c) { return ((c == bytes) || ...); });
}

/// Position of the first CR or LF; the size when there is none.
inline std::size_t line_length(std::string_view text) { return length_before(text, '\n', '\r'); }

/// Takes the next line off the front of `rest`, without its line end (LF, CRLF, or CR alone).
inline std::string_view take_line(std::string_view& rest) {
  const std::size_t end = line_length(rest);
  const std::string_view line = rest.substr(0, end);
  if (end == rest.size()) {
    rest = {};
    return line;
  }
  const bool pair = rest[end] == '\r' && end + 1 < rest.size() && rest[end + 1] == '\n';
  rest.remove_prefix(end + (pair ? 2 : 1));
  return line;
}

}  // namespace bounced
