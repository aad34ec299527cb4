// issues list: what the operator has to mend, grouped by provider, reason and text.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  bool all = false, json = false;
};

void print_json(Output& out, const OperatorIssue& issue) {
  JsonLine line;
  out.write(line.number("id", issue.id)
                .text("state", issue.state)
                .text("provider", issue.provider)
                .text("vendor", issue.vendor)
                .text("category", to_string(facts(issue.reason).category))
                .text("reason", to_string(issue.reason))
                .text("fault", to_string(facts(issue.reason).fault))
                .number("count", issue.count)
                .time("first_seen", issue.first_seen)
                .time("last_seen", issue.last_seen)
                .text("sample", issue.sample_text)
                .text("remedy", issue.remedy)
                .text("remedy_url", issue.remedy_url)
                .text("rule", issue.rule)
                .finish());
}

/// A block for a person: issues are few, and each must be understood.
void print_block(Output& out, const OperatorIssue& issue) {
  out.line(printable(issue.provider) + ": " + std::string(facts(issue.reason).meaning) + "  (" +
           std::string(to_string(issue.reason)) + ", " + counted(issue.count, "reply", "replies") + ", " +
           local_minute(issue.first_seen) + " to " + local_minute(issue.last_seen) + ")");
  for (const auto& text : wrapped(printable(issue.sample_text), out.columns() - 4)) out.line("    " + text);
  const auto remedy = printable(issue.remedy + (issue.remedy_url.empty() ? "" : " " + issue.remedy_url));
  if (!remedy.empty())
    for (const auto& text : wrapped("→ " + remedy, out.columns() - 4)) out.line("    " + text);
  out.line("");
}

Result<Exit> list(const Options& options, Session& session) {
  const auto store = session.store();
  if (!store) return fail(store.error());
  const auto issues = (*store)->issues(options.all ? "" : "open");
  if (!issues) return fail(issues.error());
  for (const auto& issue : *issues) {
    if (options.json)
      print_json(session.out, issue);
    else if (session.out.is_terminal())
      print_block(session.out, issue);
    else
      session.out.line(std::to_string(issue.id) + "\t" + issue.state + "\t" + printable(issue.provider) +
                       "\t" + std::string(to_string(issue.reason)) + "\t" + std::to_string(issue.count) +
                       "\t" + rfc3339(issue.last_seen) + "\t" + printable(issue.sample_text) + "\t" +
                       printable(issue.remedy));
  }
  if (session.out.is_terminal() && !options.json && issues->empty()) session.out.line("nothing to mend");
  return Exit::ok;
}

}  // namespace

void declare_issues(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  auto listing = command.sub("list", "the open ones, most frequent first");
  listing.flag("--all", options->all, "also closed and muted ones");
  listing.flag("--json", options->json, "JSON Lines");
  listing.action([options](Session& session) { return list(*options, session); });
}

}  // namespace bounced
