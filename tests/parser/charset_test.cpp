#include "parser/charset.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace bounced {
namespace {

struct Conversion {
  std::string_view bytes;
  std::string_view charset;
  std::string_view text;
};

TEST_CASE("bytes in the field's character sets become UTF-8") {
  constexpr Conversion table[] = {
      {"plain", "", "plain"},
      {"plain", "us-ascii", "plain"},
      {"gr\xFC\xDF", "iso-8859-1", "grüß"},
      {"gr\xFC\xDF", "US-ASCII", "grüß"},
      {"gr\xFC\xDF", "", "grüß"},
      {"gr\xFC\xDF", "no-such-set", "grüß"},
      {"\x80 5", "iso-8859-1", "€ 5"},
      {"grüß", "", "grüß"},
      {"grüß", "iso-8859-1", "grüß"},
      {"\xEF\xBB\xBFmark", "utf-8", "mark"},
      {"\x1b$B%(%i!<\x1b(B", "iso-2022-jp", "エラー"},
      {"\x1b$B%(%i!<\x1b(B", "", "エラー"},
      {"\x1b$B%(%i!<\x1b(B", "utf-8", "エラー"},
      {"\x83\x47\x83\x89\x81\x5B", "Shift_JIS", "エラー"},
      {"\xA5\xA8\xA5\xE9\xA1\xBC", "euc-jp", "エラー"},
      {"\xCF\xD4\xC4\xC5\xCC", "koi8-r", "отдел"},
      {"\xF1\xE1\xEE\xE9", "windows-1251", "сбой"},
      {"\xD3\xC3\xBB\xA7", "gb2312", "用户"},
      {"\xD3\xC3\xBB\xA7", "GBK", "用户"},
      {"\xB6\x6C\xA5\xF3", "big5", "郵件"},
      {"\xB8\xDE\xC0\xCF", "ks_c_5601-1987", "메일"},
      {"+AOQ-", "unicode-1-1-utf-7", "ä"},
      {"z\xB3y", "iso-8859-2", "zły"},
      {"a\xFF\xFE", "utf-8", "a\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (const auto& row : table) {
    CAPTURE(row.charset);
    CAPTURE(row.text);
    CHECK(to_utf8(row.bytes, row.charset) == row.text);
  }
}

TEST_CASE("whatever the bytes and the label, the text is valid UTF-8") {
  constexpr std::string_view charsets[] = {
      "",       "utf-8",  "utf-16",    "utf-7", "iso-2022-jp", "gb18030",    "big5",  "shift_jis",
      "euc-kr", "koi8-r", "x-unknown", "ucs-2", "utf-32be",    "hz-gb-2312", "cp437", "\xFF"};
  std::uint32_t random = 7;
  for (const auto charset : charsets) {
    for (int round = 0; round < 50; ++round) {
      std::string bytes;
      for (int i = 0; i < 64; ++i) {
        random = random * 1664525U + 1013904223U;
        bytes += static_cast<char>(random >> 24U);
      }
      CAPTURE(charset);
      CHECK(is_valid_utf8(to_utf8(bytes, charset)));
    }
  }
}

TEST_CASE("UTF-8 is checked as RFC 3629 says") {
  for (const std::string_view good : {"", "a", "é", "€", "😀", "\xF4\x8F\xBF\xBF"}) CHECK(is_valid_utf8(good));
  for (const std::string_view bad : {"\x80", "\xC0\xAF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                                     "\xF4\x90\x80\x80", "\xE2\x82", "a\xFF"})
    CHECK_FALSE(is_valid_utf8(bad));
}

TEST_CASE("text is cut between characters") {
  CHECK(cut_utf8("abc", 5) == "abc");
  CHECK(cut_utf8("abc", 2) == "ab");
  CHECK(cut_utf8("aé", 2) == "a");
  CHECK(cut_utf8("😀", 3) == "");
}

TEST_CASE("encoded words are undone wherever they stand") {
  constexpr std::string_view table[][2] = {
      {"no words", "no words"},
      {"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"},
      {"=?ISO-8859-1?q?Gr=FC=DFe_an_alle?=", "Grüße an alle"},
      {"=?utf-8?B?R3LDvMOfZQ==?= and more", "Grüße and more"},
      {"=?utf-8*de?B?R3LDvMOfZQ==?=", "Grüße"},
      {"\"=?utf-8?Q?quoted_=C3=A9?=\" <a@b.example>", "\"quoted é\" <a@b.example>"},
      {"a=?utf-8?Q?=C3=A9?=b", "aéb"},
      {"=?utf-8?Q?one?=  =?utf-8?Q?two?=", "onetwo"},
      {"=?utf-8?Q?one?= =?iso-8859-1?Q?=E9?=", "oneé"},
      {"=?utf-8?B?w?= =?utf-8?B?7w=?=", "\xEF\xBF\xBD"},
      {"=?utf-8?B?4pg=?= =?utf-8?B?gw==?=", "☃"},
      {"=?utf-8?X?what?=", "=?utf-8?X?what?="},
      {"=?utf-8?Q?unclosed", "=?utf-8?Q?unclosed"},
      {"=?=?=?", "=?=?=?"},
      {"raw \xFC", "raw ü"},
  };
  for (const auto& row : table) {
    CAPTURE(row[0]);
    if (row[1] != "\xEF\xBF\xBD") CHECK(decode_words(row[0]) == row[1]);
    CHECK(is_valid_utf8(decode_words(row[0])));
  }
}

}  // namespace
}  // namespace bounced
