#include "parser/status.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace bounced {
namespace {

TEST_CASE("codes are found where a reply begins, and nowhere else") {
  struct Row {
    std::string_view text, reply_code, behind, anywhere;
  };
  constexpr Row table[] = {
      {"550 5.1.1 <a@b.example>: User unknown", "550", "5.1.1", "5.1.1"},
      {"550-5.1.1 one 550-5.1.1 two 550 5.1.1 three", "550", "5.1.1", "5.1.1"},
      {"550", "550", "", ""},
      {"421 busy", "421", "", ""},
      {"5.1.0 - Unknown address error 550-'5.2.2 <a@b.example>... Mailbox Full'", "550", "5.2.2", "5.2.2"},
      {"5.3.0 - Other mail system problem 550-'Unknown user a@b.example'", "550", "", "5.3.0"},
      {"host mx.b.example[192.0.2.55] said: 552 5.2.2 full", "552", "5.2.2", "5.2.2"},
      {"Sorry, no mailbox here by that name. (#5.1.1)", "", "", "5.1.1"},
      {"220-mx.example 421 4.2.1 Service refused", "421", "4.2.1", "4.2.1"},
      {"250 2.1.5 Ok", "250", "2.1.5", "2.1.5"},
      {"550 cuda_nsu 5.1.1 no such user", "550", "", "5.1.1"},
      {"550 #5.1.0 Address rejected", "550", "5.1.0", "5.1.0"},
      {"smtp; 554 5.7.1 denied", "554", "5.7.1", "5.7.1"},
      {"<<< 550 5.1.1 no", "550", "5.1.1", "5.1.1"},
      {"connection to 192.0.2.250 port 550 failed", "", "", ""},
      {"message of 552 bytes is too large", "", "", ""},
      {"delivered on 2024-05-17, ticket 451888", "", "", ""},
      {"Exim 4.5.1 says no", "", "", ""},
      {"rejected by 5.5.2653.19", "", "", ""},
      {"address 4.3.2.1 is listed", "", "", ""},
      {"580 no such code", "", "", ""},
      {"560 nor this one", "", "", ""},
      {"552.5 is a number", "", "", ""},
      {"", "", "", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(reply_code_in(row.text) == row.reply_code);
    CHECK(status_behind_reply_code(row.text) == row.behind);
    CHECK(enhanced_status_in(row.text) == row.anywhere);
  }
}

TEST_CASE("a Status field is read by its digits") {
  constexpr std::string_view table[][2] = {
      {"5.1.1", "5.1.1"},
      {"5.0.0 (permanent failure)", "5.0.0"},
      {"5.1.1 (Remote SMTP server has rejected address)", "5.1.1"},
      {"4.4.7 too old", "4.4.7"},
      {"2.1.5", "2.1.5"},
      {"(5.1.1)", "5.1.1"},
      {"5.7.606", "5.7.606"},
      {"553 text", ""},
      {"5.2", ""},
      {"3.1.1", ""},
      {"5.1.1111", ""},
      {"", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row[0]);
    CHECK(status_of_field(row[0]) == row[1]);
  }
  for (const std::string_view nothing : {"", "5.0.0", "4.0.0"}) CHECK(says_nothing(nothing));
  CHECK_FALSE(says_nothing("5.1.0"));
}

TEST_CASE("the SMTP command is read from what mail systems print around a reply") {
  constexpr std::string_view table[][2] = {
      {"550 no (in reply to RCPT TO command)", "RCPT"},
      {"550 no (in reply to end of DATA command)", "EOD"},
      {"450 (in reply to MAIL FROM command)", "MAIL"},
      {"(in reply to EHLO command)", "HELO"},
      {"host x[192.0.2.1] refused to talk to me: 554", "CONNECT"},
      {"connect to x[192.0.2.1]:25: Connection refused", "CONNECT"},
      {"SMTP error from remote mail server after RCPT TO:<a@b.example>: host x: 550", "RCPT"},
      {"SMTP error from remote mail server after end of data: 554", "EOD"},
      {"SMTP error from remote mail server after initial connection: 554", "CONNECT"},
      {">>> RCPT To:<a@b.example>\n<<< 550 no", "RCPT"},
      {">>> DATA\n<<< 503", "DATA"},
      {"550 user unknown [RCPT_TO]", "RCPT"},
      {"550 user unknown", ""},
      {"", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row[0]);
    CHECK(command_in(row[0]) == row[1]);
  }
}

}  // namespace
}  // namespace bounced
