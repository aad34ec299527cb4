#include "parser/address.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace bounced {
namespace {

TEST_CASE("addresses have one normal form") {
  constexpr std::string_view table[][2] = {
      {"Joe@Example.ORG", "joe@example.org"},
      {" <joe@example.org> ", "joe@example.org"},
      {"Joe <joe@example.org>", "joe@example.org"},
      {"\"a@b\" <joe@example.org>", "joe@example.org"},
      {"joe@example.org (Joe (at home))", "joe@example.org"},
      {"<@relay.example,@b.example:joe@example.org>", "joe@example.org"},
      {"\"joe\"@example.org", "joe@example.org"},
      {"\"joe doe\"@example.org", "\"joe doe\"@example.org"},
      {"\"***\"@example.org", "\"***\"@example.org"},
      {"\"joe <a@b.example>\"@Example.org", "\"joe <a@b.example>\"@example.org"},
      {"joe@xn--mnchen-3ya.example", "joe@xn--mnchen-3ya.example"},
      {"joe@M\xC3\xBCnchen.example", "joe@xn--mnchen-3ya.example"},
      {"j\xC3\xB6rg@xn--mnchen-3ya.example", "jörg@münchen.example"},
      {"j\xC3\xB6rg@M\xC3\xBCnchen.example", "jörg@münchen.example"},
      {"joe@M\xC3\x9CNCHEN.example", "joe@xn--mnchen-3ya.example"},
      {"joe@ex\xC2\xAA"
       "mple.example",
       "joe@ex\xC2\xAA"
       "mple.example"},
      {"joe@ex\xC2\xAD"
       "ample.example",
       "joe@ex\xC2\xAD"
       "ample.example"},
      {"j\xC3\xB6rg@xn--mnchen-3ya.ex\xC3\x83", "jörg@münchen.exã"},
      {"joe@[192.0.2.1]", "joe@[192.0.2.1]"},
      {"a..b@docomo.example", "a..b@docomo.example"},
      {"write to joe@example.org, please", "joe@example.org"},
      {"nobody", ""},
      {"", ""},
      {"@example.org", ""},
      {"****@example.org", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row[0]);
    CHECK(normal_address(row[0]) == row[1]);
    CHECK(normal_address(normal_address(row[0])) == row[1]);
  }
}

TEST_CASE("addresses are told from what looks like them") {
  for (const std::string_view good :
       {"a@b.example", "a+b=c@b.example", "\"a b\"@b.example", "a@localhost", "用户@例え.example",
        "a@[IPv6:2001:db8::1]", ".a@b.example", "a!b@c.example", "nyaan%x.example@relay.example"}) {
    CAPTURE(good);
    CHECK(is_address(good));
  }
  for (const std::string_view bad :
       {"", "a", "@", "a@", "@b", "a b@c.example", "a@b..example", "a@-b.example", "a@192.0.2.1",
        "a@.example", "<a@b.example>", "***@b.example", "a@b.example>", "a@[]"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_address(bad));
  }
}

TEST_CASE("addresses are found in running text") {
  struct Row {
    std::string_view text;
    std::vector<std::string> found;
  };
  const std::vector<Row> table = {
      {"to <a@b.example>, c@d.example.", {"a@b.example", "c@d.example"}},
      {"a@b.example a@b.example", {"a@b.example"}},
      {"RCPT TO:<a@b.example>... User unknown", {"a@b.example"}},
      {"rfc822;a@b.example", {"a@b.example"}},
      {"'a@b.example' on Monday", {"a@b.example"}},
      {"mailto:a@b.example?x", {"a@b.example"}},
      {"a@b.example...User unknown", {"a@b.example"}},
      {"\"odd name\"@b.example", {"\"odd name\"@b.example"}},
      {"用户a@b.example不存在", {"a@b.example"}},
      {"用户@例え.example", {"用户@例え.example"}},
      {"«jörg@bücher.example»", {"jörg@bücher.example"}},
      {"list-owner*joe**x.example@y.example", {"list-owner*joe**x.example@y.example"}},
      {"@ @@ a@ @b", {}},
      {"a@b.\xC3", {"a@b.\xC3"}},
      {"a@\xF0", {}},
      {"x@y@z.example", {"y@z.example"}},
      {"", {}},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(addresses_in(row.text) == row.found);
  }
}

TEST_CASE("mailboxes of an address field come in order") {
  struct Row {
    std::string_view value;
    std::vector<std::string> found;
  };
  const std::vector<Row> table = {
      {"A <a@x.example>, b@x.example (B, the second)", {"a@x.example", "b@x.example"}},
      {"\"Doe, Joe\" <joe@x.example>", {"joe@x.example"}},
      {"friends: a@x.example, B <b@x.example>;", {"a@x.example", "b@x.example"}},
      {"Undisclosed recipients:;", {}},
      {"\"unclosed <a@x.example>", {"a@x.example"}},
      {"", {}},
  };
  for (const auto& row : table) {
    CAPTURE(row.value);
    CHECK(mailboxes_in(row.value) == row.found);
  }
}

TEST_CASE("xtext is undone only where it is well-formed") {
  constexpr std::string_view table[][2] = {
      {"Bob+2Btag@x.example", "Bob+tag@x.example"},
      {"a+20b@x.example", "a b@x.example"},
      {"user+tag@x.example", "user+tag@x.example"},
      {"user+ab@x.example", "user+ab@x.example"},
      {"a=b+2Bc", "a=b+2Bc"},
      {"a+2", "a+2"},
      {"a+FFb", "a+FFb"},
      {"a+00b", "a+00b"},
  };
  for (const auto& row : table) {
    CAPTURE(row[0]);
    CHECK(decode_xtext(row[0]) == row[1]);
  }
}

TEST_CASE("RFC 6533 escapes are undone only where they are well-formed") {
  constexpr std::string_view table[][2] = {
      {"j\\x{F6}rg@x.example", "jörg@x.example"},
      {"\\x{1F600}@x.example", "😀@x.example"},
      {"\\x{D800}@x.example", "\\x{D800}@x.example"},
      {"\\x{110000}@x.example", "\\x{110000}@x.example"},
      {"\\x{}@x.example", "\\x{}@x.example"},
      {"\\x{E9", "\\x{E9"},
      {"\\x{0}", "\\x{0}"},
      {"a+2Bb@x.example", "a+2Bb@x.example"},
  };
  for (const auto& row : table) {
    CAPTURE(row[0]);
    CHECK(decode_utf8_addr(row[0]) == row[1]);
  }
}

TEST_CASE("domains") {
  CHECK(domain_of("a@b.example") == "b.example");
  CHECK(domain_of("\"a@b\"@c.example") == "c.example");
  CHECK(domain_of("nobody").empty());
  CHECK(organisational_domain("mx1.mail.example.co.uk") == "example.co.uk");
  CHECK(organisational_domain("MX.Example.COM") == "example.com");
  CHECK(organisational_domain("localhost").empty());
  CHECK(organisational_domain("192.0.2.1").empty());
}

}  // namespace
}  // namespace bounced
