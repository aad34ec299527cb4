// Whole settings files: tests/config/settings/good/*.toml have no fault; in faulty/*.toml each fault is told
// behind the line that has it: `#! KEY: part of the message`, several of them one after the other, and
// `#!7 KEY: …` for a fault of line 7.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "config/settings.hpp"

namespace bounced {
namespace {

const std::filesystem::path folder = "tests/config/settings";

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file, path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Expected {
  int line = 0;
  std::string key;
  std::string part;
};

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::vector<Expected> expectations(const std::string& text) {
  std::vector<Expected> all;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    for (auto at = line.find("#!"); at != std::string::npos;) {
      const auto next = line.find("#!", at + 2);
      std::istringstream note(line.substr(at + 2, next == std::string::npos ? next : next - at - 2));
      Expected expected{number, {}, {}};
      if (note.peek() != ' ') note >> expected.line;
      std::string rest;
      std::getline(note, rest);
      rest = trimmed(rest);
      const auto colon = rest.find(": ");
      const auto key_end = colon == std::string::npos ? rest.size() : colon;
      expected.key = rest.starts_with(": ") ? "" : rest.substr(0, key_end);
      expected.part = rest.substr(std::min(key_end + 2, rest.size()));
      all.push_back(expected);
      at = next;
    }
  }
  return all;
}

bool fits(const SettingsFault& fault, const Expected& expected) {
  return fault.line == expected.line && fault.key == expected.key &&
         fault.what.find(expected.part) != std::string::npos;
}

std::vector<std::filesystem::path> files_in(const std::string& name) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder / name)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST_CASE("good settings files have no fault, and show reads back to the same") {
  int ran = 0;
  for (const auto& path : files_in("good")) {
    CAPTURE(path);
    const auto reading = read_settings(contents(path), path);
    for (const auto& fault : reading.faults) FAIL_CHECK(fault_line(fault, path));
    CHECK_FALSE(reading.failed());
    const auto shown = show_settings(reading.settings);
    const auto again = read_settings(shown, path);
    CAPTURE(shown);
    for (const auto& fault : again.faults) FAIL_CHECK(fault_line(fault, "shown"));
    CHECK(show_settings(again.settings) == shown);
    CHECK(again.settings.mailboxes == reading.settings.mailboxes);
    CHECK(again.settings.policy == reading.settings.policy);
    ++ran;
  }
  CHECK(ran >= 6);
}

TEST_CASE("a fault is told on one line, whatever text it quotes") {
  for (const std::string text : {"[log]\nlevel = in\nformat = \"text\"\n", "level = tru\n", "a = 1\x01\n",
                                 "\"a\\nb\" = 1\n\"a\\nb\" = 2\n"}) {
    CAPTURE(text);
    const auto reading = read_settings(text, "bad.toml");
    REQUIRE(reading.failed());
    for (const auto& fault : reading.faults) {
      const auto told = fault_line(fault, "bad.toml");
      CAPTURE(told);
      CHECK(std::none_of(told.begin(), told.end(), [](char c) { return c >= 0 && c < ' '; }));
    }
  }
}

TEST_CASE("each fault of a faulty settings file is told with its line, all at once and nothing else") {
  int ran = 0;
  int told = 0;
  for (const auto& path : files_in("faulty")) {
    CAPTURE(path);
    const auto text = contents(path);
    auto expected = expectations(text);
    REQUIRE(!expected.empty());
    const auto reading = read_settings(text, path);
    CHECK(reading.failed());
    CHECK(std::is_sorted(reading.faults.begin(), reading.faults.end(),
                         [](const auto& a, const auto& b) { return a.line < b.line; }));
    for (const auto& fault : reading.faults) {
      const auto match = std::find_if(expected.begin(), expected.end(),
                                      [&](const Expected& each) { return fits(fault, each); });
      if (match == expected.end()) {
        FAIL_CHECK("not expected: " << fault_line(fault, path));
      } else {
        expected.erase(match);
        ++told;
      }
      CHECK(fault.what.find("hunter2") == std::string::npos);
    }
    for (const auto& missing : expected)
      FAIL_CHECK("not told: " << path << ":" << missing.line << ": " << missing.key << ": " << missing.part);
    ++ran;
  }
  CHECK(ran >= 9);
  CHECK(told >= 80);
}

TEST_CASE("the values of a file arrive") {
  const auto settings = read_settings(contents(folder / "good/every_form.toml"), "x").settings;
  CHECK(settings.file == "x");
  CHECK(settings.database_path == Settings{}.database_path);
  CHECK(settings.poll_interval == std::chrono::seconds(90));
  CHECK(settings.reading.own_domains.size() == 4);
  REQUIRE(settings.reading.verp.size() == 2);
  CHECK(settings.reading.verp[1].pattern == "^whole-(?P<address>.+=[^=@]+)@");
  CHECK(settings.policy.confirm_spacing == std::chrono::hours(48));
  const auto& full = settings.policy.thresholds.at(Reason::mailbox_full);
  CHECK(full == Threshold{7, 2, std::chrono::days(60), std::chrono::days(182)});
  CHECK(settings.policy.thresholds.at(Reason::expired) == default_thresholds().at(Reason::expired));
  CHECK(settings.log.format == "json");
  CHECK(settings.reading.limits.message_bytes == 10'000'000);
  CHECK(settings.reading.limits.mime_parts == ReadLimits{}.mime_parts);

  const auto mailboxes = read_settings(contents(folder / "good/mailboxes.toml"), "x").settings.mailboxes;
  REQUIRE(mailboxes.size() == 6);
  CHECK(mailboxes[0].password.command == "pass show mail/bounces | head -n 1");
  CHECK(mailboxes[0].after_read == AfterRead::flag);
  CHECK(mailboxes[0].batch_bytes == 1024 * 1024);
  CHECK(mailboxes[1].password.credential == "returns");
  CHECK(mailboxes[3].processed_folder == MailboxSettings{}.processed_folder);
}

TEST_CASE("overrides keep what they give, and no more") {
  const auto policy = read_settings(contents(folder / "good/overrides.toml"), "x").settings.policy;
  CHECK(policy.thresholds.at(Reason::expired).weight == 50);
  REQUIRE(policy.overrides.size() == 3);
  CHECK(policy.overrides[0].domain == "Example.COM");
  CHECK(policy.overrides[0].suppress == "as usual");
  const Threshold full = default_thresholds().at(Reason::mailbox_full);
  const Threshold other = changed(full, policy.overrides[0].thresholds.at(Reason::mailbox_full));
  CHECK(other == Threshold{3, 2, full.window, full.expires, full.weight});
  const Threshold expired =
      changed(policy.thresholds.at(Reason::expired), policy.overrides[2].thresholds.at(Reason::expired));
  CHECK(expired.weight == 25);
  CHECK(expired.expires == std::chrono::hours(0));
  CHECK(expired.count == 3);
  CHECK(policy.overrides[1].suppress == "never");
  CHECK(policy.overrides[1].provider == "google");
  CHECK(policy.overrides[1].thresholds.empty());
}

TEST_CASE("how long things are kept arrives") {
  const auto kept = read_settings(contents(folder / "good/retention.toml"), "x").settings.retention;
  CHECK(kept.events == std::chrono::days(90));
  CHECK(kept.journal == std::chrono::hours(0));
  CHECK(kept.warn_bytes == 20LL * 1024 * 1024 * 1024);
  CHECK(Settings{}.retention.events == std::chrono::days(400));
}

TEST_CASE("own VERP conventions come before the built-in ones") {
  const auto reading = read_settings(
      "[[verp]]\nname = 'a'\npattern = '(?P<address>.)'\n[reading]\nverp = ['qmail', 'mailman']\n", "x");
  CHECK(reading.faults.empty());
  REQUIRE(reading.settings.reading.verp.size() == 3);
  CHECK(reading.settings.reading.verp[0].name == "a");
  CHECK(reading.settings.reading.verp[1].name == "qmail");
}

}  // namespace
}  // namespace bounced
