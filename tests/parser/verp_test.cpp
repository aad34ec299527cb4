#include "parser/verp.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace bounced {
namespace {

TEST_CASE("the built-in conventions undo what list software writes") {
  const auto decoder = VerpDecoder::make(builtin_verp_conventions());
  REQUIRE(decoder);
  constexpr std::string_view table[][2] = {
      {"list-bounces+user=example.com@us.example", "user@example.com"},
      {"bounces+user=example.com@us.example", "user@example.com"},
      {"Bounce+User=Example.com@us.example", "user@example.com"},
      {"list-return-42-user=example.com@us.example", "user@example.com"},
      {"list+bounces-42-user=example.com@us.example", "user@example.com"},
      {"bounce+user==a==example.com==list@us.example", "user@example.com"},
      {"owner-list*user**example.com@us.example", "user@example.com"},
      {"owner-list-user=example.com@us.example", "user@example.com"},
      {"bounces+first.last+tag=example.com@us.example", "first.last+tag@example.com"},
      {"list-bounces@us.example", ""},
      {"list-bounces+token@us.example", ""},
      {"user=example.com@us.example", ""},
      {"joe+tag@example.com", ""},
      {"", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row[0]);
    CHECK(decoder->decode(row[0]) == row[1]);
  }
}

TEST_CASE("a convention of one's own") {
  const auto decoder = VerpDecoder::make({{"ours", "r-(?P<domain>[a-z.]+)-(?P<local>[a-z]+)@us\\.example"}});
  REQUIRE(decoder);
  CHECK(decoder->decode("r-b.example-joe@us.example") == "joe@b.example");
  CHECK(decoder->decode("list-bounces+user=example.com@us.example").empty());
  CHECK(VerpDecoder::make({})->decode("list-bounces+user=example.com@us.example").empty());
}

TEST_CASE("the fields of the bounce are looked through, the envelope's before To") {
  const auto decoder = VerpDecoder::make(builtin_verp_conventions());
  REQUIRE(decoder);
  CHECK(decoder->decode(read_header_fields(
            "To: l-bounces+a=b.example@us.example\nDelivered-To: l-bounces+c=d.example@us.example\n")) ==
        "c@d.example");
  CHECK(decoder->decode(read_header_fields("To: us@us.example, l-bounces+a=b.example@us.example\n")) ==
        "a@b.example");
  CHECK(decoder->decode(read_header_fields("Cc: l-bounces+a=b.example@us.example\n")).empty());
}

}  // namespace
}  // namespace bounced
