// Folding of letters: one table for the Latin letters with marks, arithmetic for the scripts whose capitals
// stand at a fixed distance.
#include "parser/folding.hpp"

#include <array>

namespace bounced {
namespace {

/// Base letters of U+00C0 to U+017F (Latin-1 Supplement and Latin Extended-A), upper and lower alike.
constexpr std::array<std::string_view, 192> latin_base{
    // U+00C0
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    // U+00D0
    "d", "n", "o", "o", "o", "o", "o", " ", "o", "u", "u", "u", "u", "y", "th", "ss",
    // U+00E0
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    // U+00F0
    "d", "n", "o", "o", "o", "o", "o", " ", "o", "u", "u", "u", "u", "y", "th", "y",
    // U+0100
    "a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c", "d", "d",
    // U+0110
    "d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g", "g",
    // U+0120
    "g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i",
    // U+0130
    "i", "i", "ij", "ij", "j", "j", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l",
    // U+0140
    "l", "l", "l", "n", "n", "n", "n", "n", "n", "n", "n", "n", "o", "o", "o", "o",
    // U+0150
    "o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s", "s", "s", "s", "s", "s",
    // U+0160
    "s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u", "u", "u", "u",
    // U+0170
    "u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z", "s"};

}  // namespace

Letter next_letter(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
  if (length == 1 || lead > 0xF4 || at + length > text.size()) return {0xFFFD, 1};
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return {0xFFFD, 1};
    value = (value << 6U) | (byte(at + i) & 0x3FU);
  }
  return {value, length};
}

bool stands_alone(char32_t letter) {
  return (letter >= 0x3040 && letter <= 0x30FF) || (letter >= 0x3400 && letter <= 0x9FFF) ||
         (letter >= 0xAC00 && letter <= 0xD7AF) || (letter >= 0xF900 && letter <= 0xFAFF) || letter == 0x3005;
}

bool is_letter(char32_t letter) {
  if (letter < 0x80)
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z');
  if (letter < 0xC0 || letter == 0xD7 || letter == 0xF7) return false;
  if (letter >= 0x2000 && letter <= 0x2BFF) return false;  // punctuation, arrows, symbols
  if (letter >= 0x3000 && letter <= 0x303F) return letter == 0x3005;
  if (letter >= 0xFF00 && letter <= 0xFF0F) return false;
  return letter != 0xFFFD;
}

void append_folded(char32_t letter, std::string_view bytes, std::string& out) {
  if (letter >= 0xFF01 && letter <= 0xFF5E) letter -= 0xFEE0;  // full-width ASCII
  if (letter < 0x80) {
    out += static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
  } else if (letter >= 0xC0 && letter <= 0x17F) {
    out += latin_base[letter - 0xC0];
  } else if (letter >= 0x300 && letter <= 0x36F) {
    return;  // combining marks
  } else if ((letter >= 0x391 && letter <= 0x3A9) || (letter >= 0x410 && letter <= 0x42F)) {
    append_two(letter + 32, out);
  } else if (letter == 0x401 || letter == 0x451) {
    append_two(0x435, out);  // Russian writes yo as ye at will
  } else if (letter >= 0x400 && letter <= 0x40F) {
    append_two(letter + 80, out);
  } else {
    out += bytes;
  }
}

void append_two(char32_t letter, std::string& out) {
  out += static_cast<char>(0xC0U | (letter >> 6U));
  out += static_cast<char>(0x80U | (letter & 0x3FU));
}

}  // namespace bounced
