// config check | show | example | manual: the settings, all from the one table of options in config/.
#include <utility>

#include "daemon/cli/commands.hpp"
#include "daemon/engine.hpp"
#include "daemon/plain_text.hpp"

namespace bounced {
namespace {

/// Says everything that is wrong, not just the first thing. Warnings alone leave the exit code at 0.
Result<Exit> check(Session& session) {
  const auto& file = session.config_file;
  auto reading = read_settings_file(file);
  if (reading.faults.size() == 1 &&
      reading.faults[0].line == 0)  // the file as a whole: not there, not readable
    return fail(Exit::config, fault_line(reading.faults[0], file), "");
  long long wrong = 0;
  long long warnings = 0;
  for (const auto& fault : reading.faults) {
    complain((fault.warning ? "warning: " : "") + fault_line(fault, file));
    ++(fault.warning ? warnings : wrong);
  }
  if (wrong > 0) return fail(Exit::config, file + ": " + counted(wrong, "fault", "faults"), "");
  // What only loading shows: the operator's own rules.
  const auto mailboxes = reading.settings.mailboxes.size();
  const auto engine = make_engine(std::move(reading.settings));
  if (!engine) return fail(engine.error());
  session.out.line(
      file + ": right" + (warnings == 0 ? "" : ", with " + counted(warnings, "warning", "warnings")) + " (" +
      counted(static_cast<long long>(mailboxes), "mailbox", "mailboxes") + ", " +
      counted(static_cast<long long>(engine->classifier->book().rules.size()), "rule", "rules") + ")");
  return Exit::ok;
}

Result<Exit> show(Session& session) {
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  session.out.write(show_settings(*settings));
  return Exit::ok;
}

}  // namespace

void declare_config(CommandSpec& command) {
  command.sub("check", "say everything that is wrong with the settings file").action(check);
  command.sub("show", "the settings in force, without secrets").action(show);
  command.sub("example", "a commented settings file with every option")
      .action([](Session& session) -> Result<Exit> {
        session.out.write(example_settings());
        return Exit::ok;
      });
  command.sub("manual", "the manual page bounced.toml(5), as roff")
      .action([](Session& session) -> Result<Exit> {
        session.out.write(settings_manual());
        return Exit::ok;
      });
}

}  // namespace bounced
