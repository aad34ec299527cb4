// The helpers that look at eight bytes at a time say what a look at each byte says.
#include "parser/text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace bounced {
namespace {

/// Calls `check` with texts in which every byte value stands at every place of two words and a rest.
template <class Check>
void each_byte_at_each_place(const Check& check) {
  for (std::size_t size = 0; size < 20; ++size) {
    for (std::size_t place = 0; place < size; ++place)
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[place] = static_cast<char>(byte);
        check(text);
        if (place + 1 < size) {  // a borrow of one byte must not mark the next one
          text[place + 1] = static_cast<char>(byte + 1);
          check(text);
        }
      }
  }
}

TEST_CASE("ASCII at the start") {
  each_byte_at_each_place([](const std::string& text) {
    std::size_t expected = 0;
    while (expected < text.size() && static_cast<unsigned char>(text[expected]) < 0x80) ++expected;
    REQUIRE(ascii_length(text) == expected);
    REQUIRE(all_ascii(text) == (expected == text.size()));
  });
}

TEST_CASE("the first of three bytes, and line ends") {
  each_byte_at_each_place([](const std::string& text) {
    REQUIRE(length_before(text, '=', '\n', '\r') == std::min(text.find_first_of("=\n\r"), text.size()));
    REQUIRE(length_before(text, '\x01', '\x02', '\x80') ==
            std::min(text.find_first_of("\x01\x02\x80"), text.size()));
    REQUIRE(line_length(text) == std::min(text.find_first_of("\r\n"), text.size()));
  });
}

TEST_CASE("small letters") {
  each_byte_at_each_place([](const std::string& text) {
    std::string expected;
    for (const char c : text) expected += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    REQUIRE(lower_copy(text) == expected);
  });
}

TEST_CASE("lines end with LF, CRLF, or CR") {
  std::string_view rest = "one\ntwo\r\nthree\rfour\r\r\n";
  for (const std::string_view line : {"one", "two", "three", "four", ""}) CHECK(take_line(rest) == line);
  CHECK(rest.empty());
}

}  // namespace
}  // namespace bounced
