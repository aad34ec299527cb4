// Words of a reply: what the grammar of phrases reads, and what templates of replies are made of.
//
//   "<a@b.example>: user doesn't exist"   ->   <addr> user does not exist
//
// Letters are folded: lower case, Latin without marks ("Boîte" = "boite", "ß" = "ss"), full-width forms to
// ASCII. Scripts without blanks (kana, Han, Hangul) give one word a character. "CamelCase" and "snake_case"
// are split, "n't" becomes "not".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bounced {

enum class TokenKind : std::uint8_t { word, address, ip, host, url, number, id, time, status };

struct Token {
  TokenKind kind = TokenKind::word;
  std::uint16_t sentence = 0;  ///< counted from 0; '.', ';', '!', '?', " - " and line borders end one
  std::uint32_t begin = 0;     ///< bytes in the text
  std::uint32_t end = 0;
  std::uint32_t folded = 0;  ///< where the folded letters stand in Tokens::letters; words only
  std::uint32_t folded_end = 0;
};

struct Tokens {
  std::vector<Token> list;
  std::string letters;  ///< the text in lower case, and behind it the words that are not in it as they are

  [[nodiscard]] std::string_view word(const Token& token) const {
    return std::string_view(letters).substr(token.folded, token.folded_end - token.folded);
  }
};

/// Splits `text` into tokens. Total; any bytes, also broken UTF-8.
void tokenise(std::string_view text, Tokens& out);

/// `text` folded as words are, e.g. "Boîte" -> "boite".
std::string fold_letters(std::string_view text);

}  // namespace bounced
