// IDLE (RFC 2177): what a server may say meanwhile, and that the command is ended whatever it says.
#include <doctest/doctest.h>

#include "daemon/imap/session.hpp"
#include "tests/support/imap_script.hpp"

using namespace bounced;
using namespace bounced::imap;
using namespace bounced::test;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr const char* opening = R"(
C: CAPABILITY
S: * CAPABILITY IMAP4rev1 IDLE
S: $ OK done
C: LIST "" ""
S: * LIST (\Noselect) "/" ""
S: $ OK done
C: EXAMINE "INBOX"
S: * 3 EXISTS
S: * OK [UIDVALIDITY 1] ok
S: $ OK [READ-ONLY] done
)";

struct Row {
  const char* shows;
  const char* script;  ///< behind `opening`
  std::string told;    ///< for each call of idle(): '1' new mail, '0' none; '!' an error
  const char* error = "";
  milliseconds time{20};  ///< of each call; a pause of the script ends after stop_interval or with it
};

const Row rows[] = {
    {"new mail ends it", R"(
C: IDLE
S: + idling
S: * 4 EXISTS
C: DONE
S: $ OK done
)",
     "1"},
    {"new mail later, after words that only keep the line open", R"(
C: IDLE
S: + idling
S! PAUSE
S: * OK Still here
S! PAUSE
S: * 4 EXISTS
S: * 1 RECENT
C: DONE
S: $ OK done
)",
     "1", "", milliseconds(2000)},
    {"nothing comes: it ends when its time is over", R"(
C: IDLE
S: + idling
S! PAUSE
C: DONE
S: $ OK done
)",
     "0"},
    {"flags and expunges are no new mail, and the same count after an expunge is", R"(
C: IDLE
S: + idling
S: * 2 FETCH (FLAGS (\Seen))
S: * 1 EXPUNGE
S! PAUSE
C: DONE
S: $ OK done
C: IDLE
S: + idling
S: * 3 EXISTS
C: DONE
S: $ OK done
)",
     "01"},
    {"the same count again is no new mail", R"(
C: IDLE
S: + idling
S: * 3 EXISTS
S! PAUSE
C: DONE
S: $ OK done
)",
     "0"},
    {"mail that comes while it ends is told by that call", R"(
C: IDLE
S: + idling
S! PAUSE
C: DONE
S: * 4 EXISTS
S: $ OK done
)",
     "1"},
    {"mail that comes before the server is ready is told", R"(
C: IDLE
S: * 4 EXISTS
S: + idling
C: DONE
S: $ OK done
)",
     "1"},
    {"the server ends it by itself", R"(
C: IDLE
S: + idling
S: $ OK that was long enough
C: IDLE
S: + idling
S: * 4 EXISTS
C: DONE
S: $ OK done
)",
     "01"},
    {"it is refused", R"(
C: IDLE
S: $ NO not today
)",
     "!", "refuses IDLE (not today)"},
    {"it is not understood", R"(
C: IDLE
S: $ BAD what?
)",
     "!", "refuses IDLE (what?)"},
    {"the server says BYE", R"(
C: IDLE
S: + idling
S: * BYE shutting down
S! EOF
)",
     "!", "shutting down"},
    {"the server hangs up", R"(
C: IDLE
S: + idling
S! EOF
)",
     "!", "closed the connection"},
    {"the server sends rubbish", R"(
C: IDLE
S: + idling
S: ???
)",
     "!", "not IMAP"},
};

std::string run(Session& session, const Row& row, std::string& error) {
  std::string told;
  while (told.size() < row.told.size()) {
    const auto mail = session.idle(steady_clock::now() + row.time);
    if (!mail) {
      error = mail.error().message;
      return told + '!';
    }
    told += *mail ? '1' : '0';
  }
  return told;
}

}  // namespace

TEST_CASE("IDLE tells new mail once, and leaves nothing under way") {
  for (const auto& row : rows) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{65536}}) {
      CAPTURE(std::string(row.shows));
      CAPTURE(piece);
      ScriptLog log;
      SessionOptions options;
      options.where = "mailbox returns";
      Session session(
          std::make_unique<ScriptedStream>(read_script(std::string(opening) + row.script), log, piece),
          options);
      REQUIRE(session.start());
      REQUIRE(session.select("INBOX", true));
      std::string error;
      CHECK(run(session, row, error) == row.told);
      CHECK_MESSAGE(error.find(row.error) != std::string::npos, error);
      CHECK(log.surprises.empty());
      CHECK(log.finished);
      for (const auto& surprise : log.surprises) MESSAGE(surprise);
      CHECK(session.broken() == row.told.ends_with('!'));
    }
  }
}

TEST_CASE("a stop ends an IDLE, and the waiting for a server that is silent") {
  ScriptLog log;
  bool stop = false;
  SessionOptions options;
  options.stop = [&stop] { return stop; };
  Session session(std::make_unique<ScriptedStream>(
                      read_script(std::string(opening) + "C: IDLE\nS: + idling\nC: DONE\nS! PAUSE\nS! "
                                                         "PAUSE\nS! PAUSE\nS! PAUSE\nS! PAUSE\nS! PAUSE\nS! "
                                                         "PAUSE\nS! PAUSE\nS! PAUSE\nS! PAUSE\nS! PAUSE\n"),
                      log),
                  options);
  REQUIRE(session.start());
  REQUIRE(session.select("INBOX", true));
  stop = true;
  const auto begun = steady_clock::now();
  const auto mail = session.idle(begun + std::chrono::hours(1));
  REQUIRE_FALSE(mail.has_value());
  CHECK(mail.error().message.find("stopped while the server was silent") != std::string::npos);
  CHECK(steady_clock::now() - begun < stop_patience + std::chrono::seconds(3));
  CHECK(log.surprises.empty());
}
