// The settings file itself and the files that it names.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "config/settings.hpp"
#include "tests/support/temporary_directory.hpp"

namespace bounced {
namespace {

using test::TemporaryDirectory;

std::string mailbox_with(const std::string& line) {
  return "[[mailbox]]\nname = 'returns'\nurl = 'imaps://h/INBOX'\nuser = 'u'\n" + line + "\n";
}

const SettingsFault* fault_of_line(const SettingsReading& reading, int line) {
  for (const auto& fault : reading.faults)
    if (fault.line == line) return &fault;
  return nullptr;
}

TEST_CASE("an inline password wants a file that nobody else may read") {
  const TemporaryDirectory directory;
  const auto file = directory.write("bounced.toml", mailbox_with("password = 'hunter2'"));
  for (const unsigned mode : {0600U, 0400U, 0700U}) {
    ::chmod(file.c_str(), mode);
    CAPTURE(mode);
    CHECK(read_settings_file(file).faults.empty());
    const auto settings = load_settings(file, true);
    REQUIRE(settings);
    CHECK(settings->mailboxes.at(0).password.inline_value == "hunter2");
  }
  for (const unsigned mode : {0640U, 0604U, 0660U, 0644U}) {
    ::chmod(file.c_str(), mode);
    CAPTURE(mode);
    const auto reading = read_settings_file(file);
    const auto* fault = fault_of_line(reading, 5);
    REQUIRE(fault != nullptr);
    CHECK_FALSE(fault->warning);
    CHECK(fault->key == "mailbox[1].password");
    CHECK(fault->what.find("chmod 600") != std::string::npos);
    const auto settings = load_settings(file, true);
    REQUIRE_FALSE(settings);
    CHECK(settings.error().exit == Exit::config);
    CHECK(settings.error().message.find("bounced.toml:5: ") != std::string::npos);
    CHECK(settings.error().message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("what the settings name is looked for") {
  const TemporaryDirectory directory;
  const auto secret = directory.write("secret", "hunter2\n");
  const auto open_secret = directory.write("open", "hunter2\n");
  const auto key = directory.write("key", std::string(64, 'a') + "\n");
  const auto open_key = directory.write("open_key", std::string(64, 'a') + "\n");
  ::chmod(key.c_str(), 0600);
  ::chmod(open_key.c_str(), 0644);
  ::chmod(secret.c_str(), 0600);
  ::chmod(open_secret.c_str(), 0644);
  struct Row {
    std::string text;
    int line;
    std::string part;  ///< "" = no fault
    bool warning;
  };
  const auto here = directory.file("");
  const Row rows[] = {
      {mailbox_with("password_file = '" + secret + "'"), 5, "", false},
      {mailbox_with("password_file = '" + open_secret + "'"), 5,
       "can be read by others (mode 644): chmod 600", true},
      {mailbox_with("password_file = '" + here + "/nothing'"), 5, "there is no such file", false},
      {mailbox_with("password_file = '" + here + "'"), 5, "is a directory", false},
      {mailbox_with("password_file = '" + secret + "/x'"), 5, "there is no such file", false},
      {mailbox_with("password_command = 'x'\nca_file = '" + open_secret + "'"), 6, "", false},
      {mailbox_with("password_command = 'x'\nca_file = '" + here + "/ca.pem'"), 6, "there is no such file",
       false},
      {"[authenticity]\nverp_keys = ['" + key + "']\n", 2, "", false},
      {"[authenticity]\nverp_keys = ['" + open_key + "']\n", 2, "can be read by others (mode 644): chmod 600",
       true},
      {"[authenticity]\nverp_keys = ['" + key + "', '" + secret + "']\n", 2, "is too short to be a key",
       false},
      {"[authenticity]\nverp_keys = ['" + here + "/nothing']\n", 2, "there is no such file", false},
      {"[rules]\ndirectory = '" + here + "'\n", 2, "", false},
      {"[rules]\ndirectory = '" + here + "/rules'\n", 2, "there is no such directory", false},
      {"[rules]\ndirectory = '" + secret + "'\n", 2, "is no directory", false},
      {"[[mailbox]]\nname = 'x'\nurl = 'dir:" + here + "'\n", 3, "", false},
      {"[[mailbox]]\nname = 'x'\nurl = 'maildir:" + here + "/mail'\n", 3, "there is no such directory", true},
      {"[[mailbox]]\nname = 'x'\nurl = 'dir:" + secret + "'\n", 3, "is no directory", true},
      {"[[mailbox]]\nname = 'x'\nurl = 'mbox:" + here + "/mbox'\n", 3, "", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto file = directory.write("bounced.toml", row.text);
    const auto reading = read_settings_file(file);
    const auto* fault = fault_of_line(reading, row.line);
    CHECK((fault != nullptr) == !row.part.empty());
    CHECK(load_settings(file, true).has_value() == (row.part.empty() || row.warning));
    if (fault == nullptr) continue;
    CAPTURE(fault->what);
    CHECK(fault->what.find(row.part) != std::string::npos);
    CHECK(fault->warning == row.warning);
  }
}

TEST_CASE("a settings file that is not there is an error only when it was asked for") {
  const TemporaryDirectory directory;
  const auto nothing = directory.file("bounced.toml");
  const auto defaults = load_settings(nothing, false);
  REQUIRE(defaults);
  CHECK(defaults->file.empty());
  CHECK(defaults->mailboxes.empty());
  const auto asked = load_settings(nothing, true);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().exit == Exit::config);
  CHECK(asked.error().message == nothing + ": No such file or directory");
  CHECK(asked.error().hint.find("config example") != std::string::npos);
  const auto reading = read_settings_file(nothing);
  REQUIRE(reading.faults.size() == 1);
  CHECK(reading.failed());
  CHECK(reading.faults[0].line == 0);

  CHECK_FALSE(load_settings(directory.file(""), false));
  CHECK_FALSE(load_settings(directory.write("large", std::string(2'000'000, '#')), true));
  if (::geteuid() != 0) {
    const auto locked = directory.write("locked", "");
    ::chmod(locked.c_str(), 0);
    CHECK(load_settings(locked, false).error().exit == Exit::no_permission);
  }
}

TEST_CASE("the first fault is the error, and the others are counted") {
  const TemporaryDirectory directory;
  const auto file = directory.write("bounced.toml", "[log]\nlevl = 'info'\nformat = 'xml'\n[x]\n");
  const auto settings = load_settings(file, true);
  REQUIRE_FALSE(settings);
  CHECK(settings.error().exit == Exit::config);
  CHECK(settings.error().message == file + ":2: log.levl: unknown key (did you mean \"level\"?)");
  CHECK(settings.error().hint == "2 more: `bounced config check` shows all");
}

}  // namespace
}  // namespace bounced
