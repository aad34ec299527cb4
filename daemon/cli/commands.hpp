// The commands of the program. Each is declared and carried out in the file of its name; a new one is a file,
// a line here, a row in commands.cpp and a line in CMakeLists.txt.
#pragma once

#include <span>

#include "daemon/cli/command_line.hpp"

namespace bounced {

void declare_run(CommandSpec& command);
void declare_once(CommandSpec& command);
void declare_parse(CommandSpec& command);
void declare_classify(CommandSpec& command);
void declare_explain(CommandSpec& command);
void declare_import(CommandSpec& command);
void declare_suppressions(CommandSpec& command);
void declare_suppressions_import(
    CommandSpec& command);  ///< `suppressions import`; declare_suppressions calls it
void declare_undo(CommandSpec& command);
void declare_forget(CommandSpec& command);
void declare_vacuum(CommandSpec& command);
void declare_reprocess(CommandSpec& command);
void declare_review(CommandSpec& command);
void declare_retries(CommandSpec& command);
void declare_sync(CommandSpec& command);
void declare_summary(CommandSpec& command);
void declare_issues(CommandSpec& command);
void declare_why(CommandSpec& command);
void declare_policy(CommandSpec& command);
void declare_rules(CommandSpec& command);
void declare_rules_suggest(CommandSpec& command);  ///< `rules suggest`; declare_rules calls it
void declare_verp(CommandSpec& command);
void declare_doctor(CommandSpec& command);
void declare_backup(CommandSpec& command);
void declare_config(CommandSpec& command);

/// The table, in the order of `bounced --help`.
std::span<const Command> commands();

}  // namespace bounced
