// Runs one whole pass of an ImapMailbox against each transcript of transcripts/*.imap. A file starts with
// lines of what it shows and what must come out; imap_script.hpp has the rest of the format.
//
//   settings: after_read = flag          also: disable, batch_mails, batch_bytes, message_bytes
//   start: 7 2                           the cursor that open() gets: UIDVALIDITY and UID
//   dispose: 2 unrecognised              how the test settles mail 2; the others count as processed
//   result: 69 | some words | more       exit code and words of the error (message and hint); 0 when left out
//   mails: 1 2! 3                        UIDs handed out, in order; "!" = oversized
//   notes: words                         in a note for the operator
//   cursor: 7 3                          cursor() at the end
//   include: open-move.part              another file, in place of this line
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "daemon/imap/mailbox.hpp"
#include "tests/support/imap_script.hpp"

using namespace bounced;
using namespace bounced::test;
namespace fs = std::filesystem;

namespace {

const fs::path directory = "tests/daemon/transcripts";

std::string read_with_includes(const fs::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path.string());
  std::string text;
  for (std::string line; std::getline(file, line);) {
    text += line.starts_with("include: ") ? read_with_includes(directory / line.substr(9)) : line + "\n";
  }
  return text;
}

std::vector<std::string> split(const std::string& text, const std::string& by) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (auto end = text.find(by); end != std::string::npos; end = text.find(by, begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + by.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

struct Transcript {
  std::string text;
  MailboxSettings settings;
  ReadLimits limits;
  MailboxCursor start, end;
  std::map<std::uint32_t, Disposal> disposals;
  int exit = 0;
  std::vector<std::string> error_words, note_words;
  std::string mails;
};

MailboxCursor read_cursor(const std::string& text) {
  MailboxCursor cursor;
  std::istringstream(text) >> cursor.uid_validity >> cursor.last_uid;
  return cursor;
}

void read_setting(Transcript& transcript, const std::string& text) {
  const auto parts = split(text, " = ");
  REQUIRE(parts.size() == 2);
  const std::map<std::string, AfterRead> ways{{"move", AfterRead::move},
                                              {"flag", AfterRead::flag},
                                              {"leave", AfterRead::leave},
                                              {"remove", AfterRead::remove}};
  if (parts[0] == "after_read") {
    transcript.settings.after_read = ways.at(parts[1]);
  } else if (parts[0] == "disable") {
    transcript.settings.disable.push_back(parts[1]);
  } else if (parts[0] == "batch_mails") {
    transcript.settings.batch_mails = std::stoi(parts[1]);
  } else if (parts[0] == "batch_bytes") {
    transcript.settings.batch_bytes = std::stoul(parts[1]);
  } else if (parts[0] == "message_bytes") {
    transcript.limits.message_bytes = std::stoul(parts[1]);
  } else {
    FAIL("unknown setting " << parts[0]);
  }
}

Transcript read_transcript(const fs::path& path) {
  Transcript transcript;
  transcript.text = read_with_includes(path);
  transcript.settings.name = "returns";
  transcript.settings.user = "bounces@example.org";
  transcript.settings.password.inline_value = "secret";
  for (const auto& line : split(transcript.text, "\n")) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || line.starts_with("C:") || line.starts_with("S:")) continue;
    const auto key = line.substr(0, colon);
    const auto value = colon + 2 <= line.size() ? line.substr(colon + 2) : std::string();
    if (key == "settings") read_setting(transcript, value);
    if (key == "start") transcript.start = read_cursor(value);
    if (key == "cursor") transcript.end = read_cursor(value);
    if (key == "mails") transcript.mails = value;
    if (key == "notes") transcript.note_words = split(value, " | ");
    if (key == "dispose") {
      const auto parts = split(value, " ");
      transcript.disposals[static_cast<std::uint32_t>(std::stoul(parts.at(0)))] =
          parts.at(1) == "quarantined" ? Disposal::quarantined : Disposal::unrecognised;
    }
    if (key == "result") {
      transcript.error_words = split(value, " | ");
      transcript.exit = std::stoi(transcript.error_words.at(0));
      transcript.error_words.erase(transcript.error_words.begin());
    }
  }
  return transcript;
}

struct Outcome {
  int exit = 0;
  std::string error;
  std::string mails;
  std::string notes;
  MailboxCursor cursor;
  bool contents_right = true;
};

/// The mails that the script's @mail N@ makes: what came must be that, whole.
bool looks_whole(const FetchedMail& mail) {
  if (mail.oversized) return mail.bytes.empty();
  return !mail.bytes.starts_with("Subject: a mail") ||
         mail.bytes.find_first_not_of('m', 19) == std::string::npos;
}

Result<void> pass(Mailbox& mailbox, const Transcript& transcript, Outcome& outcome) {
  auto state = mailbox.open(transcript.start);
  if (!state) return fail(state.error());
  for (const auto& note : state->notes) outcome.notes += note + "\n";
  for (;;) {
    auto batch = mailbox.next_batch();
    if (!batch) return fail(batch.error());
    if (batch->empty()) return {};
    std::vector<Settlement> settlements;
    for (const auto& mail : *batch) {
      outcome.mails +=
          (outcome.mails.empty() ? "" : " ") + std::to_string(mail.uid) + (mail.oversized ? "!" : "");
      outcome.contents_right =
          outcome.contents_right && looks_whole(mail) && mail.name == "returns:" + std::to_string(mail.uid);
      const auto disposal = transcript.disposals.find(mail.uid);
      settlements.push_back(
          {mail.uid, mail.name,
           disposal == transcript.disposals.end() ? Disposal::processed : disposal->second});
    }
    auto settled = mailbox.settle(settlements);
    if (!settled) return settled;
  }
}

Outcome run(const Transcript& transcript, ScriptLog& log, std::size_t piece_bytes) {
  Outcome outcome;
  MailboxUrl url;
  url.host = "mail.example.org";
  url.port = 993;
  url.folder = "INBOX";
  const auto connector = [&](const imap::ConnectOptions&) {
    return Result<std::unique_ptr<imap::Stream>>(
        std::make_unique<ScriptedStream>(read_script(transcript.text), log, piece_bytes));
  };
  imap::ImapMailbox mailbox(transcript.settings, transcript.limits, url, {}, connector);
  auto passed = pass(mailbox, transcript, outcome);
  for (const auto& note : mailbox.take_notes()) outcome.notes += note + "\n";
  auto closed = mailbox.close();
  if (passed && !closed) passed = closed;
  if (!passed) {
    outcome.exit = static_cast<int>(passed.error().exit);
    outcome.error = passed.error().message + "\n" + passed.error().hint;
  }
  outcome.cursor = mailbox.cursor();
  return outcome;
}

void check(const fs::path& path, std::size_t piece_bytes) {
  const auto name = path.filename().string();
  CAPTURE(name);
  CAPTURE(piece_bytes);
  const auto transcript = read_transcript(path);
  ScriptLog log;
  const auto outcome = run(transcript, log, piece_bytes);
  CAPTURE(outcome.error);
  CAPTURE(outcome.notes);
  for (const auto& surprise : log.surprises) FAIL_CHECK(surprise);
  CHECK(log.finished);
  CHECK(outcome.exit == transcript.exit);
  CHECK(outcome.mails == transcript.mails);
  CHECK(outcome.contents_right);
  CHECK(outcome.cursor.uid_validity == transcript.end.uid_validity);
  CHECK(outcome.cursor.last_uid == transcript.end.last_uid);
  for (const auto& words : transcript.error_words)
    CHECK_MESSAGE(outcome.error.find(words) != std::string::npos, words);
  for (const auto& words : transcript.note_words)
    CHECK_MESSAGE(outcome.notes.find(words) != std::string::npos, words);
  if (transcript.note_words.empty()) CHECK(outcome.notes.empty());
  if (outcome.exit != 0) CHECK(outcome.error.starts_with("mailbox returns: mail.example.org:993: "));
  CHECK(outcome.error.find("secret") == std::string::npos);
}

}  // namespace

TEST_CASE("every transcript, whole and in small pieces") {
  int played = 0;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ".imap") continue;
    check(entry.path(), 65536);
    // The endless ones take long in small pieces, and show nothing more.
    if (!entry.path().stem().string().starts_with("endless")) check(entry.path(), 7);
    ++played;
  }
  CHECK(played >= 40);
}
