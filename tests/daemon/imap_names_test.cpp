// Sets of UIDs and names of folders.
#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "daemon/imap/folder_name.hpp"
#include "daemon/imap/uid_set.hpp"

using namespace bounced::imap;

TEST_CASE("a sequence-set is read in any order and written in the shortest form") {
  struct Row {
    const char* text;
    const char* expected;  ///< "" = refused
    std::uint64_t size;
  };
  const std::vector<Row> rows{{"1", "1", 1},
                              {"1:3", "1:3", 3},
                              {"3:1", "1:3", 3},
                              {"5,1,3", "1,3,5", 3},
                              {"1,2,3,5", "1:3,5", 4},
                              {"1:10,5:20,19", "1:20", 20},
                              {"4294967295", "4294967295", 1},
                              {"4294967294:4294967295,4294967295", "4294967294:4294967295", 2},
                              {"1:4294967295", "1:4294967295", 4294967295ULL},
                              {"", "", 0},
                              {"*", "", 0},
                              {"1:*", "", 0},
                              {"0", "", 0},
                              {"1,", "", 0},
                              {",1", "", 0},
                              {"1:2:3", "", 0},
                              {"4294967296", "", 0},
                              {"-1", "", 0},
                              {"1 2", "", 0}};
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto set = UidSet::parse(row.text);
    CHECK(set.has_value() == (row.size > 0));
    if (!set) continue;
    CHECK(set->text() == row.expected);
    CHECK(set->size() == row.size);
  }
}

TEST_CASE("a set of UIDs behaves like a set") {
  std::mt19937 engine(7);
  const auto random = [&engine] { return static_cast<Uid>(engine()); };
  for (int round = 0; round < 200; ++round) {
    UidSet set;
    std::set<Uid> model;
    for (int step = 0; step < 40; ++step) {
      const Uid first = random() % 60 + 1;
      const Uid last = first + random() % 4;
      set.add(UidRange{first, last});
      for (Uid uid = first; uid <= last; ++uid) model.insert(uid);
      if (random() % 4 == 0) {
        const auto count = random() % 5;
        const auto taken = set.take(count);
        for (std::uint64_t i = 0; i < count && !model.empty(); ++i) {
          CHECK(taken.contains(*model.begin()));
          model.erase(model.begin());
        }
      }
    }
    CAPTURE(set.text());
    CHECK(set.size() == model.size());
    for (Uid uid = 1; uid < 70; ++uid) CHECK(set.contains(uid) == model.contains(uid));
    for (std::size_t i = 1; i < set.ranges().size(); ++i)
      CHECK(set.ranges()[i - 1].last + 1 < set.ranges()[i].first);
  }
}

TEST_CASE("a long set is cut so that its text fits a command line") {
  UidSet set;
  for (Uid uid = 1; uid < 20'000; uid += 2) set.add(uid);
  const auto all = set.size();
  std::uint64_t taken = 0;
  while (!set.empty()) {
    const auto part = set.take_text(1000);
    CHECK(part.text().size() <= 1000);
    taken += part.size();
  }
  CHECK(taken == all);
  UidSet one(UidRange{1, 4294967295U});
  CHECK(one.take_text(3).text() == "1:4294967295");
  CHECK(one.empty());
}

TEST_CASE("adding one UID after the other stays cheap") {
  UidSet set;
  for (Uid uid = 1; uid <= 2'000'000; ++uid) set.add(uid);
  CHECK(set.ranges().size() == 1);
}

TEST_CASE("modified UTF-7") {
  struct Row {
    const char* utf8;
    const char* wire;
  };
  // The first is RFC 3501's own example.
  const std::vector<Row> rows{{"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
                              {"Entwürfe", "Entw&APw-rfe"},
                              {"A&B", "A&-B"},
                              {"&", "&-"},
                              {"Écoles", "&AMk-coles"},
                              {"😀", "&2D3eAA-"},
                              {"plain", "plain"},
                              {"é&", "&AOk-&-"},
                              {"", ""}};
  for (const auto& row : rows) {
    CAPTURE(row.utf8);
    CHECK(to_modified_utf7(row.utf8) == row.wire);
    CHECK(from_modified_utf7(row.wire) == row.utf8);
  }
  for (const auto* broken : {"&", "&AP", "&!-", "&2D0-", "&3gA-", "a&b", "Entw\xC3\xBCrfe", "&A-"}) {
    CAPTURE(broken);
    CHECK(from_modified_utf7(broken) == broken);
  }
  CHECK(to_modified_utf7("a\xFF") == "a&,,0-");       // no UTF-8: U+FFFD
  CHECK(to_modified_utf7("\xC0\x80") == "&,,3,,Q-");  // overlong
  CHECK(to_modified_utf7("a\r\nb").find('\n') == std::string::npos);
}

TEST_CASE("names of the settings on servers with other delimiters and prefixes") {
  struct Row {
    const char* name;
    std::vector<Namespace> namespaces;
    const char* wire;
  };
  const std::vector<Row> rows{
      {"bounced/processed", {{"", '/', true}}, "bounced/processed"},
      {"bounced/processed", {{"", '.', true}}, "bounced.processed"},
      {"bounced/processed", {{"INBOX.", '.', true}}, "INBOX.bounced.processed"},
      {"bounced/processed", {{"INBOX/", '/', true}}, "INBOX/bounced/processed"},
      {"INBOX/bounced", {{"INBOX.", '.', true}}, "INBOX.bounced"},
      {"INBOX.bounced", {{"INBOX.", '.', true}}, "INBOX.bounced"},
      {"bounced/processed", {{"", '\0', true}}, "bounced/processed"},
      {"bounced", {}, "bounced"},
      {"inbox", {{"INBOX.", '.', true}}, "INBOX"},
      {"Inbox", {{"", '/', true}}, "INBOX"},
      {"shared/returns", {{"INBOX.", '.', true}, {"shared.", '.', false}}, "shared.returns"},
      {"#news/x", {{"", '/', true}, {"#news.", '.', false}}, "#news.x"},
      {"Rückläufer/2024", {{"", '.', true}}, "R&APw-ckl&AOQ-ufer.2024"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(wire_folder_name(row.name, row.namespaces) == row.wire);
  }
}
