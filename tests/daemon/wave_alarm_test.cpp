// Telling the operator of a wave: the words, and the command.
#include "daemon/wave_alarm.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "tests/support/temporary_directory.hpp"

using namespace bounced;

namespace {

Wave wave() {
  Wave made;
  made.id = 7;
  made.name = "google";
  made.first_at = 1'607'980'000;
  made.count = 20'000;
  made.usual = 31;
  made.sample = "550 user@gmail.com does not exist";
  return made;
}

BreakerSettings command(std::vector<std::string> words) {
  BreakerSettings settings;
  settings.command = std::move(words);
  return settings;
}

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the words for a wave name no address") {
  const std::string text = wave_text(wave());
  for (const char* part :
       {"google calls 20,000 addresses dead", "2020-12-14T21:06:40Z", "31 at most", "wave 7"})
    CHECK_MESSAGE(text.find(part) != std::string::npos, text);
  CHECK(text.find('@') == std::string::npos);
  Wave worded = wave();
  worded.kind = WaveKind::text;
  worded.name = "550 no such user\nhere";
  CHECK(wave_text(worded).find('\n') == std::string::npos);
}

TEST_CASE("no command, no alarm") { CHECK(run_wave_command(BreakerSettings{}, wave())); }

TEST_CASE("the command gets the wave, and no shell") {
  const test::TemporaryDirectory directory;
  const std::string out = directory.path() / "out";
  const auto settings = command(
      {"/bin/sh", "-c",
       "{ echo \"$BOUNCED_WAVE|$BOUNCED_WAVE_KIND|$BOUNCED_WAVE_NAME|$BOUNCED_WAVE_COUNT|$1\"; cat; } > " +
           out,
       "word", "$(touch " + std::string(directory.path() / "broken") + ")"});
  const auto ran = run_wave_command(settings, wave());
  REQUIRE_MESSAGE(ran, (ran ? "" : ran.error().message));
  const std::string text = content(out);
  CHECK_MESSAGE(text.starts_with("7|provider|google|20000|$(touch "), text);
  CHECK(text.find("bounced review discard 7\n") != std::string::npos);
  CHECK(text.find("user@gmail.com") == std::string::npos);
  CHECK(content(directory.path() / "broken").empty());
}

TEST_CASE("a command that fails is told and nothing more") {
  struct Case {
    std::vector<std::string> words;
    const char* says;
  };
  for (const Case& one : {Case{{"/nonexistent/pager"}, "can't be started"}, Case{{"false"}, "exit code 1"},
                          Case{{"/bin/sh", "-c", "kill -9 $$"}, "signal 9"}}) {
    CAPTURE(one.says);
    const auto ran = run_wave_command(command(one.words), wave());
    REQUIRE_FALSE(ran);
    CHECK(ran.error().exit == Exit::unavailable);
    CHECK_MESSAGE(ran.error().message.find(one.says) != std::string::npos, ran.error().message);
  }
}

TEST_CASE("a command that doesn't end is ended, with what it started") {
  auto settings = command({"/bin/sh", "-c", "sleep 60 & sleep 60"});
  settings.command_timeout = std::chrono::seconds(1);
  const auto then = std::chrono::steady_clock::now();
  const auto ran = run_wave_command(settings, wave());
  CHECK(std::chrono::steady_clock::now() - then < std::chrono::seconds(20));
  REQUIRE_FALSE(ran);
  CHECK(ran.error().message.find("did not end within 1 s") != std::string::npos);
}
