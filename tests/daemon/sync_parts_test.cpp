// Small parts of sync: signatures, mailman.cfg, what answers mean, names in URLs.
#include <doctest/doctest.h>

#include "daemon/http_client.hpp"
#include "daemon/sync/aws_signature.hpp"
#include "daemon/sync/http_replies.hpp"
#include "daemon/sync/mailman_config.hpp"

namespace bounced {
namespace {

const AwsAccess suite_access{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1",
                             "service"};
constexpr UnixSeconds suite_time = 1'440'938'160;  // 2015-08-30 12:36:00

TEST_CASE("an AWS signature is that of Amazon's own test suite") {
  // aws-sig-v4-test-suite, get-vanilla.
  const auto headers = aws_headers({"GET", "example.amazonaws.com", "/", ""}, suite_access, suite_time);
  REQUIRE(headers.size() == 2);
  CHECK(headers[0] == "X-Amz-Date: 20150830T123600Z");
  CHECK(headers[1] ==
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_CASE("an AWS signature is of method, path and body") {
  const AwsRequest plain{"GET", "example.amazonaws.com", "/", ""};
  const auto signature = [](const AwsRequest& request) {
    return aws_headers(request, suite_access, suite_time).at(1);
  };
  for (const AwsRequest& other :
       {AwsRequest{"PUT", "example.amazonaws.com", "/", ""}, AwsRequest{"GET", "example.org", "/", ""},
        AwsRequest{"GET", "example.amazonaws.com", "/a%40b", ""},
        AwsRequest{"GET", "example.amazonaws.com", "/", "x"}})
    CHECK(signature(other) != signature(plain));
}

TEST_CASE("mailman.cfg") {
  struct Row {
    const char* text;
    MailmanConfig wanted;
  };
  const Row rows[] = {
      {"", {"http://localhost:8001/3.1", "restadmin", "restpass"}},
      {"[webservice]\nhostname: 10.0.0.1\nport: 9001\nadmin_user: me\nadmin_pass: a b:c=d\n",
       {"http://10.0.0.1:9001/3.1", "me", "a b:c=d"}},
      {"[webservice]\r\nAdmin_Pass = x\r\nuse_https = Yes\r\n",
       {"https://localhost:8001/3.1", "restadmin", "x"}},
      {"admin_pass: before\n[mta]\nadmin_pass: mta\n[webservice]\n# admin_pass: a\n;admin_pass: b\n  "
       "admin_pass: c\n"
       "api_version: 3.0\n[database]\nadmin_pass: d\n",
       {"http://localhost:8001/3.0", "restadmin", "restpass"}},
      {"[webservice]\nhostname: ::1\nadmin_pass: last", {"http://[::1]:8001/3.1", "restadmin", "last"}},
      {"[webservice\nadmin_pass: x\n\n\n:\n=", {"http://localhost:8001/3.1", "restadmin", "restpass"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(mailman_config(row.text) == row.wanted);
  }
}

TEST_CASE("what an answer means") {
  struct Row {
    int status;
    Fate fate;
    Exit exit;
  };
  const Row rows[] = {{200, Fate::done, Exit::internal},       {204, Fate::done, Exit::internal},
                      {100, Fate::later, Exit::unavailable},   {301, Fate::later, Exit::config},
                      {304, Fate::later, Exit::unavailable},   {400, Fate::refused, Exit::data},
                      {401, Fate::later, Exit::no_permission}, {403, Fate::later, Exit::no_permission},
                      {404, Fate::later, Exit::config},        {408, Fate::later, Exit::unavailable},
                      {409, Fate::refused, Exit::data},        {410, Fate::refused, Exit::data},
                      {413, Fate::refused, Exit::data},        {422, Fate::refused, Exit::data},
                      {429, Fate::later, Exit::try_again},     {500, Fate::later, Exit::unavailable},
                      {503, Fate::later, Exit::unavailable},   {599, Fate::later, Exit::unavailable},
                      {0, Fate::later, Exit::unavailable},     {999, Fate::later, Exit::unavailable}};
  for (const Row& row : rows) {
    CAPTURE(row.status);
    const auto reply = reply_of_answer("target x", {row.status, "words\nmore", std::chrono::seconds(7)});
    CHECK(reply.fate == row.fate);
    if (row.fate == Fate::done) continue;
    CHECK(reply.error.exit == row.exit);
    CHECK(reply.error.message.find("words") != std::string::npos);
    CHECK(reply.error.message.find('\n') == std::string::npos);
    CHECK(reply.retry_after.count() == 7);
  }
}

TEST_CASE("names in URLs") {
  CHECK(url_encoded("a-Z.0_~") == "a-Z.0_~");
  CHECK(url_encoded("a+b@x/?#&=% \xC3\xA9\n") == "a%2Bb%40x%2F%3F%23%26%3D%25%20%C3%A9%0A");
  CHECK(url_encoded(std::string(1, '\0')) == "%00");
  CHECK(server_of("https://h.example:8/a/b?c#d") == "https://h.example:8");
  CHECK(server_of("http://h.example") == "http://h.example");
  CHECK(server_of("") == "");
}

}  // namespace
}  // namespace bounced
