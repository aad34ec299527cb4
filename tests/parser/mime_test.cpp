#include "parser/mime.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>

#include "parser/charset.hpp"
#include "parser/guard.hpp"

namespace bounced {
namespace {

/// "type(child,child)" of the tree, with the damage in front.
std::string shape(const MimeTree& tree, int index = 0) {
  std::string out = tree.parts[static_cast<std::size_t>(index)].type;
  const auto children = tree.children(index);
  if (children.empty()) return out;
  out += '(';
  for (const int child : children) out += (out.back() == '(' ? "" : ",") + shape(tree, child);
  return out + ')';
}

bool damaged(const MimeTree& tree, std::string_view word) {
  return std::find(tree.damage.begin(), tree.damage.end(), word) != tree.damage.end();
}

std::string with_line_end(std::string_view text, std::string_view end) {
  std::string out;
  for (const char c : text) {
    if (c == '\n')
      out += end;
    else
      out += c;
  }
  return out;
}

constexpr std::string_view report = R"(From: a@b.example
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

preamble
--x
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--x
Content-Type: message/delivery-status

Action: failed

--x
Content-Type: message/rfc822

Subject: returned
Content-Type: multipart/mixed; boundary=y

--y

body
--y--
--x--
epilogue
)";

TEST_CASE("the structure of a report is the same with every line end") {
  for (const std::string_view end : {"\n", "\r\n", "\r", "\r\r\n"}) {
    CAPTURE(end.size());
    const MimeTree tree = read_mime(with_line_end(report, end), {});
    CHECK(shape(tree) ==
          "multipart/report(text/plain,message/delivery-status,message/rfc822(multipart/mixed(text/plain)))");
    CHECK(tree.parts[0].report_type == "delivery-status");
    CHECK(tree.parts[1].text == "Grüße");
    CHECK(tree.parts[2].text == "Action: failed\n");
    CHECK(tree.parts[4].headers.first("subject") == "returned");
    CHECK(tree.parts[5].text == "body");
    CHECK(tree.parts[5].depth == 3);
    CHECK(damaged(tree, "bare_cr") == (end == "\r"));
    CHECK_FALSE(damaged(tree, "truncated"));
  }
}

TEST_CASE("broken structures are read as what they were meant to be") {
  struct Row {
    std::string_view what, mail, shape, damage;
  };
  constexpr Row table[] = {
      {"no MIME", "Subject: x\n\nhello", "text/plain", ""},
      {"nothing", "", "text/plain", ""},
      {"only a header", "Subject: x", "text/plain", ""},
      {"mbox line", "From x Mon\nContent-Type: text/html\n\n<p>", "text/html", ""},
      {"leading blank lines", "\n\nContent-Type: text/html\n\n<p>", "text/html", ""},
      {"no parts", "Content-Type: multipart/mixed; boundary=x\n\nhello", "text/plain", "truncated"},
      {"no boundary parameter", "Content-Type: multipart/mixed\n\nhello", "text/plain", ""},
      {"boundary guessed", "Content-Type: multipart/mixed\n\n--q\nContent-Type: text/html\n\n<p>\n--q--\n",
       "multipart/mixed(text/html)", "boundary_missing"},
      {"boundary mistyped",
       "Content-Type: multipart/mixed; boundary=qq\n\n--q\nContent-Type: text/html\n\n<p>\n--q--\n",
       "multipart/mixed(text/html)", "boundary_missing"},
      {"inner multipart unclosed",
       "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; "
       "boundary=y\n\n--y\n\na\n"
       "--x\nContent-Type: message/delivery-status\n\nb\n--x--\n",
       "multipart/mixed(multipart/alternative(text/plain),message/delivery-status)", ""},
      {"closed too early",
       "Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x--\n\n--x\nContent-Type: "
       "text/html\n\nb\n--x--\n",
       "multipart/mixed(text/plain,text/html)", ""},
      {"one boundary begins like the other",
       "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; "
       "boundary=xx\n\n--xx\n\na\n--xx--\n"
       "--x\nContent-Type: text/html\n\nb\n--x--\n",
       "multipart/mixed(multipart/mixed(text/plain),text/html)", ""},
      {"no blank line before the boundary",
       "Content-Type: multipart/mixed; boundary=x\n--x\nContent-Type: text/html\n\nb\n--x--\n",
       "multipart/mixed(text/html)", ""},
      {"a header line that is none", "Subject: x\nthis is no field\nContent-Type: text/html\n\n<p>",
       "text/html", ""},
      {"message/global", "Content-Type: message/global\n\nSubject: x\n\nhello", "message/global(text/plain)",
       ""},
      {"message in base64",
       "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAoK",
       "message/rfc822", ""},
      {"truncated", "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Ty",
       "multipart/mixed(text/plain)", "truncated"},
      {"unknown type", "Content-Type: nonsense\n\nx", "text/plain", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    for (const std::string_view end : {"\n", "\r\n"}) {
      const MimeTree tree = read_mime(with_line_end(row.mail, end), {});
      CHECK(shape(tree) == row.shape);
      if (row.damage.empty())
        CHECK(tree.damage.empty());
      else
        CHECK(damaged(tree, row.damage));
    }
  }
}

TEST_CASE("bodies come decoded, whatever they are called") {
  struct Row {
    std::string_view mail, text;
  };
  constexpr Row table[] = {
      {"\nhello\n", "hello\n"},
      {"Content-Transfer-Encoding: base64\n\naGVsbG8=\n", "hello"},
      {"Content-Type: text/plain; charset=koi8-r\n\n\xCF\xD4\n", "от\n"},
      {"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\nQWN0aW9uOiBmYWlsZWQK\n",
       "Action: failed\n"},
      {"Content-Type: application/octet-stream; name=details.txt\n\nReporting-MTA: x\n",
       "Reporting-MTA: x\n"},
      {"Content-Type: application/pdf\n\n%PDF\x01\x02\n", ""},
      {"\n--not a boundary\n-\n", "--not a boundary\n-\n"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(read_mime(row.mail, {}).parts[0].text == row.text);
  }
  CHECK(read_mime(std::string_view("\nwith\0nul\n", 10), {}).parts[0].text == "withnul\n");
}

TEST_CASE("a body can't forge the guard's boundaries") {
  const std::string start = "Content-Type: multipart/mixed; boundary=x\n\n--x\n\n";
  for (const std::string_view line : {"--\x01"
                                      "1\x01",
                                      "text --x", "--xx", "-- x", "x--x--"}) {
    CAPTURE(line);
    const std::string mail = start + std::string(line) + "\nContent-Type: text/html\n\nforged\n--x--\n";
    CHECK(shape(read_mime(mail, {})) == "multipart/mixed(text/plain)");
  }
}

std::string nested_multiparts(int levels) {
  std::string mail;
  for (int i = 0; i < levels; ++i) {
    const std::string name = "b" + std::to_string(i);
    mail += "Content-Type: multipart/mixed; boundary=" + name + "\n\n--" + name + "\n";
  }
  return mail + "\nbottom\n";
}

TEST_CASE("hostile mails meet a limit and say so") {
  struct Row {
    std::string_view what;
    std::string mail;
    std::string_view damage;
  };
  std::string messages;
  for (int i = 0; i < 100'000; ++i) messages += "Content-Type: message/rfc822\n\n";
  std::string parts = "Content-Type: multipart/mixed; boundary=x\n\n";
  for (int i = 0; i < 20'000; ++i) parts += "--x\n\n";
  std::string dashes = nested_multiparts(100);
  for (int i = 0; i < 1'000'000; ++i) dashes += "--b\n";
  const Row table[] = {
      {"nested multiparts", nested_multiparts(50'000), "mime_too_deep"},
      {"nested messages", messages, "mime_too_deep"},
      {"many parts", parts, "too_many_parts"},
      {"one endless header line", "Subject: " + std::string(8'000'000, 'a') + "\n\nx", "header_too_long"},
      {"one endless folded field", "Subject: a\n" + with_line_end(std::string(400'000, '\n'), " b\n") + "\nx",
       "header_too_long"},
      {"endless header",
       [] {
         std::string mail;
         for (int i = 0; i < 200'000; ++i) mail += "X-Field: value\n";
         return mail + "\nx";
       }(),
       "header_too_long"},
      {"one endless body line", "\n" + std::string(8'000'000, 'a'), "text_cut"},
      {"only CR", std::string(2'000'000, '\r'), "bare_cr"},
      {"NULs", std::string(4'000'000, '\0'), "nul_bytes"},
      {"too large", std::string(51U * 1024 * 1024, 'a'), "too_large"},
      {"lines that look like boundaries", dashes, "text_cut"},
  };
  for (const Row& row : table) {
    CAPTURE(row.what);
    const std::clock_t start = std::clock();
    const MimeTree tree = read_mime(row.mail, {});
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    CHECK(damaged(tree, row.damage));
    CHECK(tree.parts.size() <= ReadLimits{}.mime_parts + 1);
    CHECK(seconds < 10);  // of this process, not of the clock; a quadratic reader takes minutes
    for (const MimePart& part : tree.parts) {
      REQUIRE(part.depth <= 101);
      REQUIRE(is_valid_utf8(part.text));
    }
  }
}

TEST_CASE("attachments are left out of what mimetic sees") {
  std::string mail = "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: application/pdf\n\n";
  for (int i = 0; i < 200'000; ++i)
    mail += "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n";
  mail += "--x\nContent-Type: message/delivery-status\n\nAction: failed\n--x--\n";
  const GuardedMail guarded = guard(mail, {});
  CHECK(guarded.text.size() < 200'000);
  CHECK(guarded.damage.empty());
  CHECK(read_mime(mail, {}).parts[2].text == "Action: failed");
}

}  // namespace
}  // namespace bounced
