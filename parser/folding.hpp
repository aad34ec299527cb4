// Letters of UTF-8 text, and their folded forms (see normalise.hpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bounced {

struct Letter {
  char32_t value = 0;      ///< U+FFFD for a byte that is no UTF-8
  std::size_t length = 1;  ///< bytes
};

/// The letter at `at` (at < text.size()). Total.
Letter next_letter(std::string_view text, std::size_t at);
/// True for scripts that write no blanks between words: kana, Han, Hangul (whose particles cling to nouns).
bool stands_alone(char32_t letter);
/// True for what words are made of: letters and digits of any script.
bool is_letter(char32_t letter);
/// Appends the folded form of `letter`, whose own bytes are `bytes`.
void append_folded(char32_t letter, std::string_view bytes, std::string& out);
/// Appends a letter between U+0080 and U+07FF as UTF-8.
void append_two(char32_t letter, std::string& out);

}  // namespace bounced
