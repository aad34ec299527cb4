// CLI11 (2.1): throws for wrong words and for --help alike; nothing of it leaves this file. Each leaf's
// action waits in the leaf's callback until the words are known to be right.
#include "daemon/cli/command_line.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "config/words.hpp"
#include "daemon/cli/commands.hpp"

namespace bounced {
namespace {

constexpr const char* default_config_file = "/etc/bounced/bounced.toml";

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string_view> views(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

/// "parse: ", or "" for the program itself, whose name stands before every message.
std::string prefix_of(const CLI::App& app) {
  constexpr std::size_t program = std::string_view("bounced ").size();
  return app.get_parent() == nullptr ? "" : full_name(app).substr(program) + ": ";
}

/// The command that the words got to.
const CLI::App& reached(const CLI::App& app) {
  const auto given = app.get_subcommands();
  return given.empty() ? app : reached(*given.back());
}

Error unknown_word(const CLI::App& at, const std::string& word) {
  const bool option = word.size() > 1 && word.front() == '-';
  const auto known = option ? options_of(at) : names_of(at);
  const auto near = nearest_word(word.substr(0, word.find('=')), views(known));
  Error error{Exit::usage, "", ""};
  if (option)
    error.message = prefix_of(at) + "unknown option '" + word + "'";
  else if (known.empty())
    error.message = prefix_of(at) + "unexpected word '" + word + "'";
  else
    error.message = prefix_of(at) + "unknown command '" + word + "'";
  if (!near.empty())
    error.hint = "did you mean '" + near + "'?";
  else if (!option && !known.empty())
    error.hint = "the commands are: " + joined(known);
  else
    error.hint = "see: " + full_name(at) + " --help";
  return error;
}

/// CLI11's own words where they say it well, ours where it doesn't know what was meant.
Error usage_error(const CLI::App& app, const CLI::ParseError& fault) {
  const auto& at = reached(app);
  const auto extras = app.remaining(true);
  if (!extras.empty() && fault.get_name() != "RequiresError") return unknown_word(at, extras.front());
  if (fault.get_name() == "RequiredError" && !names_of(at).empty())
    return {Exit::usage, prefix_of(at) + "which command?", "one of: " + joined(names_of(at))};
  return {Exit::usage, prefix_of(at) + fault.what(), "see: " + full_name(at) + " --help"};
}

/// --config stands behind every command that has an action, and before the first.
void give_config_option(CLI::App& app, std::string& target) {
  app.add_option("--config", target, std::string("settings file (default ") + default_config_file + ")")
      ->type_name("FILE");
  for (auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    give_config_option(*sub, target);
}

Result<Exit> run_action(const CommandAction& action, const std::string& config_file) {
  Output out(STDOUT_FILENO);
  Session session{out, config_file.empty() ? default_config_file : config_file, !config_file.empty()};
  auto ran = action(session);
  const auto printed = out.finish();
  if (ran && !printed) return fail(printed.error());
  return ran;
}

}  // namespace

void CommandSpec::flag(const char* names, bool& target, const char* help) {
  app_.add_flag(names, target, help);
}

void CommandSpec::text(const char* names, const char* placeholder, std::string& target, const char* help) {
  app_.add_option(names, target, help)->type_name(placeholder);
}

void CommandSpec::texts(const char* names, const char* placeholder, std::vector<std::string>& targets,
                        const char* help) {
  app_.add_option(names, targets, help)->type_name(placeholder)->allow_extra_args(false);
}

void CommandSpec::number(const char* names, int& target, int least, int most, const char* help) {
  app_.add_option(names, target, help)->type_name("N")->check([least, most](const std::string& word) {
    int value = 0;
    const bool fits = CLI::detail::lexical_cast(word, value) && value >= least && value <= most;
    return fits ? std::string()
                : "'" + word + "' is no number from " + std::to_string(least) + " to " + std::to_string(most);
  });
}

void CommandSpec::choice(const char* names, std::string& target, const std::vector<std::string>& words,
                         const char* help) {
  app_.add_option(names, target, help)
      ->check([words](const std::string& word) {
        if (std::find(words.begin(), words.end(), word) != words.end()) return std::string();
        const auto near = nearest_word(word, views(words));
        return "'" + word + "' is none of " + joined(words) +
               (near.empty() ? "" : "; did you mean '" + near + "'?");
      })
      ->type_name(joined(words));
}

void CommandSpec::argument(const char* placeholder, std::string& target, const char* help) {
  app_.add_option(placeholder, target, help)->required()->type_name("");
}

void CommandSpec::optional_argument(const char* placeholder, std::string& target, const char* help) {
  app_.add_option(placeholder, target, help)->type_name("");
}

void CommandSpec::arguments(const char* placeholder, std::vector<std::string>& targets, const char* help) {
  app_.add_option(placeholder, targets, help)->required()->type_name("");
}

void CommandSpec::optional_arguments(const char* placeholder, std::vector<std::string>& targets,
                                     const char* help) {
  app_.add_option(placeholder, targets, help)->type_name("");
}

CommandSpec CommandSpec::sub(const char* name, const char* help) {
  app_.require_subcommand(1);
  return {*app_.add_subcommand(name, help), chosen_};
}

void CommandSpec::action(CommandAction action) {
  app_.callback([&chosen = chosen_, action = std::move(action)] { chosen = action; });
}

void CommandSpec::default_action(CommandAction action) {
  app_.require_subcommand(0, 1);
  app_.callback([this_app = &app_, &chosen = chosen_, action = std::move(action)] {
    if (this_app->get_subcommands().empty()) chosen = action;
  });
}

int run_command_line(int argc, char** argv) {
  CLI::App app{"Reads bounce mails, decides what each one means, and keeps the suppressions.", "bounced"};
  app.set_version_flag("-V,--version", "bounced " BOUNCED_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(30);
  CommandAction chosen;
  std::string config_file;
  for (const auto& command : commands()) {
    CommandSpec spec(*app.add_subcommand(command.name, command.help), chosen);
    command.declare(spec);
  }
  give_config_option(app, config_file);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& fault) {
    complain(usage_error(app, fault));
    return static_cast<int>(Exit::usage);
  }
  const auto ran = run_action(chosen, config_file);
  if (ran) return static_cast<int>(*ran);
  complain(ran.error());
  return static_cast<int>(ran.error().exit);
}

Result<Settings> Session::settings() const { return load_settings(config_file, config_given); }

Result<std::unique_ptr<Store>> Session::store() const {
  const auto read = settings();
  if (!read) return fail(read.error());
  return open_sqlite_store_read_only(read->database_path);
}

Result<std::unique_ptr<Store>> Session::writable_store() const {
  const auto read = settings();
  if (!read) return fail(read.error());
  return open_sqlite_store(read->database_path);
}

}  // namespace bounced
