#include "parser/suggest_rule.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "parser/classify.hpp"

namespace bounced {
namespace {

TEST_CASE("an unknown reply becomes a rule section") {
  const std::string sample = "550 5.9.9 Quux \"7\" at mx1.b.example";
  const Rule rule = suggest_rule(reply_template(sample), "", sample);
  CHECK(rule.id == "local/quux-at");
  CHECK(rule.pattern == R"(^quux "\d+" at \S+$)");
  CHECK(rule.reply_code == "550");
  CHECK(rule.status == "5.9.9");
  CHECK(rule.example == std::vector<std::string>{sample});
  CHECK(suggest_rule(reply_template(sample), "google", sample).id == "local/google-quux-at");
}

TEST_CASE("a suggested rule wins the reply that it was made of") {
  const std::vector<std::string> replies{
      "550 5.9.9 <a@b.example>: zorbl (qwexit) [192.0.2.1] {frumious}+ x|y ^ $5 *? \\d",
      "550-5.9.9 zorbl first line\r\n550-5.9.9 of several\r\n550 5.9.9 is what it's called",
      "zorbl ohne jeden Code für Straße und Ärger 12:34:56 am 2026-02-03",
      "554 zorbl https://help.zorbl.example/why?a=b&c=d 2001:db8::1 id 4fWkLq0x1Pz9-3kk",
      "host mx.b.example[192.0.2.7] said: 550 5.9.9 Zorbl the inner reply (in reply to RCPT TO command)",
      "421 4.9.9 \"Zorbl\" 'quoted' ''twice'' and '''thrice'''",
      "550 "
      "ゾルブルゾルブルゾルブルゾルブルゾルブルゾルブルゾルブルゾルブルゾルブルゾルブルゾルブルゾルブルゾルブ"
      "ルゾルブルゾルブルゾルブル"
      "ゾルブルゾルブルゾルブルゾルブルゾルブルゾルブルゾルブル",
      "550 zorbl " + std::string(3000, 'z'),
      "550 zorbl" +
          [] {
            std::string words;
            for (int i = 0; i < 300; ++i) words += " blah";
            return words;
          }(),
      "550 zorbl-with-hyphens_and_underscores=and;signs,all/over#it! <<>> ~`",
      "550 5.9.9 zorbl\ttabs\x01\x02controls\x7f",
  };
  for (const std::string& reply : replies) {
    CAPTURE(reply);
    const std::string wording = reply_template(reply);
    REQUIRE(!wording.empty());
    RuleBook book;
    book.rules.push_back(suggest_rule(wording, "", reply));
    CAPTURE(book.rules[0].pattern);
    const auto made = Classifier::make(book);
    REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    CHECK(check_rules(*made).empty());
    CHECK(book.rules[0].pattern.size() < 400);
  }
}

TEST_CASE("what has no words has no template") {
  for (const char* reply :
       {"", "550", "550 5.1.1", "550 5.1.1 <a@b.example>", "550 192.0.2.1 mx.b.example 17 ...",
        "host mx.b.example[192.0.2.1] said: 550 (in reply to RCPT TO command)"}) {
    CAPTURE(reply);
    CHECK(reply_template(reply) == "");
  }
}

}  // namespace
}  // namespace bounced
