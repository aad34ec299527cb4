// backup: a copy of the database while the daemon goes on.
#include <filesystem>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"
#include "storage/maintenance.hpp"

namespace bounced {
namespace {

struct Options {
  std::string file;
  bool force = false, json = false;
};

/// In a directory, a name with the time: bounced-2026-03-01T143000Z.db.
std::string target_of(const std::string& named) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(named, ignored)) return named;
  std::string time = rfc3339(now_seconds());
  std::erase(time, ':');
  return (std::filesystem::path(named) / ("bounced-" + time + ".db")).string();
}

Result<Exit> backup(const Options& options, Session& session) {
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const std::string target = target_of(options.file);
  const auto made = backup_sqlite_database(settings->database_path, target, options.force);
  if (!made) return fail(made.error());
  const auto bytes = static_cast<std::int64_t>(made->bytes);
  if (options.json) {
    JsonLine line;
    session.out.write(line.text("file", target).number("bytes", bytes).finish());
  } else {
    session.out.line(target);
    complain("bounced: " + target + " holds all of " + settings->database_path + ", " + grouped(bytes) +
             " bytes");
  }
  return Exit::ok;
}

}  // namespace

void declare_backup(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.argument("FILE", options->file, "where the copy goes; in a directory it gets a name with the time");
  command.flag("--force", options->force, "replace a file that is there");
  command.flag("--json", options->json, "print file and bytes as JSON");
  command.action([options](Session& session) { return backup(*options, session); });
}

}  // namespace bounced
