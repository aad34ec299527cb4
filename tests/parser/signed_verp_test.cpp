#include "parser/signed_verp.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace bounced {
namespace {

constexpr std::string_view tag = "k3vq7c2mzt4a";

SignedVerpForm form_of(const std::string& separator = "+") {
  return {separator, {"bounces@us.example", "news+list@us.example"}};
}

/// "base day tag recipient", "broken base", or "" for no signature.
std::string read(std::string_view address, const SignedVerpForm& form) {
  const auto path = read_signed_path(address, form);
  if (!path) return "";
  if (!path->well_formed) return "broken " + path->base;
  return path->base + ' ' + std::to_string(path->day) + ' ' + path->tag + ' ' + path->recipient;
}

TEST_CASE("signed return paths are taken apart, and nothing else is") {
  struct Row {
    std::string_view address, found;
    std::string separator = "+";
  };
  const Row rows[] = {
      {"bounces+20781-k3vq7c2mzt4a-user=example.org@us.example",
       "bounces@us.example 20781 k3vq7c2mzt4a user@example.org"},
      {"<BOUNCES+20781-K3VQ7C2MZT4A-User=Example.ORG@Us.Example>",
       "bounces@us.example 20781 k3vq7c2mzt4a user@example.org"},
      {"bounces+20781-k3vq7c2mzt4a@us.example", "bounces@us.example 20781 k3vq7c2mzt4a "},
      {"any+20781-k3vq7c2mzt4a-user=example.org@other.example",
       "any@other.example 20781 k3vq7c2mzt4a user@example.org"},
      {"news+list+20781-k3vq7c2mzt4a-a+b=c=example.org@us.example",
       "news+list@us.example 20781 k3vq7c2mzt4a a+b=c@example.org"},
      {"bounces+20781-k3vq7c2mzt4a-a+20781-k3vq7c2mzt4a=example.org@us.example",
       "bounces@us.example 20781 k3vq7c2mzt4a a+20781-k3vq7c2mzt4a@example.org"},
      {"bounces+120781-k3vq7c2mzt4a-user=example.org@us.example",
       "bounces@us.example 120781 k3vq7c2mzt4a user@example.org"},
      {"bounces-20781-k3vq7c2mzt4a-user=example.org@us.example",
       "bounces@us.example 20781 k3vq7c2mzt4a user@example.org", "-"},
      {"bounces=20781-k3vq7c2mzt4a-user=example.org@us.example",
       "bounces@us.example 20781 k3vq7c2mzt4a user@example.org", "="},
      // Another separator than ours, other software's addresses, other people's broken ones.
      {"bounces-20781-k3vq7c2mzt4a-user=example.org@us.example", ""},
      {"bounces+20781-k3vq7c2mzt4a-user=example.org@us.example", "", "-"},
      {"bounces+20781-ab12-user=example.com@em.example", ""},
      {"list-return-20781-user=example.com@us.example", "", "-"},
      {"bounces+user=example.org@us.example", ""},
      {"bounces@us.example", ""},
      {"bounces+@us.example", ""},
      {"+20781-k3vq7c2mzt4a-user=example.org@us.example", ""},
      {"bounces+20781-k3vq7c2mzt4a", ""},
      {"", ""},
      {"+", ""},
      {"@", ""},
      // Ours, and broken.
      {"bounces+20781-k3vq7c2mzt4-user=example.org@us.example", "broken bounces@us.example"},
      {"bounces+20781-k3vq7c2mzt4ab-user=example.org@us.example", "broken bounces@us.example"},
      {"bounces+20781-k3vq7c2mzt40-user=example.org@us.example", "broken bounces@us.example"},
      {"bounces+20781--user=example.org@us.example", "broken bounces@us.example"},
      {"bounces+20781-k3vq7c2mzt4a-user@us.example", "broken bounces@us.example"},
      {"bounces+20781-k3vq7c2mzt4a-=@us.example", "broken bounces@us.example"},
      {"bounces+2078-k3vq7c2mzt4a-user=example.org@us.example", "broken bounces@us.example"},
      {"bounces+99999999999999999999-k3vq7c2mzt4a-user=example.org@us.example", "broken bounces@us.example"},
      {"Bounces+20781@us.example", "broken bounces@us.example"},
      {"news+list+20781-x@us.example", "broken news+list@us.example"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.address);
    CHECK(read(row.address, form_of(row.separator)) == row.found);
  }
}

SignedReturnPath path_for(const std::string& recipient, const std::string& base = "bounces@us.example") {
  return {base, 20781, std::string(tag), recipient};
}

TEST_CASE("what is written is read again, in 64 bytes") {
  struct Row {
    std::string recipient;
    bool is_long;
  };
  const Row rows[] = {
      {"user@example.org", true},
      {"first.last+tag@example.org", true},
      {"a=b@example.org", true},
      {"a_b-c@mail.example.co.uk", true},
      {"x@xn--bcher-kva.example", true},
      {std::string(25, 'a') + "@example.org", true},    // 64 bytes before the @
      {std::string(26, 'a') + "@example.org", false},   // 65
      {std::string(200, 'a') + "@example.org", false},  // an ESP's
      {"o'brien@example.org", false},                   // what a shell or a pipe may stumble over
      {"a/b@example.org", false},
      {"a%b@example.org", false},  // what Postfix takes for a route
      {"a!b@example.org", false},
      {"\"a b\"@example.org", false},
      {"ü@example.org", false},
      {".a@example.org", false},
      {"a..b@example.org", false},
      {"a.@example.org", false},
      {"user@[192.0.2.1]", false},
  };
  for (const std::string separator : {"+", "-", "_", "="})
    for (const Row& row : rows) {
      const SignedReturnPath path = path_for(row.recipient);
      const std::string address = signed_address(path, separator);
      CAPTURE(address);
      CHECK(fits_long_form(path, separator) == row.is_long);
      CHECK(address.find('@') <= most_local_part_bytes);
      const auto again = read_signed_path(address, form_of(separator));
      REQUIRE(again);
      CHECK(again->recipient == (row.is_long ? row.recipient : ""));
      SignedReturnPath with_recipient = *again;
      with_recipient.recipient = row.recipient;
      CHECK(with_recipient == path);
    }
}

TEST_CASE("the text that is signed differs with each part, and not with their case") {
  const SignedReturnPath path = path_for("user@example.org");
  SignedReturnPath other = path;
  other.day = 20782;
  CHECK(signed_text(other) != signed_text(path));
  CHECK(signed_text(path_for("user@example.net")) != signed_text(path));
  CHECK(signed_text(path_for("user@example.org", "news@us.example")) != signed_text(path));
  CHECK(signed_text(path_for("User@Example.Org", "Bounces@US.example")) == signed_text(path));
  other = path;
  other.tag = "aaaaaaaaaaaa";
  CHECK(signed_text(other) == signed_text(path));
}

TEST_CASE("a bounce is looked through for signed paths, each once, not without end") {
  const auto in = [](const std::string& headers) {
    return signed_paths_in(read_header_fields(headers), form_of());
  };
  const std::string address = "bounces+20781-k3vq7c2mzt4a-user=example.org@us.example";
  CHECK(in("To: " + address + "\nDelivered-To: " + address + "\n").size() == 1);
  CHECK(in("To: \"Bounces\" <" + address + ">, other@us.example\n").size() == 1);
  CHECK(in("Cc: " + address + "\nSubject: " + address + "\nReturn-Path: <" + address + ">\n").empty());
  CHECK(in("To: bounces@us.example\n").empty());
  const auto two = in("To: " + address + "\nX-Original-To: bounces+20781-x@us.example\n");
  REQUIRE(two.size() == 2);
  CHECK_FALSE(two[0].well_formed);  // the envelope's come first
  CHECK(two[1].recipient == "user@example.org");
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += "To: bounces+" + std::to_string(20000 + i) + "-k3vq7c2mzt4a-user=example.org@us.example\n";
  CHECK(in(many).size() == most_signed_paths);
}

}  // namespace
}  // namespace bounced
