#include "storage/forgotten_text.hpp"

#include <doctest/doctest.h>

using namespace bounced;

TEST_CASE("an address is cut out in all its forms, and no other is") {
  const ForgottenText forgotten({"anna@example.org", "Anna@EXAMPLE.org", ""});
  struct Row {
    const char *text, *without;
  };
  int ran = 0;
  for (const Row& row : {
           Row{"", ""},
           {"anna@example.org", "(forgotten)"},
           {"<ANNA@Example.ORG>: 550 no anna@example.org here", "<(forgotten)>: 550 no (forgotten) here"},
           {"rfc822;anna@example.org.", "rfc822;(forgotten)."},
           {"news-bounces+anna=example.org@lists.example", "news-bounces+(forgotten)@lists.example"},
           {"<dsn-anna=example.org@mx>", "<dsn-(forgotten)@mx>"},
           {"anna@example.organna@example.org", "anna@example.organna@example.org"},
           {"joanna@example.org", "joanna@example.org"},
           {"jo.anna@example.org", "jo.anna@example.org"},
           {"jo_anna@example.org", "jo_anna@example.org"},
           {"<dsn-anna@example.org@mx>", "<dsn-(forgotten)@mx>"},
           {"anna@example.org.uk", "anna@example.org.uk"},
           {"anna@example.org-x.example", "anna@example.org-x.example"},
           {"anna@example.or", "anna@example.or"},
           {"anna@example.org,anna@example.org", "(forgotten),(forgotten)"},
       }) {
    INFO(row.text);
    CHECK(forgotten.cut_out_of(row.text) == row.without);
    CHECK(forgotten.is_in(row.text) == (std::string(row.text) != row.without));
    ++ran;
  }
  CHECK(ran == 15);
}
