// config check | show | example | manual: the settings, all from the one table of options in config/.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "daemon/cli/commands.hpp"
#include "daemon/engine.hpp"
#include "daemon/plain_text.hpp"

namespace bounced {
namespace {

/// Says everything that is wrong, not just the first thing.
Result<Exit> check(Session& session) {
  std::ifstream file(session.config_file, std::ios::binary);
  if (!file)
    return fail(Exit::config, session.config_file + ": " + std::strerror(errno),
                "`bounced config example` prints a settings file to start from");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto reading = read_settings(text, session.config_file);
  for (const auto& fault : reading.faults)
    complain(session.config_file + ":" + std::to_string(fault.line) + ": " +
             (fault.key.empty() ? "" : fault.key + ": ") + fault.what);
  if (!reading.faults.empty()) {
    return fail(Exit::config,
                session.config_file + ": " +
                    counted(static_cast<long long>(reading.faults.size()), "fault", "faults"),
                "");
  }
  // What only loading shows: permissions of the file, the rules directory, VERP patterns.
  auto settings = load_settings(session.config_file, true);
  if (!settings) return fail(settings.error());
  const auto mailboxes = settings->mailboxes.size();
  const auto engine = make_engine(*std::move(settings));
  if (!engine) return fail(engine.error());
  session.out.line(
      session.config_file + ": right (" + counted(static_cast<long long>(mailboxes), "mailbox", "mailboxes") +
      ", " + counted(static_cast<long long>(engine->classifier->book().rules.size()), "rule", "rules") + ")");
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
  command.sub("manual", "the options as a section of the manual page (roff)")
      .action([](Session& session) -> Result<Exit> {
        session.out.write(settings_manual());
        return Exit::ok;
      });
}

}  // namespace bounced
