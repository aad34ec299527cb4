#include "config/words.hpp"

#include <doctest/doctest.h>

namespace bounced {
namespace {

TEST_CASE("durations are a number and a unit") {
  const std::pair<std::string_view, std::int64_t> good[] = {
      {"0s", 0}, {"90s", 90}, {"2m", 120}, {"1h", 3600}, {"7d", 604800}, {"2w", 1209600}, {"007m", 420}};
  for (const auto& row : good) {
    const auto& text = row.first;
    const auto& seconds = row.second;
    CAPTURE(text);
    const auto duration = read_duration(text);
    REQUIRE(duration);
    CHECK(duration->count() == seconds);
    CHECK(read_duration(print_duration(*duration)) == duration);
  }
  for (const std::string_view bad :
       {"", "1", "h", "-1h", "+1h", "1.5h", "1 h", " 1h", "1hh", "1y", "99999999999999999999s", "9999999w"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_duration(bad));
  }
  CHECK(print_duration(std::chrono::seconds(5400)) == "90m");
  CHECK(print_duration(std::chrono::hours(24)) == "1d");
}

TEST_CASE("the nearest word is one slip of the pen away") {
  const std::vector<std::string_view> words{"pattern", "source", "status", "id"};
  CHECK(nearest_word("patern", words) == "pattern");
  CHECK(nearest_word("sorce", words) == "source");
  CHECK(nearest_word("stauts", words) == "status");
  CHECK(nearest_word("colour", words).empty());
  CHECK(nearest_word("x", words).empty());
  CHECK(nearest_word(std::string(100000, 'a'), words).empty());
  CHECK(did_you_mean("patern", words) == " (did you mean \"pattern\"?)");
  CHECK(did_you_mean("colour", words).empty());
}

}  // namespace
}  // namespace bounced
