// The shipped rules as a whole: what they promise of themselves holds.
#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

#include "config/rules_file.hpp"
#include "parser/classify.hpp"
#include "parser/suggest_rule.hpp"

namespace bounced {
namespace {

const Classifier& shipped() {
  static const Classifier classifier = [] {
    auto book = load_rules("");
    REQUIRE_MESSAGE(book, book.error().message);
    auto made = Classifier::make(std::move(*book));
    REQUIRE_MESSAGE(made, made.error().message);
    return std::move(*made);
  }();
  return classifier;
}

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

}  // namespace
}  // namespace bounced
