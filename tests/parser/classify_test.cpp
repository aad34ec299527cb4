// The engine of the rules: codes, unwrapping, words, stages. The shipped rules are tested beside config.
#include "parser/classify.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/normalise.hpp"
#include "parser/reply_codes.hpp"
#include "parser/vendor.hpp"

namespace bounced {
namespace {

TEST_CASE("the codes that a reply opens with") {
  struct Row {
    const char* text;
    const char* reply_code;
    const char* status;
  };
  constexpr std::array rows{Row{"550 5.1.1 No", "550", "5.1.1"},
                            Row{"550-5.7.1 Wrapped", "550", "5.7.1"},
                            Row{"550 5.7.1 550 5.1.1 Doubled", "550", "5.1.1"},
                            Row{"550 #5.1.0 Hash", "550", "5.1.0"},
                            Row{"5.1.1 Status alone", "", "5.1.1"},
                            Row{"550: colon", "550", ""},
                            Row{"554 192.0.2.1 is no status", "554", ""},
                            Row{"5501 no code", "", ""},
                            Row{"", "", ""}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const ReplyCodes codes = leading_codes(row.text);
    CHECK(codes.reply_code == row.reply_code);
    CHECK(codes.status == row.status);
  }
  CHECK(inner_status("sorry, no mailbox here (#5.1.1)") == "5.1.1");
  CHECK(inner_status("version 5.1.1.2 of it") == "");
}

TEST_CASE("the innermost reply is found, but not what was said about the sender") {
  struct Row {
    const char* text;
    const char* inner;
  };
  constexpr std::array rows{
      Row{"host mx.b.example[192.0.2.1] said: 550 5.1.1 Unknown (in reply to RCPT TO command)",
          "550 5.1.1 Unknown"},
      Row{"550 5.1.351 Remote server returned unknown recipient -> 550 : User unknown", "550 : User unknown"},
      Row{"5.1.0 - Unknown address error 550-'5.2.2 <a@b.example>... Full' (delivery attempts: 0)",
          "5.2.2 <a@b.example>... Full"},
      Row{"smtp; 550 5.1.1 Unknown", "550 5.1.1 Unknown"},
      Row{"550 Sender address rejected: host mx.a.example said: 550 5.1.1 Unknown",
          "550 Sender address rejected: host mx.a.example said: 550 5.1.1 Unknown"},
      Row{"554 4.4.7 Message expired <421 4.4.2 Connection timed out>",
          "554 4.4.7 Message expired <421 4.4.2 Connection timed out>"}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(unwrap_reply(row.text) == row.inner);
  }
}

TEST_CASE("replies that differ only in addresses, hosts, numbers and ids have one template") {
  CHECK(normalise_reply("550 5.1.1 <A@B.example>: Unknown at mx1.b.example [192.0.2.7]") ==
        normalise_reply("550 5.1.1 <other@c.example>:  unknown at  mx2.c.example [198.51.100.23]"));
  CHECK(normalise_reply("550 5.1.1 <A@B.example>: Unknown") == "550 5.1.1 <addr>: unknown");
}

TEST_CASE("words are letters without case and marks") {
  const struct {
    std::string_view text;
    std::vector<std::string_view> words;
  } table[] = {
      {"RecipientNotFound: caf\u00c9", {"recipient", "not", "found", "cafe"}},
      {"doesn't, can\u2019t", {"does", "not", "can", "not"}},
      {"Cafe\u0301", {"cafe"}},
      {"\u0301", {}},
      {"(\u0301) unknown \u0301\u0302.", {"unknown"}},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    Tokens tokens;
    tokenise(row.text, tokens);
    std::vector<std::string_view> words;
    for (const Token& token : tokens.list) words.push_back(tokens.word(token));
    CHECK(words == row.words);
  }
}

RuleBook small_book() {
  RuleBook book;
  VendorFacts& vendor = book.vendors.emplace_back();
  vendor.id = "acme";
  vendor.text = {R"(\bACME\d{3}\b)"};
  const auto term = [&](const char* name, std::vector<std::string> words) {
    Term& made = book.terms.emplace_back();
    made.name = name;
    made.words = std::move(words);
  };
  term("recipient", {"user", "<addr>"});
  term("sender", {"sender address", "from <addr>"});
  term("absent", {"unknown", "not exist*"});
  term("filler", {"the", "does"});
  const auto rule = [&](const char* id, Reason reason) -> Rule& {
    Rule& made = book.rules.emplace_back();
    made.id = id;
    made.reason = reason;
    return made;
  };
  rule("status/x.1.1", Reason::user_unknown).status = "x.1.1";
  Rule& code = rule("acme/101", Reason::ip_blocked);
  code.vendor = "acme";
  code.pattern = R"(ACME101)";
  code.confidence = Confidence::exact;
  Rule& sender = rule("phrase/sender", Reason::sender_address_invalid);
  sender.subject = {"sender"};
  sender.predicate = {"absent"};
  Rule& absent = rule("phrase/absent", Reason::user_unknown);
  absent.subject = {"recipient"};
  absent.predicate = {"absent"};
  absent.without = {"sender"};
  absent.before = 1;
  absent.closes = true;
  return book;
}

TEST_CASE("a vendor is known by its hosts") {
  RuleBook book = small_book();
  book.vendors[0].host = {"acme.example"};
  const auto made = Classifier::make(std::move(book));
  REQUIRE_MESSAGE(made, made.error().message);
  std::string labels;  // a name of 255 bytes is the longest
  while (labels.size() + 2 + std::string_view("acme.example").size() <= 255) labels += "a.";
  const struct {
    std::string host;
    std::string_view vendor;
  } table[] = {
      {"acme.example", "acme"},          {"MX1.acme.EXAMPLE.", "acme"},
      {labels + "acme.example", "acme"}, {labels + "aa.acme.example", ""},
      {"notacme.example", ""},           {"acme.example.other.example", ""},
      {std::string(70000, '.'), ""},     {"", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.host);
    Reply reply;
    reply.text = "550 5.1.1";
    reply.remote_mta = row.host;
    CHECK(made->classify(reply).vendor == row.vendor);
    std::swap(reply.remote_mta, reply.reporting_mta);
    CHECK(made->classify(reply).vendor == row.vendor);
  }
}

TEST_CASE("stages, subjects and exceptions decide together") {
  const auto made = Classifier::make(small_book());
  REQUIRE_MESSAGE(made, made.error().message);
  struct Row {
    const char* text;
    const char* rule;
    Advice advice;
  };
  constexpr std::array rows{
      Row{"550 The user does not exist", "phrase/absent", Advice::suppress},
      Row{"550 user DOESN'T exist", "phrase/absent", Advice::suppress},
      Row{"550 <a@b.example>... does not exist", "phrase/absent", Advice::suppress},
      Row{"450 The user does not exist", "phrase/absent", Advice::soft},
      Row{"550 Unknown attachment for the user", "", Advice::soft},
      Row{"550 <a@b.example> unknown attachment", "", Advice::soft},
      Row{"550 The sender address <a@b.example> does not exist", "phrase/sender", Advice::alert},
      Row{"550 5.1.1 ACME101: User unknown", "acme/101", Advice::alert},
      Row{"550 5.1.1", "status/x.1.1", Advice::suppress},
      Row{"535 5.7.8 User unknown", "phrase/absent", Advice::soft},
      Row{"550 nothing known", "", Advice::soft},
      Row{"451 nothing known", "", Advice::retry},
      Row{"250 fine", "", Advice::ignore}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Reply reply;
    reply.text = row.text;
    const Verdict verdict = made->classify(reply);
    CHECK(verdict.rule == row.rule);
    CHECK(verdict.advice == row.advice);
  }
  Reply reply;
  reply.text = "550 5.1.1 ACME101: User unknown";
  const Explanation why = made->explain(reply);
  REQUIRE(why.candidates.size() == 3);
  CHECK(why.candidates[0].matched == "ACME101");
  CHECK(why.candidates[1].lost_because == "vendor_code outranks phrase");
  CHECK(why.vendor_because == "text: ACME101");
}

TEST_CASE("patterns hold without case in every script") {
  struct Row {
    const char* pattern;
    const char* text;
    bool holds;
  };
  const std::vector<Row> rows{{"ärger", "550 Großer ÄRGER hier", true},
                              {"ärger mit", "550 Ärger mit dem Server", true},
                              {"größe überschritten", "550 GRÖßE ÜBERSCHRITTEN", true},
                              {"ящик переполнен", "550 Ящик ПЕРЕПОЛНЕН", true},
                              {"γραμματοκιβώτιο", "550 ΓΡΑΜΜΑΤΟΚΙΒΏΤΙΟ", true},
                              {"メールボックス", "550 このメールボックスは", true},
                              {"ｕｓｅｒ unknown", "550 ＵＳＥＲ unknown", true},
                              {"ärger|zorn", "550 der ZORN", true},
                              {"ärger", "550 arger", false},
                              {"ящик переполнен", "550 ящик пуст", false}};
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.text);
    RuleBook book;
    Rule rule;
    rule.id = "own/rule";
    rule.pattern = row.pattern;
    rule.reason = Reason::spam_content;
    book.rules.push_back(rule);
    const auto made = Classifier::make(book);
    REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    Reply reply;
    reply.text = row.text;
    CHECK((made->classify(reply).rule == "own/rule") == row.holds);
  }
}

TEST_CASE("a DSN's own status beside a reply without one is a guess") {
  const auto made = Classifier::make(small_book());
  REQUIRE(made);
  Reply reply;
  reply.text = "550 Rejected";
  reply.status = "5.1.1";
  CHECK(made->classify(reply).advice == Advice::soft);
  reply.text = "";
  CHECK(made->classify(reply).advice == Advice::suppress);
}

TEST_CASE("faulty rules are refused with their place and cause") {
  RuleBook book;
  Rule& rule = book.rules.emplace_back();
  rule.id = "a/b";
  rule.pattern = "(";
  rule.origin = "x.toml:3";
  const auto made = Classifier::make(book);
  REQUIRE_FALSE(made);
  CHECK(made.error().exit == Exit::config);
  CHECK(made.error().message.starts_with("x.toml:3: rule a/b: "));
  book.rules[0].pattern = "b";
  book.rules[0].vendor = "nobody";
  CHECK_FALSE(Classifier::make(book));
  book.rules[0].vendor = "";
  book.rules.push_back(book.rules[0]);
  CHECK_FALSE(Classifier::make(book));
}

TEST_CASE("faulty vendors are refused with their place and cause") {
  const auto refused = [](const std::vector<VendorFacts>& vendors) {
    RuleBook book;
    book.vendors = vendors;
    const auto made = Classifier::make(std::move(book));
    REQUIRE_FALSE(made);
    CHECK(made.error().exit == Exit::config);
    return made.error().message;
  };
  const auto vendor = [](std::string id, std::string origin) {
    VendorFacts made;
    made.id = std::move(id);
    made.origin = std::move(origin);
    return made;
  };
  CHECK(refused({vendor("a", "x.toml:1"), vendor("a", "y.toml:9")}) ==
        "y.toml:9: the vendor a is there twice");
  auto lonely = vendor("a", "x.toml:1");
  lonely.also = {"b"};
  CHECK(refused({lonely}) == "x.toml:1: vendor a: also names b, which no file defines");
  auto unreadable = vendor("a", "x.toml:1");
  unreadable.text = {"("};
  CHECK(refused({unreadable}).starts_with("x.toml:1: vendor a: "));
  std::vector<VendorFacts> many;
  for (std::size_t i = 0; i < max_vendors; ++i) many.push_back(vendor(std::to_string(i), "x.toml:1"));
  RuleBook fits;
  fits.vendors = many;
  CHECK(Classifier::make(std::move(fits)));
  many.push_back(vendor("last", "z.toml:4"));
  CHECK(refused(many) == "z.toml:4: more than 65535 vendors, all files together");
}

TEST_CASE("an example that another rule wins, and a missing one, are faults") {
  RuleBook book = small_book();
  for (Rule& rule : book.rules) rule.example = {"550 5.1.1"};
  const auto made = Classifier::make(book);
  REQUIRE(made);
  const auto faults = check_rules(*made);
  CHECK(faults.size() == 3);
}

}  // namespace
}  // namespace bounced
