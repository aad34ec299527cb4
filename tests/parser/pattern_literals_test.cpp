#include "parser/pattern_literals.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace bounced {
namespace {

/// "|" for a word border.
std::vector<std::string> written(const PatternLiterals& literals) {
  std::vector<std::string> out;
  for (const PatternLiteral& one : literals.any)
    out.push_back((one.border_before ? "|" : "") + one.text + (one.border_after ? "|" : ""));
  return out;
}

TEST_CASE("what a pattern's text tells") {
  using Strings = std::vector<std::string>;
  const struct {
    std::string pattern;
    bool exact;
    Strings any;
  } table[] = {
      {"User Unknown", true, {"user unknown"}},
      {"(?i)spam", true, {"spam"}},
      {"\\bgsmtp\\b", true, {"|gsmtp|"}},
      {"acme\\.example/why", true, {"acme.example/why"}},
      {"gr[ae]y ?list", true, {"gray list", "graylist", "grey list", "greylist"}},
      {"abc|abcdef", true, {"abc", "abcdef"}},
      {"mailbox (?:is )?(?:full|over quota)",
       true,
       {"mailbox is full", "mailbox is over quota", "mailbox full", "mailbox over quota"}},
      // what only follows
      {"\\bOXS(?:US|EU)\\d{3,4}_403\\b", false, {"oxsus", "oxseu"}},
      {"foo.*barbaz", false, {"barbaz"}},
      {"ab\\d{3}", false, {"ab0", "ab1", "ab2", "ab3", "ab4", "ab5", "ab6", "ab7", "ab8", "ab9"}},
      {"(?:abc)+def", false, {"abcdef"}},
      {"x(?:abc)*y", false, {}},
      {"^[^@]+-bounces\\+(?P<local>[^=@]+)=", false, {"-bounces+"}},
      {"(?P<a>abc)def", true, {"abcdef"}},
      {"(?P<abc", false, {}},
      {"a{2}bcd", false, {"abcd"}},
      {"^Access denied$", false, {"access denied"}},
      {"full\\bstop", false, {"full"}},
      {"caf\u00e9 closed", false, {" closed"}},
      {"\u5b9b\u5148\u4e0d\u660e", true, {"\u5b9b\u5148\u4e0d\u660e"}},
      // too short, or one branch says nothing
      {"no", false, {}},
      {"abc|.", false, {}},
      {"", false, {}},
      // not understood, or no pattern
      {"(?-i)ABC", false, {}},
      {"\\pLabc", false, {}},
      {"(abc", false, {}},
      {"abc)", false, {}},
      {"[abc", false, {}},
      {"*abc", false, {}},
      {"abc{", false, {}},
      {"abc\\", false, {}},
      {"abc\\\x01", false, {}},
      // brackets that are no count are text
      {"abc{1x}def", false, {}},
      {"abc{,2}def", false, {}},
      {"abc{1,2,3}def", false, {}},
      {"abc{}def", false, {}},
      {"abc{2,05}def", false, {}},
      {"abc{2,}def", false, {"abcc"}},
      {"abc{0}def", false, {"def"}},
      {std::string(5000, 'a'), false, {}},
      {std::string(100, '(') + "abc" + std::string(100, ')'), false, {}},
  };
  for (const auto& row : table) {
    CAPTURE(row.pattern);
    const PatternLiterals literals = read_pattern_literals(row.pattern);
    CHECK(literals.exact == row.exact);
    CHECK(written(literals) == row.any);
  }
}

TEST_CASE("what every match holds besides") {
  const struct {
    std::string pattern;
    std::vector<std::string> also;
  } table[] = {
      {"\\bOXS(?:US|EU)\\d{3,4}_403\\b", {"_403"}},
      {"foobar.*baz", {"baz"}},
      {"foobar.*(?:this|that)", {"this", "that"}},
      {"foobar.*x", {}},                       // too short
      {"foobar(?:.*baz)?", {}},                // not in every match
      {"foobar.*(?:baz|.)", {}},               // one branch says nothing
      {"\\b0b[0-9A-F]{4,}.*blocked", {"0b"}},  // too many, but they begin alike
      {"foobar.*[a-m][0-9]7", {}},             // too many, with too little in common
      {"(?:abc)+", {"abc"}},
      {"foobar", {}},  // the string is the pattern
  };
  for (const auto& row : table) {
    CAPTURE(row.pattern);
    CHECK(read_pattern_literals(row.pattern).also == row.also);
  }
}

TEST_CASE("the alternatives of a pattern") {
  using Parts = std::vector<std::string_view>;
  const struct {
    std::string_view pattern;
    Parts parts;
  } table[] = {
      {"", {""}},
      {"abc", {"abc"}},
      {"abc|d(?:e|f)|g", {"abc", "d(?:e|f)", "g"}},
      {"abc|", {"abc", ""}},
      {"|", {"", ""}},
      {"(?i)abc|d", {"abc", "d"}},
      {"abc\\|d|e", {"abc\\|d", "e"}},
      {"[|]|[^]|]|[[:alpha:]|]|[\\]|]", {"[|]", "[^]|]", "[[:alpha:]|]", "[\\]|]"}},
      // flags may go on behind a bar, and quotes may hold one
      {"(?s)a|b", {"(?s)a|b"}},
      {"a(?-i)b|c", {"a(?-i)b|c"}},
      {"(?P<n>a|b)|c", {"(?P<n>a|b)|c"}},
      {"\\Qa|b\\E|c", {"\\Qa|b\\E|c"}},
      // no patterns
      {"[abc|d", {"[abc|d"}},
      {"(abc|d", {"(abc|d"}},
      {"abc|d\\", {"abc", "d\\"}},
  };
  for (const auto& row : table) {
    CAPTURE(row.pattern);
    CHECK(top_alternatives(row.pattern) == row.parts);
  }
}

TEST_CASE("borders of words are those of RE2") {
  CHECK(is_word_border("ab c", 0));
  CHECK_FALSE(is_word_border("ab c", 1));
  CHECK(is_word_border("ab c", 2));
  CHECK(is_word_border("ab", 2));
  CHECK_FALSE(is_word_border("a_b", 1));
  CHECK_FALSE(is_word_border("", 0));
  CHECK_FALSE(is_word_border(". .", 1));
}

}  // namespace
}  // namespace bounced
