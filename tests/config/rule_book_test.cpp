// The shipped rules as a whole: what they promise of themselves holds.
#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

#include "config/rules_file.hpp"
#include "parser/classify.hpp"

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

TEST_CASE("every example is won by its own rule, every counter-example by another") {
  const auto faults = check_rules_directory("");
  for (const auto& fault : faults) FAIL_CHECK(fault.origin << ": " << fault.what);
  CHECK(shipped().book().rules.size() > 300);
}

}  // namespace
}  // namespace bounced
