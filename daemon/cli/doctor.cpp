// doctor: is everything as it should be, and what to do where it isn't.
#include "daemon/doctor.hpp"

#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/loop.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  bool json = false;
};

void print(const Options& options, Output& out, const Finding& finding) {
  if (options.json) {
    JsonLine line;
    return out.write(line.text("state", to_string(finding.state))
                         .text("subject", finding.subject)
                         .text("found", finding.found)
                         .text("remedy", finding.remedy)
                         .finish());
  }
  out.line(std::string(to_string(finding.state)) + '\t' + finding.subject + '\t' + printable(finding.found));
  if (!finding.remedy.empty()) out.line("\t\t" + printable(finding.remedy));
}

Result<Exit> doctor(const Options& options, Session& session) {
  Exit worst = Exit::ok;
  examine(read_settings_file(session.config_file), mailboxes_until({}), now_seconds(),
          [&](const Finding& finding) {
            print(options, session.out, finding);
            if (finding.state == Finding::State::fault && worst == Exit::ok) worst = finding.exit;
          });
  return worst;
}

}  // namespace

void declare_doctor(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.flag("--json", options->json, "JSON Lines: state, subject, found, remedy");
  command.action([options](Session& session) { return doctor(*options, session); });
}

}  // namespace bounced
