#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "parser/content_type.hpp"
#include "parser/header_fields.hpp"
#include "parser/transfer_encoding.hpp"

namespace bounced {
namespace {

TEST_CASE("transfer encodings are undone, damaged ones as far as they go") {
  struct Row {
    std::string_view encoding, bytes, text;
  };
  constexpr Row table[] = {
      {"7bit", "as it is=3D", "as it is=3D"},
      {"", "as it is", "as it is"},
      {"x-nonsense", "as it is", "as it is"},
      {"base64", "aGVsbG8=", "hello"},
      {"Base64 (comment)", "aGVs\r\nbG8=\n", "hello"},
      {"base64", "aGVsbG8", "hello"},
      {"base64", "aGV*s!bG8=", "hello"},
      {"base64", "aGk=aGk=", "hihi"},
      {"base64", "====", ""},
      {"quoted-printable", "a=3Db =\nc", "a=b c"},
      {"Quoted-Printable", "soft=  \r\nbreak", "softbreak"},
      {"quoted-printable", "trailing  \nblank=20\n", "trailing\nblank \n"},
      {"quoted-printable", "bad =ZZ = end=", "bad =ZZ = end"},
      {"quoted-printable", "lower =c3=a9", "lower é"},
      {"x-uuencode", "text\nbegin 644 a.txt\n%:&5L;&\\\n`\nend\n", "hello"},
      {"x-uuencode", "no file", "no file"},
  };
  for (const auto& row : table) {
    CAPTURE(row.encoding);
    CAPTURE(row.bytes);
    CHECK(decode_transfer(std::string(row.bytes), row.encoding) == row.text);
  }
}

TEST_CASE("values with parameters are read in all their writings") {
  struct Row {
    std::string_view field, value, name, parameter;
  };
  constexpr Row table[] = {
      {"multipart/report; report-type=delivery-status; boundary=\"a b\"", "multipart/report", "boundary",
       "a b"},
      {"Multipart/Report; Report-Type = Delivery-Status", "multipart/report", "report-type",
       "Delivery-Status"},
      {"text/plain charset=utf-8", "text/plain", "charset", "utf-8"},
      {"text/plain; charset=utf-8 (comment (nested))", "text/plain", "charset", "utf-8"},
      {"(first) text/plain; format=flowed", "text/plain", "format", "flowed"},
      {"text/plain; name=\"a\\\"b\"", "text/plain", "name", "a\"b"},
      {"text/plain; name=\"unclosed", "text/plain", "name", "unclosed"},
      {"text/plain;;; ; charset=x", "text/plain", "charset", "x"},
      {"attachment; filename*=utf-8''gr%C3%BC%C3%9F.txt", "attachment", "filename", "grüß.txt"},
      {"attachment; filename*0=\"a\"; filename*1=\"b.eml\"", "attachment", "filename", "ab.eml"},
      {"attachment; filename*0*=iso-8859-1'de'%FC; filename*1*=%DF", "attachment", "filename", "üß"},
      {"attachment; filename=\"=?utf-8?Q?=C3=A9.txt?=\"", "attachment", "filename", "é.txt"},
      {"", "", "charset", ""},
      {"=;=;=", "=", "charset", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.field);
    const ParameterisedValue read = read_parameterised(row.field);
    CHECK(read.value == row.value);
    CHECK(read.parameter(row.name) == row.parameter);
  }
}

TEST_CASE("header fields are read with any line end, and broken ones too") {
  struct Row {
    std::string_view text;
    std::vector<std::string> names;
    std::string_view first_value;
    std::size_t body;
  };
  const std::vector<Row> table = {
      {"A: 1\nB: 2\n\nbody", {"A", "B"}, "1", 11},
      {"A: 1\r\nB: 2\r\n\r\nbody", {"A", "B"}, "1", 14},
      {"A: 1\rB: 2\r\rbody", {"A", "B"}, "1", 11},
      {"A : 1\n\n", {"A"}, "1", 7},
      {"A: 1\n folded\n\tagain\n\n", {"A"}, "1 folded again", 21},
      {"A: 1\nlost fold\nB: 2\n\n", {"A", "B"}, "1 lost fold", 21},
      {"From someone Mon Jan  1 00:00:00 2024\nA: 1\n\n", {"A"}, "1", 44},
      {"no header here\n", {}, "", 0},
      {"A: 1\n", {"A"}, "1", 5},
      {"A: 1", {"A"}, "1", 4},
      {"A:\n\n", {"A"}, "", 4},
      {"A: gr\xFC\xDF\n\n", {"A"}, "grüß", 9},
      {"", {}, "", 0},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    std::size_t body = 0;
    const HeaderFields read = read_header_fields(row.text, &body);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < read.size(); ++i) names.emplace_back(read.name(i));
    CHECK(names == row.names);
    if (!read.empty()) CHECK(read.value(0) == row.first_value);
    CHECK(body == row.body);
  }
}

TEST_CASE("fields are found without case, all of a name in order") {
  const HeaderFields fields = read_header_fields("Received: one\nsubject: x\nRECEIVED: two\n\n");
  CHECK(fields.first("Subject") == "x");
  CHECK(fields.first("none").empty());
  CHECK(fields.has("received"));
  CHECK_FALSE(fields.has("Receive"));
  CHECK(fields.all("Received") == std::vector<std::string_view>{"one", "two"});
}

}  // namespace
}  // namespace bounced
