// Passwords: from files, commands, systemd credentials and the settings themselves.
#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "config/settings.hpp"
#include "tests/support/temporary_directory.hpp"

namespace bounced {
namespace {

using test::TemporaryDirectory;

std::string text_of(const Error& error) { return error.message + " / " + error.hint; }

TEST_CASE("a password file is one line") {
  const TemporaryDirectory directory;
  const auto path = directory.write("password", "");
  const std::pair<std::string, std::string> good[] = {
      {"hunter2", "hunter2"},     {"hunter2\n", "hunter2"},
      {"hunter2\r\n", "hunter2"}, {" hunter 2 \n", " hunter 2 "},
      {"pässwörd\n", "pässwörd"}, {std::string(60000, 'x'), std::string(60000, 'x')}};
  for (const auto& row : good) {
    const auto& text = row.first;
    const auto& secret = row.second;
    CAPTURE(text);
    directory.write("password", text);
    const auto found = read_secret({.file = path});
    REQUIRE(found);
    CHECK(*found == secret);
  }
  const std::pair<std::string, std::string> bad[] = {{"", "is empty"},
                                                     {"\n", "is empty"},
                                                     {"hunter2\nmore\n", "more than one line"},
                                                     {"hunter2\n\n", "more than one line"},
                                                     {std::string("hunter2\0x", 9), "more than one line"},
                                                     {std::string(100000, 'x'), "too large"}};
  for (const auto& row : bad) {
    const auto& text = row.first;
    const auto& part = row.second;
    CAPTURE(text.substr(0, 40));
    directory.write("password", text);
    const auto found = read_secret({.file = path});
    REQUIRE_FALSE(found);
    CHECK(found.error().exit == Exit::config);
    CAPTURE(found.error().message);
    CHECK(found.error().message.find(part) != std::string::npos);
    CHECK(found.error().message.find(path) != std::string::npos);
    CHECK(text_of(found.error()).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a password file that can't be read says why") {
  const TemporaryDirectory directory;
  const auto missing = read_secret({.file = directory.file("nothing")});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().exit == Exit::config);
  CHECK(missing.error().message.find("No such file") != std::string::npos);
  CHECK(!missing.error().hint.empty());

  CHECK(read_secret({.file = directory.file("")}).error().message.find("Is a directory") !=
        std::string::npos);

  const auto locked = directory.write("locked", "hunter2");
  ::chmod(locked.c_str(), 0);
  if (::geteuid() != 0) {  // root may read all
    const auto found = read_secret({.file = locked});
    REQUIRE_FALSE(found);
    CHECK(found.error().exit == Exit::no_permission);
    CHECK(found.error().hint.find("chown") != std::string::npos);
  }
}

TEST_CASE("a password command gives its first line") {
  const std::pair<std::string, std::string> good[] = {
      {"echo hunter2", "hunter2"},
      {"printf hunter2", "hunter2"},
      {"printf 'hunter2\\r\\nuser: x\\n'", "hunter2"},
      {"echo noise >&2; echo hunter2", "hunter2"},
      {"head -c 60000 /dev/zero | tr '\\0' e >&2; head -c 3000 /dev/zero | tr '\\0' o",
       std::string(3000, 'o')},
      {"cat; echo hunter2", "hunter2"},  // standard input is empty
      {"sleep 0.05 & echo hunter2; exec >&- 2>&-; wait", "hunter2"}};
  for (const auto& row : good) {
    const auto& command = row.first;
    const auto& secret = row.second;
    CAPTURE(command);
    const auto found = read_secret({.command = command});
    REQUIRE_MESSAGE(found, (found ? "" : found.error().message));
    CHECK(*found == secret);
  }
}

TEST_CASE("a password command that fails is named, with its complaint and without the secret") {
  struct Bad {
    std::string command;
    Exit exit;
    std::string part;
  };
  const Bad bad[] = {{"echo hunter2; exit 3", Exit::unavailable, "exit code 3"},
                     {"echo hunter2; echo 'no agent' >&2; echo more >&2; exit 1", Exit::unavailable,
                      "exit code 1: no agent"},
                     {"echo hunter2; kill -9 $$", Exit::unavailable, "signal 9"},
                     {"/no/such/program", Exit::unavailable, "exit code 127"},
                     {"true", Exit::config, "is empty"},
                     {"echo; echo hunter2", Exit::config, "is empty"},
                     {"yes hunter2", Exit::unavailable, "more than a password"},
                     {"printf 'hunter2\\0x'", Exit::config, "more than one line"}};
  for (const auto& row : bad) {
    CAPTURE(row.command);
    const auto found = read_secret({.command = row.command});
    REQUIRE_FALSE(found);
    CAPTURE(text_of(found.error()));
    CHECK(found.error().exit == row.exit);
    CHECK(found.error().message.find(row.part) != std::string::npos);
    CHECK(found.error().message.find("more\n") == std::string::npos);
    CHECK(text_of(found.error()).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a password command has the signals of a fresh process") {
  // As in the daemon: SIGPIPE ignored, SIGTERM blocked.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigset_t old;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &old);
  for (const std::string name : {"PIPE", "TERM"}) {
    CAPTURE(name);
    const auto found = read_secret({.command = "kill -" + name + " $$; echo survived"});
    CHECK_FALSE(found);
    if (!found) CHECK(found.error().message.find("failed with signal ") != std::string::npos);
  }
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  std::signal(SIGPIPE, before);
}

TEST_CASE("a password command that hangs is ended with all it started") {
  const TemporaryDirectory directory;
  const auto pid_file = directory.file("pid");
  const auto started = std::chrono::steady_clock::now();
  const auto found =
      read_secret({.command = "sleep 300 & echo $! >" + pid_file + "; wait"}, std::chrono::milliseconds(300));
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(20));
  REQUIRE_FALSE(found);
  CHECK(found.error().exit == Exit::unavailable);
  CHECK(found.error().message.find("did not end within") != std::string::npos);
  std::ifstream file(pid_file);
  int pid = 0;
  file >> pid;
  REQUIRE(pid > 0);
  // Its parent is gone: init, or whoever reaps here, needs a moment.
  const auto ended = [pid] {
    std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
    std::string id;
    std::string name;
    std::string state;
    return !(status >> id >> name >> state) || state == "Z";
  };
  for (int i = 0; i < 500 && !ended(); ++i) ::usleep(10'000);
  CHECK(ended());
}

TEST_CASE("a systemd credential is a file below $CREDENTIALS_DIRECTORY") {
  const TemporaryDirectory directory;
  directory.write("returns", "hunter2\n");
  ::setenv("CREDENTIALS_DIRECTORY", directory.file("").c_str(), 1);
  const auto found = read_secret({.credential = "returns"});
  const auto missing = read_secret({.credential = "other"});
  ::unsetenv("CREDENTIALS_DIRECTORY");
  const auto outside = read_secret({.credential = "returns"});
  REQUIRE(found);
  CHECK(*found == "hunter2");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().exit == Exit::config);
  CHECK(missing.error().hint.find("LoadCredential=other:") != std::string::npos);
  REQUIRE_FALSE(outside);
  CHECK(outside.error().message.find("$CREDENTIALS_DIRECTORY is not set") != std::string::npos);
}

TEST_CASE("an inline password is itself, and none is an error") {
  CHECK(*read_secret({.inline_value = "hunter2"}) == "hunter2");
  const auto none = read_secret({});
  REQUIRE_FALSE(none);
  CHECK(none.error().exit == Exit::config);
}

}  // namespace
}  // namespace bounced
