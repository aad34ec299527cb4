// Tables of replies and what the shipped rules must make of them: tests/config/replies/*.tsv. A line is the
// reasons that fit, '|' between them ("-" for any), a tab, and the reply. Replies that name a missing user
// but speak of someone else must never suppress, those about a dead address must.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "config/rules_file.hpp"
#include "parser/classify.hpp"
#include "tests/support/shipped_rules.hpp"

namespace bounced {
namespace {

struct Row {
  std::string where;
  std::string vendor;  ///< vendors.tsv only
  std::string reasons;
  std::string reply;
  std::string remote_mta;  ///< vendors.tsv only, and not in every line
};

std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find('\t', at), line.size());
    columns.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return columns;
}

/// The lines of a table, with the vendor in front where `vendors`.
std::vector<Row> rows_of(const std::string& name, bool vendors = false) {
  const std::string path = "tests/config/replies/" + name + ".tsv";
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path);
  std::vector<Row> rows;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> columns = columns_of(line);
    if (!vendors) columns.insert(columns.begin(), "");
    REQUIRE_MESSAGE(columns.size() >= 3, path << ":" << number << ": too few columns");
    columns.resize(4);
    rows.push_back({path + ":" + std::to_string(number), columns[0], columns[1], columns[2], columns[3]});
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

TEST_CASE("replies about someone else suppress nobody") { check_table("someone_else", false, 320); }

TEST_CASE("replies about a dead address suppress it") { check_table("dead_address", true, 220); }

TEST_CASE("every other reason is told from the text") { check_table("other_reasons", false, 290); }

TEST_CASE("every vendor is recognised, and its codes mean what they mean") {
  std::set<std::string> recognised;
  for (const Row& row : rows_of("vendors", true)) {
    Reply reply;
    reply.text = row.reply;
    reply.remote_mta = row.remote_mta;
    const Verdict verdict = shipped().classify(reply);
    INFO(row.where << ": " << row.reply << "\nrule " << verdict.rule);
    CHECK(verdict.vendor == row.vendor);
    CHECK_MESSAGE(fits(row, verdict.reason), to_string(verdict.reason) << " where " << row.reasons);
    recognised.insert(row.vendor);
  }
  for (const VendorFacts& vendor : shipped().book().vendors) {
    const bool only_told = vendor.text.empty() && vendor.url.empty() && vendor.host.empty();
    CHECK_MESSAGE((only_told || recognised.count(vendor.id) == 1), vendor.id << " has no line");
  }
  CHECK(recognised.size() >= 80);
}

}  // namespace
}  // namespace bounced
