// RFC 2047 encoded words, read where the field puts them: in comments, inside quotes, glued to text, split in
// the middle of a character.
#include "parser/charset.hpp"
#include "parser/text.hpp"
#include "parser/transfer_encoding.hpp"

namespace bounced {
namespace {

/// "=?charset*language?B?text?=" at the front of a text.
struct EncodedWord {
  std::string_view charset;
  char encoding = 0;
  std::string_view text;
  std::size_t length = 0;  ///< 0: no word here
};

/// RFC 2047 2 allows 75 characters; senders that ignore it stay below this.
constexpr std::size_t longest_word = 4096;

EncodedWord word_at(std::string_view value) {
  EncodedWord word;
  if (!value.starts_with("=?")) return word;
  const std::string_view window = value.substr(0, longest_word);
  const std::size_t first = window.find('?', 2);
  if (first == std::string_view::npos || first + 2 >= window.size() || window[first + 2] != '?') return word;
  const std::size_t end = window.find("?=", first + 3);
  const char encoding = lower(window[first + 1]);
  if (end == std::string_view::npos || (encoding != 'b' && encoding != 'q')) return word;
  const std::string_view charset = window.substr(2, first - 2);
  word.charset = charset.substr(0, charset.find('*'));
  word.encoding = encoding;
  word.text = window.substr(first + 3, end - first - 3);
  word.length = end + 2;
  return word;
}

std::string bytes_of(const EncodedWord& word) {
  return word.encoding == 'b' ? decode_base64(word.text) : decode_quoted_printable(word.text, true);
}

/// Reads a run of words of one charset with nothing but blanks between them; moves `value` behind it.
std::string take_run(std::string_view& value, EncodedWord word) {
  std::string bytes;
  const std::string_view charset = word.charset;
  while (true) {
    bytes += bytes_of(word);
    value.remove_prefix(word.length);
    const std::string_view next = trim_left(value);
    word = word_at(next);
    if (word.length == 0) return to_utf8(bytes, charset);
    value = next;  // blanks between encoded words aren't shown (RFC 2047 6.2)
    if (!same_word(word.charset, charset)) return to_utf8(bytes, charset);
  }
}

}  // namespace

std::string decode_words(std::string_view value) {
  if (value.find("=?") == std::string_view::npos)
    return is_valid_utf8(value) ? std::string(value) : to_utf8(value, "");
  std::string out;
  std::string plain;
  const auto flush = [&out, &plain] {
    out += is_valid_utf8(plain) ? plain : to_utf8(plain, "");
    plain.clear();
  };
  while (!value.empty()) {
    const EncodedWord word = word_at(value);
    if (word.length > 0) {
      flush();
      out += take_run(value, word);
      continue;
    }
    const std::size_t next = value.find("=?", 1);
    plain += value.substr(0, next);
    value = next == std::string_view::npos ? std::string_view{} : value.substr(next);
  }
  flush();
  return out;
}

}  // namespace bounced
