// Killed at each failpoint of the pipeline, at its first, at a middle and at a late passing, and started
// again: the database ends as that of an undisturbed run.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "daemon/failpoint.hpp"
#include "tests/daemon/pipeline_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::test;

#ifdef BOUNCED_FAILPOINTS
namespace {

constexpr std::size_t batch = 10;
constexpr int killed = 86;

/// Drains what was not settled yet, as a pass would: a batch counts as settled when ingest has returned.
void drain(const std::string& path, const Engine& engine, const std::vector<FetchedMail>& mails,
           std::size_t from, int settled_pipe) {
  auto store = open_sqlite_store(path);
  if (!store) ::_exit(1);
  BreakerSettings breaker;
  breaker.minimum = 6;  // half of the dead addresses make a wave
  Pipeline pipeline(engine.reader, engine.settings.policy, **store, {}, breaker);
  for (std::size_t at = from; at < mails.size(); at += batch) {
    const auto end = std::min(at + batch, mails.size());
    auto settled = pipeline.ingest(
        "returns", "imap",
        {mails.begin() + static_cast<std::ptrdiff_t>(at), mails.begin() + static_cast<std::ptrdiff_t>(end)},
        noon + 60);
    if (!settled) ::_exit(2);
    if (settled_pipe >= 0 && ::write(settled_pipe, "x", 1) != 1) ::_exit(3);
  }
}

/// Runs a drain in a child that dies at the failpoint; returns its exit code and how many batches were
/// settled.
std::pair<int, std::size_t> drain_in_child(const std::string& path, const Engine& engine,
                                           const std::vector<FetchedMail>& mails,
                                           const std::string& failpoint) {
  int settled[2];
  REQUIRE(::pipe(settled) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setenv("BOUNCED_FAILPOINT", failpoint.c_str(), 1);
    drain(path, engine, mails, 0, settled[1]);
    ::_exit(0);
  }
  ::close(settled[1]);
  std::size_t batches = 0;
  for (char one = 0; ::read(settled[0], &one, 1) == 1;) ++batches;
  ::close(settled[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  return {WEXITSTATUS(status), batches};
}

}  // namespace

TEST_CASE("killed at every failpoint, ends the same") {
  const test::TemporaryDirectory directory;
  const Engine engine = test::engine();
  const auto mails = mixed_mails();
  const std::string undisturbed = directory.path() / "undisturbed.db";
  drain(undisturbed, engine, mails, 0, -1);
  const std::string expected = end_state(**open_sqlite_store(undisturbed));

  int kills = 0;
  for (const std::string name :
       {"read", "journaled", "event_added", "suppressed", "held", "recorded", "committed"}) {
    for (const int count : {1, 3, 6}) {
      const std::string failpoint = name + ":" + std::to_string(count);
      CAPTURE(failpoint);
      const bool once_a_batch = name == "read" || name == "recorded" || name == "committed";
      if (once_a_batch && count > 3) continue;
      const std::string path = directory.path() / (name + std::to_string(count) + ".db");
      const auto [code, settled] = drain_in_child(path, engine, mails, failpoint);
      REQUIRE(code == killed);
      ++kills;
      // What was settled has left the mailbox; the rest is still there.
      drain(path, engine, mails, settled * batch, -1);
      CHECK(end_state(**open_sqlite_store(path)) == expected);
    }
  }
  CHECK(kills == 18);
  CHECK(expected.find("held 1 dead0@receiver.example") != std::string::npos);
}
#else
TEST_CASE("failpoints are nothing in this build") { failpoint("read"); }
#endif
