#include "parser/rule.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace bounced {
namespace {

struct Fit {
  std::string_view condition;
  std::string_view code;
  bool fits;
};

TEST_CASE("a condition on the status names codes, beginnings, any class and ranges") {
  constexpr Fit table[] = {
      {"", "", true},
      {"", "5.7.1", true},
      {"5.7.1", "5.7.1", true},
      {"5.7.1", "5.7.10", false},
      {"5.7.1", "4.7.1", false},
      {"5.7.1", "", false},
      {"5.7.", "5.7.1", true},
      {"5.7.", "5.70.1", false},
      {"5.", "5.7.1", true},
      {"x.7.26", "4.7.26", true},
      {"x.7.26", "5.7.2", false},
      {"x.7.", "5.7.999", true},
      {"5.7.606-649", "5.7.606", true},
      {"5.7.606-649", "5.7.649", true},
      {"5.7.606-649", "5.7.650", false},
      {"5.7.606-649", "5.7.65", false},
      {"5.1.1 5.7.606-649 x.2.", "4.2.9", true},
      {"5.1.1 5.7.606-649 x.2.", "4.1.1", false},
      {"5.7", "5.7.1", false},
      {"nonsense", "nonsense", false},
      {"5.7.1-", "5.7.1", false},
  };
  for (const auto& row : table) {
    CAPTURE(row.condition);
    CAPTURE(row.code);
    CHECK(status_fits(row.condition, row.code) == row.fits);
  }
}

TEST_CASE("a condition on the reply code names beginnings") {
  constexpr Fit table[] = {{"", "", true},           {"5", "550", true},      {"5", "", false},
                           {"421 45", "451", true},  {"421 45", "421", true}, {"421 45", "422", false},
                           {" 421  45 ", "5", false}};
  for (const auto& row : table) {
    CAPTURE(row.condition);
    CAPTURE(row.code);
    CHECK(reply_code_fits(row.condition, row.code) == row.fits);
  }
}

TEST_CASE("a condition on the command names commands") {
  CHECK(command_fits("", "RCPT"));
  CHECK(command_fits("MAIL RCPT", "RCPT"));
  CHECK_FALSE(command_fits("MAIL RCPT", ""));
  CHECK_FALSE(command_fits("MAIL RCPT", "RCP"));
}

TEST_CASE("a condition that can't hold is explained") {
  for (const std::string_view good : {"", "5.7.1", "5.7. x.1.1 2.", "5.7.1-9"}) {
    CAPTURE(good);
    CHECK(status_condition_fault(good).empty());
  }
  for (const std::string_view bad : {"5.7", "3.1.1", "5.7.9-1", "5.7.1-", "5.7.x", "5.7.1 550", "5..1"}) {
    CAPTURE(bad);
    CHECK_FALSE(status_condition_fault(bad).empty());
  }
  CHECK(reply_code_condition_fault("421 45").empty());
  for (const std::string_view bad : {"x", "1", "5500", "550,551"}) {
    CAPTURE(bad);
    CHECK_FALSE(reply_code_condition_fault(bad).empty());
  }
}

}  // namespace
}  // namespace bounced
