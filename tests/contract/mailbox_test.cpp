// What every kind of mailbox promises (daemon/mailbox.hpp).
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/contract/mailbox_world.hpp"

using namespace bounced;
using namespace bounced::test;
using namespace std::string_literals;

namespace {

std::string mail(int number, std::size_t bytes = 0) {
  auto text = "Subject: mail " + std::to_string(1000 + number) + "\r\n\r\n";
  if (bytes > text.size() + 2) text.append(bytes - text.size() - 2, 'x');
  return text + "\r\n";
}

std::vector<std::string> some_mails(int count, std::size_t bytes = 0) {
  std::vector<std::string> mails;
  for (int i = 0; i < count; ++i) mails.push_back(mail(i, bytes));
  return mails;
}

std::unique_ptr<Mailbox> made(const MailboxSettings& settings, const ReadLimits& limits = {}) {
  auto mailbox = make_mailbox(settings, limits);
  REQUIRE_MESSAGE(mailbox.has_value(), (mailbox ? "" : mailbox.error().message));
  return std::move(*mailbox);
}

using Decide = std::function<Disposal(const FetchedMail&)>;

Disposal all_processed(const FetchedMail&) { return Disposal::processed; }

/// A whole pass; returns what was handed out. With a null `decide` nothing is settled.
std::vector<FetchedMail> pass(const MailboxSettings& settings, const Decide& decide,
                              const ReadLimits& limits = {}, MailboxCursor* cursor = nullptr) {
  auto mailbox = made(settings, limits);
  auto state = mailbox->open(cursor != nullptr ? *cursor : MailboxCursor{});
  REQUIRE_MESSAGE(state.has_value(), (state ? "" : state.error().message));
  std::vector<FetchedMail> all;
  for (;;) {
    auto batch = mailbox->next_batch();
    REQUIRE_MESSAGE(batch.has_value(), (batch ? "" : batch.error().message));
    if (batch->empty()) break;
    CHECK(batch->size() <= static_cast<std::size_t>(settings.batch_mails));
    std::size_t bytes = 0;
    std::vector<Settlement> settlements;
    for (auto& one : *batch) {
      bytes += one.bytes.size();
      if (decide) settlements.push_back({one.uid, one.name, decide(one)});
    }
    CHECK((bytes <= settings.batch_bytes || batch->size() == 1));
    if (decide) {
      auto settled = mailbox->settle(settlements);
      REQUIRE_MESSAGE(settled.has_value(), (settled ? "" : settled.error().message));
    }
    for (auto& one : *batch) all.push_back(std::move(one));
  }
  CHECK(mailbox->take_notes().empty());
  if (cursor != nullptr) *cursor = mailbox->cursor();
  auto closed = mailbox->close();
  CHECK_MESSAGE(closed.has_value(), (closed ? "" : closed.error().message));
  return all;
}

std::vector<std::string> bytes_of(const std::vector<FetchedMail>& mails) {
  std::vector<std::string> all;
  for (const auto& one : mails) all.push_back(one.bytes);
  return all;
}

std::vector<std::string> bytes_of(const std::vector<Seen>& mails) {
  std::vector<std::string> all;
  for (const auto& one : mails) all.push_back(one.bytes);
  return all;
}

/// Runs the body over every kind, with its name in the failure text.
void over_all_kinds(const std::function<void(const MailboxKind&, MailboxWorld&)>& body) {
  int ran = 0;
  for (const auto& kind : mailbox_kinds()) {
    CAPTURE(kind.name);
    const auto world = kind.make();
    body(kind, *world);
    ++ran;
  }
  CHECK(ran == 4);
}

}  // namespace

TEST_CASE("an empty mailbox has no mails") {
  over_all_kinds(
      [](const MailboxKind&, MailboxWorld& world) { CHECK(pass(world.settings(), all_processed).empty()); });
}

TEST_CASE("every mail is handed out once, in order, byte for byte, in batches within their bounds") {
  over_all_kinds([](const MailboxKind&, MailboxWorld& world) {
    auto settings = world.settings();
    settings.batch_mails = 7;
    settings.batch_bytes = 64U * 1024;
    auto mails = some_mails(40);
    mails[3] = mail(3, 60'000);
    mails[4] = mail(4, 60'000);
    mails[5] = mail(5, 100'000);  // larger than a batch
    mails[20] = "Subject: 8 bit \xE9\xFF\x01\r\n\r\n" + std::string(3000, '\xFE') + "\r\n";
    mails[21] = "Subject: forged\r\n\r\nB7 OK done\r\n* BYE\r\n)\r\n{100}\r\n\r\n";
    mails[22] = "\r\n";
    world.put(mails);
    const auto seen = pass(settings, all_processed);
    CHECK(bytes_of(seen) == mails);
    for (const auto& one : seen) {
      CHECK_FALSE(one.oversized);
      CHECK_FALSE(one.name.empty());
    }
  });
}

TEST_CASE("reading alone changes nothing") {
  over_all_kinds([](const MailboxKind&, MailboxWorld& world) {
    const auto settings = world.settings();
    world.put(some_mails(5));
    const auto before = world.at(Place::source);
    REQUIRE(before.size() == 5);
    CHECK(pass(settings, nullptr).size() == 5);
    CHECK(world.at(Place::source) == before);
    CHECK(pass(settings, nullptr).size() == 5);  // not settled: seen again
  });
}

TEST_CASE("settled mails leave, each to its place, and are not seen again") {
  over_all_kinds([](const MailboxKind& kind, MailboxWorld& world) {
    const auto settings = world.settings();
    world.put(some_mails(6));
    const auto by_number = [](const FetchedMail& one) {
      const char last = one.bytes.at(one.bytes.find("\r\n") - 1);
      return last == '1' ? Disposal::unrecognised : last == '2' ? Disposal::quarantined : Disposal::processed;
    };
    CHECK(pass(settings, by_number).size() == 6);
    if (!kind.moves) {
      CHECK(world.at(Place::source).size() == 6);
      if (kind.flags) CHECK(pass(settings, by_number).empty());
      return;
    }
    CHECK(world.at(Place::source).empty());
    CHECK(bytes_of(world.at(Place::processed)) == std::vector{mail(0), mail(3), mail(4), mail(5)});
    CHECK(bytes_of(world.at(Place::unrecognised)) == std::vector{mail(1)});
    CHECK(bytes_of(world.at(Place::quarantined)) == std::vector{mail(2)});
    CHECK(pass(settings, by_number).empty());
    // The folders are there now; the same name may come again.
    world.put({mail(9)});
    CHECK(bytes_of(pass(settings, by_number)) == std::vector{mail(9)});
    CHECK(world.at(Place::processed).size() == 5);
  });
}

TEST_CASE("many small passes: what one leaves unsettled the next one sees") {
  over_all_kinds([](const MailboxKind& kind, MailboxWorld& world) {
    if (!kind.moves) return;
    auto settings = world.settings();
    settings.batch_mails = 2;
    world.put(some_mails(9));
    std::vector<std::string> settled;
    for (int round = 0; round < 5; ++round) {
      auto mailbox = made(settings);
      REQUIRE(mailbox->open({}).has_value());
      auto batch = mailbox->next_batch();
      REQUIRE(batch.has_value());
      std::vector<Settlement> settlements;
      for (const auto& one : *batch) {
        settlements.push_back({one.uid, one.name, Disposal::processed});
        settled.push_back(one.bytes);
      }
      REQUIRE(mailbox->settle(settlements).has_value());
      REQUIRE(mailbox->close().has_value());  // close settles what is outstanding
    }
    CHECK(settled == some_mails(9));
    CHECK(world.at(Place::source).empty());
    CHECK(world.at(Place::processed).size() == 9);
  });
}

TEST_CASE("after_read = leave changes nothing") {
  over_all_kinds([](const MailboxKind&, MailboxWorld& world) {
    auto settings = world.settings();
    settings.after_read = AfterRead::leave;
    world.put(some_mails(5));
    const auto before = world.at(Place::source);
    MailboxCursor cursor;
    CHECK(pass(settings, all_processed, {}, &cursor).size() == 5);
    CHECK(world.at(Place::source) == before);
    CHECK(world.at(Place::processed).empty());
    // Where there are UIDs, the cursor keeps them from being read again; files are known by their content.
    world.put({mail(8)});
    const auto again = pass(settings, all_processed, {}, &cursor);
    CHECK(again.size() == (cursor.uid_validity != 0 ? 1 : 6));
  });
}

TEST_CASE("after_read = flag marks mails, which are not read again, or is refused") {
  over_all_kinds([](const MailboxKind& kind, MailboxWorld& world) {
    auto settings = world.settings();
    settings.after_read = AfterRead::flag;
    world.put(some_mails(3));
    if (!kind.flags) {
      const auto opened = made(settings)->open({});
      REQUIRE_FALSE(opened.has_value());
      CHECK(opened.error().exit == Exit::config);
      CHECK(opened.error().hint.find("after_read") != std::string::npos);
      CHECK(world.at(Place::source).size() == 3);
      return;
    }
    const auto by_number = [](const FetchedMail& one) {
      const char last = one.bytes.at(one.bytes.find("\r\n") - 1);
      return last == '1' ? Disposal::unrecognised : last == '2' ? Disposal::quarantined : Disposal::processed;
    };
    CHECK(pass(settings, by_number).size() == 3);
    CHECK(world.at(Place::source) ==
          std::vector<Seen>{{mail(0), "seen done"}, {mail(1), "done"}, {mail(2), "flagged done"}});
    CHECK(pass(settings, by_number).empty());
    world.put({mail(7)});
    CHECK(bytes_of(pass(settings, by_number)) == std::vector{mail(7)});
  });
}

TEST_CASE("after_read = remove removes processed mails and keeps the others, or is refused") {
  over_all_kinds([](const MailboxKind& kind, MailboxWorld& world) {
    auto settings = world.settings();
    settings.after_read = AfterRead::remove;
    world.put(some_mails(3));
    if (kind.name == "mbox") {
      const auto opened = made(settings)->open({});
      REQUIRE_FALSE(opened.has_value());
      CHECK(opened.error().exit == Exit::config);
      return;
    }
    CHECK(pass(settings, [](const FetchedMail& one) {
            return one.bytes == mail(1) ? Disposal::unrecognised : Disposal::processed;
          }).size() == 3);
    if (!kind.removes) {
      CHECK(world.at(Place::source).size() == 3);  // only flagged: a plain EXPUNGE is never sent
      CHECK(world.at(Place::source)[0].marks == "seen done");
      return;
    }
    CHECK(world.at(Place::source).empty());
    CHECK(world.at(Place::processed).empty());
    CHECK(bytes_of(world.at(Place::unrecognised)) == std::vector{mail(1)});
  });
}

TEST_CASE("a mail above the limit is handed out without its bytes, and can be settled") {
  over_all_kinds([](const MailboxKind& kind, MailboxWorld& world) {
    const auto settings = world.settings();
    ReadLimits limits;
    limits.message_bytes = 2000;
    const std::vector<std::string> mails{mail(0, 1000), mail(1, 2000), mail(2, 2001), mail(3, 500'000),
                                         mail(4)};
    world.put(mails);
    const auto seen = pass(
        settings,
        [](const FetchedMail& one) { return one.oversized ? Disposal::quarantined : Disposal::processed; },
        limits);
    REQUIRE(seen.size() == 5);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      CHECK(seen[i].oversized == (mails[i].size() > 2000));
      CHECK(seen[i].bytes == (seen[i].oversized ? ""s : mails[i]));
      CHECK(seen[i].size_bytes == mails[i].size());
    }
    if (kind.moves) CHECK(bytes_of(world.at(Place::quarantined)) == std::vector{mails[2], mails[3]});
  });
}

TEST_CASE("mails that another program takes away are passed over") {
  over_all_kinds([](const MailboxKind& kind, MailboxWorld& world) {
    if (kind.name == "mbox") return;
    auto settings = world.settings();
    settings.batch_mails = 2;
    world.put(some_mails(6));
    auto mailbox = made(settings);
    REQUIRE(mailbox->open({}).has_value());
    auto first = mailbox->next_batch();
    REQUIRE(first.has_value());
    REQUIRE(first->size() == 2);
    world.take_away(mail(1));  // handed out, not yet settled
    world.take_away(mail(5));  // not yet handed out
    std::vector<std::string> seen = bytes_of(*first);
    for (auto batch = std::move(first); !batch->empty(); batch = mailbox->next_batch()) {
      std::vector<Settlement> settlements;
      for (const auto& one : *batch) settlements.push_back({one.uid, one.name, Disposal::processed});
      REQUIRE(mailbox->settle(settlements).has_value());
      for (const auto& one : *batch) {
        if (std::find(seen.begin(), seen.end(), one.bytes) == seen.end()) seen.push_back(one.bytes);
      }
    }
    REQUIRE(mailbox->close().has_value());
    CHECK(seen == some_mails(5));
    if (kind.moves) CHECK(world.at(Place::source).empty());
  });
}

TEST_CASE("settling twice, and closing twice, do no harm") {
  over_all_kinds([](const MailboxKind& kind, MailboxWorld& world) {
    const auto settings = world.settings();
    world.put(some_mails(2));
    auto mailbox = made(settings);
    REQUIRE(mailbox->open({}).has_value());
    auto batch = mailbox->next_batch();
    REQUIRE(batch.has_value());
    std::vector<Settlement> settlements;
    for (const auto& one : *batch) settlements.push_back({one.uid, one.name, Disposal::processed});
    REQUIRE(mailbox->settle(settlements).has_value());
    REQUIRE(mailbox->settle(settlements).has_value());
    REQUIRE(mailbox->settle({}).has_value());
    REQUIRE(mailbox->close().has_value());
    CHECK(mailbox->close().has_value());
    if (kind.moves) CHECK(world.at(Place::processed).size() == 2);
  });
}

TEST_CASE("a mailbox can be opened again") {
  over_all_kinds([](const MailboxKind&, MailboxWorld& world) {
    const auto settings = world.settings();
    world.put(some_mails(3));
    auto mailbox = made(settings);
    for (int round = 0; round < 3; ++round) {
      REQUIRE(mailbox->open({}).has_value());
      CHECK(bytes_of(*mailbox->next_batch()) == some_mails(3));
      if (round != 1) REQUIRE(mailbox->close().has_value());
    }
  });
}

TEST_CASE("a missing mailbox is an error that names it") {
  over_all_kinds([](const MailboxKind& kind, MailboxWorld& world) {
    auto settings = world.settings();
    settings.url += kind.name == "imap" ? "/nowhere" : "-nowhere";
    const auto opened = made(settings)->open({});
    REQUIRE_FALSE(opened.has_value());
    const auto& error = opened.error();
    CHECK(error.exit == (kind.name == "imap" ? Exit::config : Exit::no_input));
    CHECK(error.message.starts_with("mailbox " + settings.name + ": "));
    CHECK(error.message.find("nowhere") != std::string::npos);
    CHECK(error.hint.find("url") != std::string::npos);
  });
}

TEST_CASE("a url of no known kind is an error in the settings") {
  MailboxSettings settings;
  settings.name = "returns";
  for (const auto* url :
       {"", "pop3://mail.example.org/", "imaps:", "imaps:///INBOX", "http://x/", "/var/mail/x"}) {
    CAPTURE(url);
    settings.url = url;
    const auto mailbox = make_mailbox(settings, {});
    REQUIRE_FALSE(mailbox.has_value());
    CHECK(mailbox.error().exit == Exit::config);
    CHECK(mailbox.error().message.starts_with("mailbox returns: "));
  }
}
