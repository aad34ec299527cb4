// What commands are made of: how a command declares its words, and what it is given when it runs. The only
// door to CLI11 is command_line.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "daemon/cli/output.hpp"
#include "parser/result.hpp"
#include "storage/store.hpp"

namespace CLI {
class App;
}

namespace bounced {

/// What a running command is given.
struct Session {
  Output& out;
  std::string config_file;    ///< the default, or what --config says
  bool config_given = false;  ///< then a missing file is an error

  [[nodiscard]] Result<Settings> settings() const;
  /// The database of the settings, for reading only.
  [[nodiscard]] Result<std::unique_ptr<Store>> store() const;
  /// The same for writing: made and brought to this program's schema where needed.
  [[nodiscard]] Result<std::unique_ptr<Store>> writable_store() const;
};

/// The exit code of a command that ran: Exit::ok, or the worst of what it has already complained about.
using CommandAction = std::function<Result<Exit>(Session&)>;

/// How a command declares its words. Targets must live as long as its action: keep them in a shared_ptr that
/// the action holds.
class CommandSpec {
 public:
  CommandSpec(CLI::App& app, CommandAction& chosen) : app_(app), chosen_(chosen) {}

  /// `names` as in "-j,--jobs".
  void flag(const char* names, bool& target, const char* help);
  void text(const char* names, const char* placeholder, std::string& target, const char* help);
  /// One that may be given several times, each time with one value.
  void texts(const char* names, const char* placeholder, std::vector<std::string>& targets, const char* help);
  void number(const char* names, int& target, int least, int most, const char* help);
  void choice(const char* names, std::string& target, const std::vector<std::string>& words,
              const char* help);
  void argument(const char* placeholder, std::string& target, const char* help);
  /// One that may be left out; the target then keeps its value.
  void optional_argument(const char* placeholder, std::string& target, const char* help);
  void arguments(const char* placeholder, std::vector<std::string>& targets, const char* help);
  /// Any number of them, none too.
  void optional_arguments(const char* placeholder, std::vector<std::string>& targets, const char* help);

  /// A command below this one, which then must be given one of them.
  CommandSpec sub(const char* name, const char* help);
  void action(CommandAction action);
  /// Of a command that has others below it: what it does when none of them is given.
  void default_action(CommandAction action);

 private:
  CLI::App& app_;
  CommandAction& chosen_;  ///< the action of the command that the words name
};

/// One row of the table of commands.
struct Command {
  const char* name;
  const char* help;
  void (*declare)(CommandSpec&);
};

/// Reads the words, runs the command, says what went wrong on standard error, gives the exit code.
int run_command_line(int argc, char** argv);

}  // namespace bounced
