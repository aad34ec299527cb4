#include "config/rules_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/support/temporary_directory.hpp"

namespace bounced {
namespace {

const std::string good_rule = R"([[rule]]
id = "a/one"
pattern = 'gone (?:fishing|away)'
reason = "user_unknown"
source = "observed"
example = "550 gone fishing"
)";

std::string described(const std::vector<RulesFault>& faults) {
  std::string all;
  for (const auto& fault : faults) all += fault.origin + ": " + fault.what + "\n";
  return all;
}

/// The book without where its sections are from, which printing does not keep.
RuleBook without_origins(RuleBook book) {
  for (auto& vendor : book.vendors) {
    vendor.origin.clear();
    vendor.checked = false;
  }
  for (auto& term : book.terms) term.origin.clear();
  for (auto& rule : book.rules) {
    rule.origin.clear();
    rule.checked = false;
  }
  return book;
}

void check_same(const RuleBook& a, const RuleBook& b) {
  const auto left = without_origins(a);
  const auto right = without_origins(b);
  CHECK(left.vendors == right.vendors);
  CHECK(left.terms == right.terms);
  CHECK(left.rules == right.rules);
}

/// A vendor, a term and a rule with each field that there is.
constexpr std::string_view every_field = R"(
[[vendor]]
id = "acme"
name = "Acme Mail"
text = ['\bACME-\d+', 'acme\.example']
url = "acme.example/why"
host = ["mx.acme.example"]
domain = "acme.example"
also = "postfix"
source = "https://acme.example/codes"

[[term]]
name = "absent"
language = "de"
words = ["gibt es nicht", "unbekannt*"]

[[rule]]
id = "acme/17"
vendor = "acme"
pattern = 'ACME-17\b'
subject = "recipient"
predicate = ["absent", "closed"]
without = "our_ip"
within = 4
unless = 'test'
reply_code = "55 421"
status = "5.7.606-649 x.1.1"
command = "RCPT"
reason = "ip_blocked"
confidence = "exact"
confirm = true
fault = "receiver"
advice = "retry"
remedy = "Wait."
remedy_url = "https://acme.example/wait"
retry_after = "90m"
source = "observed"
last_seen = "2026-02"
example = ["550 ACME-17", "551 ACME-17"]
counter_example = "550 ACME-18"
)";

/// The rule of `every_field`, read from acme.toml.
Rule rule_with_every_field() {
  Rule rule;
  rule.id = "acme/17";
  rule.vendor = "acme";
  rule.pattern = "ACME-17\\b";
  rule.subject = {"recipient"};
  rule.predicate = {"absent", "closed"};
  rule.without = {"our_ip"};
  rule.within = 4;
  rule.unless = "test";
  rule.reply_code = "55 421";
  rule.status = "5.7.606-649 x.1.1";
  rule.command = "RCPT";
  rule.reason = Reason::ip_blocked;
  rule.confidence = Confidence::exact;
  rule.confirm = true;
  rule.has_fault = true;
  rule.fault = Fault::receiver;
  rule.has_advice = true;
  rule.advice = Advice::retry;
  rule.remedy = "Wait.";
  rule.remedy_url = "https://acme.example/wait";
  rule.retry_after = std::chrono::minutes(90);
  rule.source = "observed";
  rule.last_seen = "2026-02";
  rule.example = {"550 ACME-17", "551 ACME-17"};
  rule.counter_example = {"550 ACME-18"};
  rule.origin = "acme.toml:17";
  return rule;
}

TEST_CASE("every field of a rules file is read") {
  const auto reading = inspect_rules(every_field, "acme.toml");
  INFO(described(reading.faults));
  REQUIRE(reading.faults.empty());
  REQUIRE(reading.book.vendors.size() == 1);
  REQUIRE(reading.book.terms.size() == 1);
  REQUIRE(reading.book.rules.size() == 1);
  const auto& vendor = reading.book.vendors[0];
  CHECK(vendor == VendorFacts{"acme",
                              "Acme Mail",
                              {"\\bACME-\\d+", "acme\\.example"},
                              {"acme.example/why"},
                              {"mx.acme.example"},
                              {"acme.example"},
                              {"postfix"},
                              "https://acme.example/codes",
                              "acme.toml:2"});
  CHECK(reading.book.terms[0] == Term{"absent", "de", {"gibt es nicht", "unbekannt*"}, "acme.toml:12"});
  CHECK(reading.book.rules[0] == rule_with_every_field());
}

TEST_CASE("what is wrong is named with file, line and section") {
  const std::string rest = "reason = \"user_unknown\"\nsource = \"observed\"\nexample = \"550 x\"\n";
  const std::string rule = "[[rule]]\nid = \"a/b\"\n";
  const std::string vendor = "[[vendor]]\nid = \"a\"\nname = \"A\"\nsource = \"observed\"\n";
  const std::pair<std::string, std::string_view> table[] = {
      {"x = ", "bad.toml:1: "},
      {"[[rules]]\nid = \"a\"\n", "bad.toml:1: unknown section \"rules\" (did you mean \"rule\"?)"},
      {"[rule]\nid = \"a\"\n", "bad.toml:1: \"rule\" is written as [[rule]]"},
      {"rule = [1]\n", "bad.toml:1: \"rule\" is written as [[rule]]"},
      {rule + rest + "patern = 'x'\nstatus = \"5.1.1\"\n",
       "bad.toml:6: rule \"a/b\": unknown key \"patern\" (did you mean \"pattern\"?)"},
      {rule + rest + "zzzzzz = 1\nstatus = \"5.1.1\"\n",
       "bad.toml:6: rule \"a/b\": unknown key \"zzzzzz\"\n"},
      {rule + rest, "bad.toml:1: rule \"a/b\": has no condition"},
      {rule + "status = \"5.1.1\"\nreason = \"user_unknwon\"\nsource = \"s\"\nexample = \"550 x\"\n",
       "bad.toml:4: rule \"a/b\": reason: \"user_unknwon\" is no reason (did you mean \"user_unknown\"?)"},
      {rule + "status = \"5.1.1\"\nreason = 1\nsource = \"s\"\nexample = \"550 x\"\n",
       "bad.toml:4: rule \"a/b\": reason: wants the name of a reason, not a whole number"},
      {rule + "status = \"5.1.1\"\nsource = \"s\"\nexample = \"550 x\"\n",
       "bad.toml:1: rule \"a/b\": has no \"reason\""},
      {rule + "status = \"5.1.1\"\nreason = \"user_unknown\"\nexample = \"550 x\"\n",
       "bad.toml:1: rule \"a/b\": has no \"source\""},
      {rule + "status = \"5.1.1\"\nreason = \"user_unknown\"\nsource = \"s\"\n",
       "bad.toml:1: rule \"a/b\": has no \"example\""},
      {rule + "status = \"5.1.1\"\nreason = \"user_unknown\"\nsource = \"s\"\nexample = []\n",
       "bad.toml:1: rule \"a/b\": has no \"example\""},
      {"[[rule]]\nstatus = \"5.1.1\"\n" + rest, "bad.toml:1: rule: has no \"id\""},
      {"[[rule]]\nid = \"a b\"\nstatus = \"5.1.1\"\n" + rest, "bad.toml:2: rule \"a b\": id: has blanks"},
      {rule + rest + "status = 5\n", "bad.toml:6: rule \"a/b\": status: wants a string, not a whole number"},
      {rule + rest + "status = \"5.7\"\n", "bad.toml:6: rule \"a/b\": status: \"5.7\" is no enhanced code"},
      {rule + rest + "reply_code = \"x\"\n", "bad.toml:6: rule \"a/b\": reply_code: \"x\" is no reply code"},
      {rule + rest + "status = \"5.1.1\"\nwithin = -1\n",
       "bad.toml:7: rule \"a/b\": within: wants a number from 0"},
      {rule + rest + "status = \"5.1.1\"\nwithin = 1.5\n",
       "bad.toml:7: rule \"a/b\": within: wants a whole number, not a number"},
      {rule + rest + "status = \"5.1.1\"\nconfirm = \"yes\"\n",
       "bad.toml:7: rule \"a/b\": confirm: wants true or false, not a string"},
      {rule + rest + "status = \"5.1.1\"\nretry_after = 60\n",
       "bad.toml:7: rule \"a/b\": retry_after: wants a time such as \"1h\", not a whole number"},
      {rule + rest + "status = \"5.1.1\"\nretry_after = \"soon\"\n",
       "bad.toml:7: rule \"a/b\": retry_after: wants a time such as"},
      {rule + rest + "status = \"5.1.1\"\nconfidence = \"sure\"\n",
       "bad.toml:7: rule \"a/b\": confidence: wants one of \"none\", \"weak\", \"strong\", \"exact\""},
      {rule + rest + "status = \"5.1.1\"\nadvice = true\n",
       "bad.toml:7: rule \"a/b\": advice: wants one of \"suppress\""},
      {rule + rest + "predicate = 7\n",
       "bad.toml:6: rule \"a/b\": predicate: wants a string or a list of strings"},
      {rule + rest + "predicate = [\"a\", 7]\n",
       "bad.toml:6: rule \"a/b\": predicate: wants strings in its list, not a whole number"},
      {rule + rest + "predicate = [\"\"]\n",
       "bad.toml:6: rule \"a/b\": predicate: has an empty string in it"},
      {rule + rest + "status = \"5.1.1\"\n" + rule + rest + "status = \"5.1.2\"\n",
       "bad.toml:7: rule \"a/b\": id \"a/b\" is used twice; the other is at bad.toml:1"},
      {vendor + vendor, "bad.toml:5: vendor \"a\": id \"a\" is used twice; the other is at bad.toml:1"},
      {"[[vendor]]\nid = \"a\"\nsource = \"s\"\n", "bad.toml:1: vendor \"a\": has no \"name\""},
      {"[[term]]\nname = \"absent\"\n", "bad.toml:1: term \"absent\": has no \"words\""},
      {"[[term]]\nwords = \"gone\"\n", "bad.toml:1: term: has no \"name\""},
  };
  for (const auto& row : table) {
    const auto& text = row.first;
    const auto& fault = row.second;
    CAPTURE(text);
    const auto reading = inspect_rules(text, "bad.toml");
    REQUIRE(reading.faults.size() == 1);
    const std::string said = described(reading.faults);
    CAPTURE(fault);
    CHECK_MESSAGE(said.starts_with(fault), said);
    const auto result = read_rules(text, "bad.toml");
    REQUIRE_FALSE(result);
    CHECK(result.error().exit == Exit::config);
    CHECK(result.error().message + "\n" == said);
  }
}

TEST_CASE("all faults of a file are named, in the order of its lines; the sections without fault are kept") {
  const auto text =
      "[[rule]]\nid = \"x\"\nfoo = 1\nstatus = \"9\"\n\n" + good_rule + "\n[[vendor]]\nid = 3\n";
  const auto reading = inspect_rules(text, "a.toml");
  const auto said = described(reading.faults);
  CHECK(reading.book.rules.size() == 1);
  CHECK(reading.faults.size() >= 6);
  CHECK(said.starts_with("a.toml:1: rule \"x\": has no \"reason\""));
  CHECK(said.find("a.toml:3: rule \"x\": unknown key \"foo\"") != said.npos);
  CHECK(said.find("a.toml:4: rule \"x\": status") != said.npos);
  CHECK(said.find("a.toml:14: vendor: id: wants a string") != said.npos);
  const auto result = read_rules(text, "a.toml");
  REQUIRE_FALSE(result);
  CHECK(result.error().message.find("more)") != std::string::npos);
}

TEST_CASE("a book is printed in the form that is read") {
  RuleBook book;
  VendorFacts vendor;
  vendor.id = "v";
  vendor.name = "V \"quoted\" \\ and\ttab";
  vendor.text = {"it's", "both ' and '' and \"", "ends with '"};
  vendor.source = "naïve 日本";
  book.vendors = {vendor, vendor};
  book.vendors[1].id = "w";
  book.vendors[1].text.assign(12, "a pattern that makes the line long");
  book.terms = {{"absent", "", {"gone"}, ""}, {"absent", "fr", {"n'existe pas", "inconnu*"}, ""}};
  Rule rule;
  rule.id = "v/1";
  rule.pattern = "\\bsuppress\\d+'?";
  rule.reason = Reason::mailbox_full;
  rule.source = "s";
  rule.example = {"550 x"};
  book.rules = {rule, rule};
  book.rules[1].id = "v/2";
  book.rules[1].has_advice = true;  // soft is the default of the field, and given all the same
  book.rules[1].retry_after = std::chrono::hours(24 * 7);
  book.rules[1].reason = Reason::unclassified;
  const auto printed = dump_rules(book);
  CAPTURE(printed);
  const auto again = read_rules(printed, "printed.toml");
  REQUIRE_MESSAGE(again, again.error().message);
  check_same(*again, book);
  CHECK(dump_rules(*again) == printed);
  CHECK(printed.find("pattern = '''\\bsuppress\\d+'?'''") != printed.npos);
}

TEST_CASE("the version names the content, not where it stands") {
  const auto one = read_rules(good_rule, "a.toml");
  const auto moved = read_rules("\n\n" + good_rule, "b.toml");
  const auto other = read_rules(good_rule + "confirm = true\n", "a.toml");
  REQUIRE(one);
  REQUIRE(moved);
  REQUIRE(other);
  CHECK_FALSE(rules_version(*one).empty());
  CHECK(rules_version(*one) == rules_version(*moved));
  CHECK(rules_version(*one) != rules_version(*other));
}

TEST_CASE("the shipped rules are read, and printing them loses nothing") {
  const auto book = load_rules("");
  REQUIRE_MESSAGE(book, book.error().message);
  CHECK(book->rules.size() > 1);
  const auto again = read_rules(dump_rules(*book), "dump.toml");
  REQUIRE_MESSAGE(again, again.error().message);
  check_same(*again, *book);
  CHECK(rules_version(*again) == rules_version(*book));
}

TEST_CASE("a rules directory adds, and replaces by id where the rule stands") {
  const auto shipped = load_rules("");
  REQUIRE(shipped);
  const test::TemporaryDirectory directory;
  auto changed = shipped->rules.front();
  changed.remedy = "Ask in our own room.";
  auto vendor = shipped->vendors.front();
  vendor.name = "Other name";
  RuleBook own;
  own.rules = {changed};
  own.vendors = {vendor};
  directory.write("20-own.toml", good_rule);
  directory.write("10-changed.toml", dump_rules(own));
  directory.write(".half-written.toml", "x = ");
  directory.write("readme.txt", "no rules");
  const auto book = load_rules(directory.file(""));
  REQUIRE_MESSAGE(book, book.error().message);
  REQUIRE(book->rules.size() == shipped->rules.size() + 1);
  CHECK(book->vendors.size() == shipped->vendors.size());
  CHECK(book->vendors.front().name == "Other name");
  CHECK(book->rules.front().id == "a/one");
  const auto& replaced = book->rules[1];
  CHECK(replaced.id == changed.id);
  CHECK(replaced.remedy == "Ask in our own room.");
  CHECK(replaced.origin.starts_with(directory.file("") + "/10-changed.toml:"));
  CHECK(rules_version(*book) != rules_version(*shipped));
}

TEST_CASE("a rules directory that is wrong is refused with file and line") {
  const test::TemporaryDirectory directory;
  const auto missing = load_rules(directory.file("") + "/nowhere");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().exit == Exit::no_input);
  CHECK(missing.error().message.find("/nowhere: can't be read") != std::string::npos);

  directory.write("a.toml", good_rule + "colour = \"red\"\n");
  const auto unknown = load_rules(directory.file(""));
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().exit == Exit::config);
  CHECK(unknown.error().message == directory.file("") + "/a.toml:7: rule \"a/one\": unknown key \"colour\"");

  directory.write("a.toml", good_rule);
  directory.write("b.toml", good_rule);
  const auto twice = load_rules(directory.file(""));
  REQUIRE_FALSE(twice);
  CHECK(twice.error().message == directory.file("") +
                                     "/b.toml:1: rule \"a/one\": id is used twice; the other is at " +
                                     directory.file("") + "/a.toml:1");
}

}  // namespace
}  // namespace bounced
