// Tables of replies and what the shipped rules must make of them: tests/config/replies/*.tsv. A line is the
// reasons that fit, '|' between them ("-" for any), a tab, and the reply. Replies that name a missing user
// but speak of someone else must never suppress, those about a dead address must.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "config/rules_file.hpp"
#include "parser/classify.hpp"

namespace bounced {
namespace {

struct Row {
  std::string where;
  std::string reasons;
  std::string reply;
};

std::vector<Row> rows_of(const std::string& name) {
  const std::string path = "tests/config/replies/" + name + ".tsv";
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path);
  std::vector<Row> rows;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::size_t tab = line.find('\t');
    REQUIRE_MESSAGE(tab != std::string::npos, path << ":" << number << ": no tab");
    rows.push_back({path + ":" + std::to_string(number), line.substr(0, tab), line.substr(tab + 1)});
  }
  return rows;
}

/// Whether `reason` is one of the reasons of the column; names that no reason has are faults of the table.
bool fits(const Row& row, Reason reason) {
  if (row.reasons == "-") return true;
  bool found = false;
  for (std::size_t at = 0; at <= row.reasons.size();) {
    const std::size_t end = std::min(row.reasons.find('|', at), row.reasons.size());
    const std::string name = row.reasons.substr(at, end - at);
    CHECK_MESSAGE(reason_named(name).has_value(), row.where << ": no reason is called " << name);
    found = found || name == to_string(reason);
    at = end + 1;
  }
  return found;
}

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

void check_table(const std::string& name, bool suppresses, std::size_t at_least) {
  const std::vector<Row> rows = rows_of(name);
  for (const Row& row : rows) {
    Reply reply;
    reply.text = row.reply;
    const Verdict verdict = shipped().classify(reply);
    INFO(row.where << ": " << row.reply << "\nrule " << verdict.rule << ", matched \"" << verdict.matched
                   << "\"");
    CHECK_MESSAGE(fits(row, verdict.reason), to_string(verdict.reason) << " where " << row.reasons);
    CHECK((verdict.advice == Advice::suppress) == suppresses);
  }
  CHECK(rows.size() >= at_least);
}

TEST_CASE("replies about someone else suppress nobody") { check_table("someone_else", false, 250); }

TEST_CASE("replies about a dead address suppress it") { check_table("dead_address", true, 160); }

TEST_CASE("every other reason is told from the text") { check_table("other_reasons", false, 230); }

}  // namespace
}  // namespace bounced
