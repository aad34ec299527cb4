#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "daemon/imap/response.hpp"

using namespace bounced;
using namespace bounced::imap;
using namespace std::string_literals;

namespace {

/// Every response of `bytes`, fed in pieces of `piece` bytes. An error ends it.
struct Read {
  std::vector<Response> responses;
  std::string error;
  bool at_rest = false;
};

Read read_all(std::string_view bytes, std::size_t piece, ResponseLimits limits = {}) {
  Read read;
  ResponseReader reader(limits);
  while (!bytes.empty()) {
    auto input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    for (;;) {
      auto response = reader.next(input);
      if (!response) {
        read.error = response.error().message;
        return read;
      }
      if (!*response) break;
      read.responses.push_back(std::move(**response));
    }
  }
  read.at_rest = reader.at_rest();
  return read;
}

std::string words(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& word : list) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// A response in one line, for tables.
struct Describe {
  std::string operator()(const Other& r) const { return (r.damaged ? "damaged " : "other ") + r.word; }
  std::string operator()(const Tagged& r) const { return "tagged " + r.tag + " | " + (*this)(r.status); }
  std::string operator()(const Status& r) const {
    static constexpr const char* names[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
    return std::string(names[static_cast<int>(r.word)]) + " | " + r.code + " | " + r.arguments + " | " +
           r.text;
  }
  std::string operator()(const Continuation& r) const { return "continue " + r.text; }
  std::string operator()(const Capabilities& r) const { return "capabilities " + words(r.words); }
  std::string operator()(const Flags& r) const { return "flags " + words(r.words); }
  std::string operator()(const ListEntry& r) const {
    return "list " + words(r.attributes) + " | " +
           (r.delimiter == '\0' ? "none" : std::string(1, r.delimiter)) + " | " + r.name;
  }
  std::string operator()(const Namespaces& r) const {
    std::string text = "namespaces";
    for (const auto& n : r.all) {
      text += " | " + n.prefix + " " + (n.delimiter == '\0' ? "none" : std::string(1, n.delimiter)) +
              (n.personal ? " own" : "");
    }
    return text;
  }
  std::string operator()(const SearchResult& r) const { return "search " + r.tag + "|" + r.uids.text(); }
  std::string operator()(const FetchData& r) const {
    std::string text = "fetch " + std::to_string(r.sequence_number) + " uid " + std::to_string(r.uid);
    if (r.size) text += " size " + std::to_string(*r.size);
    if (r.internal_date) text += " date " + std::to_string(*r.internal_date);
    if (r.flags) text += " flags (" + words(*r.flags) + ")";
    if (r.body) text += " body <" + *r.body + ">";
    if (r.body_told && !r.body)
      text += r.body_dropped ? " dropped " + std::to_string(r.body_size) : " no body";
    return text;
  }
  std::string operator()(const Exists& r) const { return "exists " + std::to_string(r.mails); }
  std::string operator()(const Expunged& r) const { return "expunged " + std::to_string(r.sequence_number); }
  std::string operator()(const Vanished& r) const { return "vanished " + r.uids.text(); }
};

std::string description(const Read& read) {
  std::string text;
  for (const auto& response : read.responses)
    text += (text.empty() ? "" : "\n") + std::visit(Describe{}, response);
  if (!read.error.empty()) text += (text.empty() ? "" : "\n") + ("error: " + read.error);
  return text;
}

struct Row {
  std::string bytes;
  std::string expected;
};

const std::vector<Row> rows{
    // status
    {"* OK ready\r\n", "OK |  |  | ready"},
    {"* ok [UIDVALIDITY 3857529045] UIDs valid\r\n", "OK | UIDVALIDITY | 3857529045 | UIDs valid"},
    {"* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited\r\n",
     "OK | PERMANENTFLAGS | (\\Deleted \\Seen \\*) | Limited"},
    {"* BYE [UNAVAILABLE] shutting down\r\n", "BYE | UNAVAILABLE |  | shutting down"},
    {"* PREAUTH hello\r\n", "PREAUTH |  |  | hello"},
    {"* OK\r\n", "OK |  |  | "},
    {"* NO [REFERRAL \"imap://x/]\"] elsewhere\r\n", "NO | REFERRAL | \"imap://x/]\" | elsewhere"},
    {"* OK [HALF a code\r\n", "OK |  |  | [HALF a code"},
    {"B7 NO [trycreate] no such folder\r\n", "tagged B7 | NO | TRYCREATE |  | no such folder"},
    {"B7 OK [COPYUID 38505 304,319:320 3956:3958] Done\r\n",
     "tagged B7 | OK | COPYUID | 38505 304,319:320 3956:3958 | Done"},
    {"B7 BAD\r\n", "tagged B7 | BAD |  |  | "},
    {"+ go ahead\r\n", "continue go ahead"},
    {"+\r\n", "continue "},
    // a number in braces is a literal only where a literal can be
    {"* OK disk at {5}\r\n* 1 EXISTS\r\n", "OK |  |  | disk at {5}\nexists 1"},
    {"B1 NO we said {3}\r\nB2 OK\r\n", "tagged B1 | NO |  |  | we said {3}\ntagged B2 | OK |  |  | "},
    {"* LIST () \"/\" \"strange{5}\"\r\n* 2 EXISTS\r\n", "list  | / | strange{5}\nexists 2"},
    {"* LIST () \"/\" \"open{5}\r\n* 2 EXISTS\r\n", "list  | / | open{5}\nexists 2"},
    // data
    {"* CAPABILITY imap4rev1 Move UIDPLUS AUTH=PLAIN\r\n", "capabilities IMAP4REV1 MOVE UIDPLUS AUTH=PLAIN"},
    {"* FLAGS (\\Seen $Done)\r\n", "flags \\Seen $Done"},
    {"* LIST (\\HasNoChildren) \".\" INBOX\r\n", "list \\HasNoChildren | . | INBOX"},
    {"* LIST (\\Noselect) NIL \"\"\r\n", "list \\Noselect | none | "},
    {"* LIST () \"\\\\\" \"a\\\"b\\\\c\"\r\n", "list  | \\ | a\"b\\c"},
    {"* LIST () \"/\" {7}\r\nfoo bar\r\n", "list  | / | foo bar"},
    {"* XLIST () \"/\" x\r\n", "list  | / | x"},
    {"* NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"shared/\" \"/\" \"X-PARAM\" (\"a\" \"b\"))(\"#news\" "
     "NIL))\r\n",
     "namespaces | INBOX. . own | shared/ / | #news none"},
    {"* SEARCH 2 84 882 3 4\r\n", "search |2:4,84,882"},
    {"* SEARCH\r\n", "search |"},
    {"* SEARCH 1 2 (MODSEQ 917162500)\r\n", "search |1:2"},
    {"* ESEARCH (TAG \"B2\") UID ALL 1:5,9\r\n", "search B2|1:5,9"},
    {"* ESEARCH (TAG \"B2\") UID\r\n", "search B2|"},
    {"* ESEARCH UID COUNT 6 MIN 1 ALL 9,1\r\n", "search |1,9"},
    {"* 172 EXISTS\r\n", "exists 172"},
    {"* 1 recent\r\n", "other RECENT"},
    {"* 44 EXPUNGE\r\n", "expunged 44"},
    {"* VANISHED (EARLIER) 41,43:116\r\n", "vanished 41,43:116"},
    {"* VANISHED 1\r\n", "vanished 1"},
    {"* ENABLED QRESYNC\r\n", "other ENABLED"},
    {"* STATUS INBOX (MESSAGES 231)\r\n", "other STATUS"},
    // FETCH
    {"* 12 FETCH (FLAGS (\\Seen) UID 4827 RFC822.SIZE 44827 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n",
     "fetch 12 uid 4827 size 44827 date 837596665 flags (\\Seen)"},
    {"* 1 FETCH (UID 1 BODY[] {5}\r\nA1 OK)\r\n", "fetch 1 uid 1 body <A1 OK>"},
    {"* 1 FETCH (BODY[] {0}\r\n UID 9)\r\n", "fetch 1 uid 9 body <>"},
    {"* 1 FETCH (UID 2 BODY[] ~{4}\r\n\0\r\n\0)\r\n"s, "fetch 1 uid 2 body <\0\r\n\0>"s},
    {"* 1 FETCH (UID 2 BODY[] {4+}\r\nabcd)\r\n", "fetch 1 uid 2 body <abcd>"},
    {"* 1 FETCH (UID 2 BODY[]<0> \"quoted \\\"mail\\\"\")\r\n", "fetch 1 uid 2 body <quoted \"mail\">"},
    {"* 1 FETCH (UID 2 BODY[] NIL)\r\n", "fetch 1 uid 2 no body"},
    {"* 1 FETCH (UID 2 RFC822 {3}\r\nabc)\r\n", "fetch 1 uid 2 body <abc>"},
    {"* 1 FETCH (UID 2 BODY[HEADER.FIELDS (To \"Cc\")] {3}\r\nabc FLAGS ())\r\n",
     "fetch 1 uid 2 flags () body <abc>"},
    {"* 1 FETCH (BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" NIL) \"MIXED\") ENVELOPE ({3}\r\na)( (NIL)) UID 3 BODY "
     "(\"TEXT\" \"X\"))\r\n",
     "fetch 1 uid 3"},
    {"* 1 FETCH (MODSEQ (65402) UID 3)\r\n", "fetch 1 uid 3"},
    {"* 1 FETCH (UID 3 BODY[] {2}\r\na)\n* 1 EXISTS\r\n", "damaged FETCH\nexists 1"},
    // line ends and odd ends
    {"* X ((ad\r{0}\r\n\n* 1 EXISTS\r\n", "other X\nexists 1"},
    {"* 1 EXISTS\n* 2 EXISTS\r\n", "exists 1\nexists 2"},
    {"\r\n* 1 EXISTS\r\n", "other \nexists 1"},
    // damage is told, and the next response is read
    {"* 1 FETCH UID 3\r\n* 1 EXISTS\r\n", "damaged FETCH\nexists 1"},
    {"* 1 FETCH (UID 0)\r\n", "damaged FETCH"},
    {"* 1 FETCH (UID 4294967296)\r\n", "damaged FETCH"},
    {"* 1 FETCH (UID 3 RFC822.SIZE 18446744073709551616)\r\n", "damaged FETCH"},
    {"* 1 FETCH ((((((((((\r\n", "damaged FETCH"},
    {"* 1 FETCH (UID 3))))))\r\n", "fetch 1 uid 3"},
    {"* 4294967296 EXISTS\r\n", "damaged EXISTS"},
    {"* SEARCH 1 x 3\r\n", "damaged SEARCH"},
    {"* SEARCH 0\r\n", "damaged SEARCH"},
    {"* ESEARCH (TAG \"A\") UID ALL 1:*\r\n", "damaged ESEARCH"},
    {"* LIST (\\Noselect \"/\" x\r\n", "damaged LIST"},
    {"* LIST () \"//\" x\r\n", "damaged LIST"},
    {"* NAMESPACE ((\"\" \r\n", "damaged NAMESPACE"},
    {"* VANISHED *\r\n", "damaged VANISHED"},
    {"HTTP/1.1 400 Bad Request\r\n", "damaged "},
    {"220 smtp ready\r\n", "damaged "},
    {"\0\0\0\r\n"s, "damaged "},
    {"* \0 EXISTS\r\n"s, "other \0"s},
    {"*\r\n", "other "},
};

}  // namespace

TEST_CASE("responses are read as the RFCs write them, whatever pieces they come in") {
  int checked = 0;
  for (const auto& row : rows) {
    CAPTURE(row.bytes);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, row.bytes.size()}) {
      CAPTURE(piece);
      const auto read = read_all(row.bytes, piece);
      CHECK(description(read) == row.expected);
      CHECK(read.at_rest);
      ++checked;
    }
  }
  CHECK(checked == static_cast<int>(rows.size() * 4));
}

TEST_CASE("half a response is waited for") {
  for (const auto* half : {"* 1 FET", "* 1 FETCH (UID 1 BODY[] {5}\r\n", "* 1 FETCH (UID 1 BODY[] {5}\r\nabc",
                           "* 1 FETCH (UID 1 BODY[] {5}\r\nabcde", "* 1 EXISTS\r\n*"}) {
    CAPTURE(half);
    const auto read = read_all(half, 3);
    CHECK(read.error.empty());
    CHECK_FALSE(read.at_rest);
  }
}

TEST_CASE("limits of a response") {
  ResponseLimits limits;
  limits.text_bytes = 100;
  limits.literal_bytes = 20;
  limits.refused_literal_bytes = 1000;
  limits.literals = 3;
  const std::vector<Row> cases{
      // a literal above the limit is read past, and the next response is understood
      {"* 1 FETCH (UID 1 BODY[] {21}\r\n123456789012345678901)\r\n* 1 EXISTS\r\n",
       "fetch 1 uid 1 dropped 21\nexists 1"},
      {"* 1 FETCH (UID 1 BODY[] {20}\r\n12345678901234567890)\r\n",
       "fetch 1 uid 1 body <12345678901234567890>"},
      // the limit is for all literals of a response
      {"* 1 FETCH (X {15}\r\n123456789012345 UID 1 BODY[] {15}\r\n123456789012345)\r\n",
       "fetch 1 uid 1 dropped 15"},
      {"* 1 FETCH (BODY[] {1001}\r\n", "error: a literal of an impossible size"},
      {"* 1 FETCH (BODY[] {99999999999999999999999}\r\n", "error: a literal of an impossible size"},
      {"* LIST " + std::string(100, 'x') + "\r\n", "error: a line of more than 100 bytes"},
      {"* LIST {1}\r\na {1}\r\nb {1}\r\nc {1}\r\nd\r\n", "error: a response with more than 3 literals"},
  };
  for (const auto& row : cases) {
    CAPTURE(row.bytes);
    for (const std::size_t piece : {std::size_t{1}, row.bytes.size()})
      CHECK(description(read_all(row.bytes, piece, limits)) == row.expected);
  }
}

TEST_CASE("a line of ten million bytes and one literal byte at a time take linear time") {
  ResponseLimits limits;
  limits.text_bytes = 20'000'000;
  std::string search = "* SEARCH";
  for (int uid = 1; search.size() < 10'000'000; uid += 2) search += " " + std::to_string(uid);
  const auto read = read_all(search + "\r\n", 4096, limits);
  REQUIRE(read.responses.size() == 1);
  CHECK(std::get<SearchResult>(read.responses[0]).uids.size() > 1'000'000);
  const std::string nested =
      "* 1 FETCH (X " + std::string(5'000'000, '(') + std::string(5'000'000, ')') + " UID 7)\r\n";
  const auto deep = read_all(nested, 65536, limits);
  REQUIRE(deep.responses.size() == 1);
  CHECK(std::get<FetchData>(deep.responses[0]).uid == 7);
  // Descending and doubled UIDs are sorted once, not one by one.
  std::string falling = "* SEARCH";
  for (int uid = 400'000; uid > 0; uid -= 2) falling += " " + std::to_string(uid);
  CHECK(std::get<SearchResult>(read_all(falling + "\r\n", 65536, limits).responses.at(0)).uids.size() ==
        200'000);
}

TEST_CASE("COPYUID") {
  const auto status = [](const std::string& arguments) {
    return Status{StatusWord::ok, "COPYUID", arguments, ""};
  };
  const auto copied = read_copy_uid(status("38505 304,319:320 3956:3958"));
  REQUIRE(copied);
  CHECK(copied->uid_validity == 38505);
  CHECK(copied->source.text() == "304,319:320");
  CHECK(copied->target.text() == "3956:3958");
  for (const auto* broken : {"", "1", "1 2", "x 1 2", "1 * 2", "1 2 ", "1 2 3 4"}) {
    CAPTURE(broken);
    CHECK_FALSE(read_copy_uid(status(broken)));
  }
  CHECK_FALSE(read_copy_uid(Status{StatusWord::ok, "UIDNEXT", "1 2 3", ""}));
}

TEST_CASE("INTERNALDATE") {
  struct DateRow {
    const char* text;
    std::optional<std::int64_t> seconds;
  };
  const std::vector<DateRow> dates{{"17-Jul-1996 02:44:25 -0700", 837596665},
                                   {" 1-Jan-1970 00:00:00 +0000", 0},
                                   {"01-jan-1970 01:00:00 +0100", 0},
                                   {"29-Feb-2024 23:59:60 +0000", 1709251200},
                                   {"31-Dec-1969 23:59:59 +0000", -1},
                                   {"29-Feb-2023 00:00:00 +0000", std::nullopt},
                                   {"00-Jan-2020 00:00:00 +0000", std::nullopt},
                                   {"01-Foo-2020 00:00:00 +0000", std::nullopt},
                                   {"01-Jan-2020 24:00:00 +0000", std::nullopt},
                                   {"01-Jan-2020 00:00:00 0000", std::nullopt},
                                   {"01-Jan-2020 00:00:00 *0000", std::nullopt},
                                   {"", std::nullopt},
                                   {"2020-01-01T00:00:00 +00000", std::nullopt}};
  for (const auto& row : dates) {
    CAPTURE(row.text);
    CHECK(read_internal_date(row.text) == row.seconds);
  }
}
