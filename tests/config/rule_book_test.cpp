// The shipped rules as a whole: what they promise of themselves holds.
#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/rules_file.hpp"
#include "parser/classify.hpp"
#include "parser/patterns.hpp"
#include "parser/suggest_rule.hpp"
#include "parser/text.hpp"
#include "tests/support/shipped_rules.hpp"

namespace bounced {
namespace {

TEST_CASE("a rule suggested for a reply of the field wins it") {
  std::size_t tried = 0;
  for (const Rule& rule : shipped().book().rules) {
    for (const std::string& example : rule.example) {
      const std::string wording = reply_template(example);
      if (wording.empty()) continue;
      CAPTURE(example);
      RuleBook book;
      book.rules.push_back(suggest_rule(wording, "", example));
      CAPTURE(book.rules[0].pattern);
      const auto read = read_rules(dump_rules(book), "suggested.toml");
      REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
      const auto made = Classifier::make(*read);
      REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
      CHECK(check_rules(*made).empty());
      ++tried;
    }
  }
  CHECK(tried > 800);
}

TEST_CASE("every example is won by its own rule, every counter-example by another") {
  const auto faults = check_rules_directory("");
  for (const auto& fault : faults) FAIL_CHECK(fault.origin << ": " << fault.what);
  CHECK(shipped().book().rules.size() > 300);
}

/// All patterns of the book, each with the rule or vendor that it is from.
std::vector<std::pair<std::string, std::string>> patterns_of(const RuleBook& book) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const VendorFacts& vendor : book.vendors)
    for (const std::string& pattern : vendor.text) all.emplace_back(vendor.id, pattern);
  for (const Rule& rule : book.rules)
    for (const std::string& pattern : {rule.pattern, rule.unless})
      if (!pattern.empty()) all.emplace_back(rule.id, pattern);
  return all;
}

TEST_CASE("the strings read from a pattern find what RE2 finds") {
  const RuleBook& book = shipped().book();
  const auto all = patterns_of(book);
  Patterns quick;
  Patterns by_re2;  // "(?i:…)" is not read for its strings
  for (const auto& row : all) {
    const auto& from = row.first;
    const auto& pattern = row.second;
    CAPTURE(from);
    CAPTURE(pattern);
    REQUIRE(quick.add(pattern, Patterns::Compile::now));
    REQUIRE(by_re2.add("(?i:" + pattern + ")", Patterns::Compile::now));
  }
  quick.finish();
  by_re2.finish();
  std::size_t found = 0;
  PatternCandidates candidates;
  PatternCandidates all_candidates;
  for (std::size_t r = 0; r < book.rules.size(); r += 3) {  // a third of the examples is enough
    for (const std::string& example : book.rules[r].example) {
      const std::string lower = lower_copy(example);
      quick.candidates(lower, candidates);
      by_re2.candidates(lower, all_candidates);
      for (std::uint32_t number = 0; number < all.size(); ++number) {
        Span mine;
        Span theirs;
        const bool matches = by_re2.find(number, example, all_candidates, theirs);
        CAPTURE(example);
        CAPTURE(all[number].second);
        REQUIRE(quick.find(number, example, candidates, mine) == matches);
        REQUIRE(quick.matches(number, example, candidates) == matches);
        if (!matches) continue;
        REQUIRE(mine.begin == theirs.begin);
        REQUIRE(mine.end == theirs.end);
        ++found;
      }
    }
  }
  CHECK(found > 300);
}

}  // namespace
}  // namespace bounced
