#include "daemon/cli/commands.hpp"

#include <array>

namespace bounced {

std::span<const Command> commands() {
  static constexpr std::array table{
      Command{"run", "watch the mailboxes until told to stop", declare_run},
      Command{"once", "read every mailbox once", declare_once},
      Command{"parse", "print the report of each mail in files, directories or standard input",
              declare_parse},
      Command{"classify", "say what a server's reply means", declare_classify},
      Command{"explain", "show how the verdict on one mail came about", declare_explain},
      Command{"import", "put mails from files or directories into the database", declare_import},
      Command{"suppressions", "the addresses not to mail again", declare_suppressions},
      Command{"undo", "take suppressions back", declare_undo},
      Command{"forget", "take an address out of the database", declare_forget},
      Command{"reprocess", "judge what the database keeps by today's rules", declare_reprocess},
      Command{"review", "decide about suppressions that the circuit breaker holds", declare_review},
      Command{"retries", "the addresses to mail again, and when", declare_retries},
      Command{"sync", "tell list managers and other targets what is new", declare_sync},
      Command{"summary", "what happened, and what needs you", declare_summary},
      Command{"issues", "what the operator has to mend", declare_issues},
      Command{"why", "all that is known of an address", declare_why},
      Command{"policy", "try other thresholds on what came so far", declare_policy},
      Command{"rules", "the rules that verdicts come from", declare_rules},
      Command{"verp", "return paths that prove what bounces to them", declare_verp},
      Command{"doctor", "try everything that is needed, and say what is wrong", declare_doctor},
      Command{"backup", "copy the database while it is in use", declare_backup},
      Command{"vacuum", "clear what is old, and give its room back", declare_vacuum},
      Command{"config", "check, show or explain the settings", declare_config},
  };
  return table;
}

}  // namespace bounced
