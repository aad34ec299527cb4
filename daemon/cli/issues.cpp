// issues: what the operator has to mend, grouped by provider, reason and text; closing, muting.
#include <charconv>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/login_name.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  std::vector<std::string> ids;
  std::string why;
  bool all = false, json = false;
};

void print_json(Output& out, const OperatorIssue& issue) {
  JsonLine line;
  out.write(line.number("id", issue.id)
                .text("state", issue.state)
                .time("state_at", issue.state_at)
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

std::string state_of(const OperatorIssue& issue) {
  return issue.state_at == 0 ? issue.state : issue.state + " since " + local_minute(issue.state_at);
}

/// A block for a person: issues are few, and each must be understood.
void print_block(Output& out, const OperatorIssue& issue) {
  out.line(std::to_string(issue.id) + ". " + printable(issue.provider) + ": " +
           std::string(facts(issue.reason).meaning) + "  (" + std::string(to_string(issue.reason)) + ", " +
           counted(issue.count, "reply", "replies") + ", " + local_minute(issue.first_seen) + " to " +
           local_minute(issue.last_seen) + (issue.state == "open" ? "" : ", " + state_of(issue)) + ")");
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

/// The issues that were named by their numbers, in that order.
Result<std::vector<OperatorIssue>> named_issues(const Options& options, Store& store) {
  const auto all = store.issues("");
  if (!all) return fail(all.error());
  std::vector<OperatorIssue> found;
  for (const std::string& word : options.ids) {
    std::int64_t id = 0;
    const char* end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, id);
    const std::size_t before = found.size();
    if (read.ec == std::errc() && read.ptr == end)
      for (const OperatorIssue& issue : *all)
        if (issue.id == id) found.push_back(issue);
    if (found.size() == before)
      return fail(Exit::usage, "issues: there is no issue '" + word + "'",
                  "`bounced issues list --all` shows their numbers");
  }
  return found;
}

Result<Exit> show(const Options& options, Session& session) {
  const auto store = session.store();
  if (!store) return fail(store.error());
  const auto issues = named_issues(options, **store);
  if (!issues) return fail(issues.error());
  for (const OperatorIssue& issue : *issues) {
    if (options.json) {
      print_json(session.out, issue);
      continue;
    }
    print_pairs(
        session.out,
        {{"issue", std::to_string(issue.id)},
         {"state", issue.state + (issue.state_at == 0 ? "" : " since " + rfc3339(issue.state_at))},
         {"provider", issue.provider},
         {"vendor", issue.vendor},
         {"reason", std::string(to_string(issue.reason)) + ": " + std::string(facts(issue.reason).meaning)},
         {"replies", std::to_string(issue.count)},
         {"first seen", rfc3339(issue.first_seen)},
         {"last seen", rfc3339(issue.last_seen)},
         {"told last", rfc3339(issue.reported_at)},
         {"sample", issue.sample_text},
         {"wording", issue.normalised_text},
         {"remedy", issue.remedy},
         {"link", issue.remedy_url},
         {"rule", issue.rule}});
  }
  return Exit::ok;
}

/// What a person does to an issue, and the state that it has then.
struct Handling {
  const char *word, *help, *state, *done;
};
constexpr Handling handlings[] = {
    {"close", "it is mended: it opens again when it occurs again", "closed", "closed"},
    {"mute", "it is to be counted, and told no more", "muted", "muted"},
    {"unmute", "it is to be told again", "open", "open again"},
};

Result<Exit> handle(const Options& options, Session& session, const Handling& handling) {
  const auto store = session.writable_store();
  if (!store) return fail(store.error());
  const auto issues = named_issues(options, **store);
  if (!issues) return fail(issues.error());
  const auto transaction = (*store)->begin();
  if (!transaction) return fail(transaction.error());
  std::vector<std::string> lines;
  for (const OperatorIssue& issue : *issues) {
    const std::string what = "issue " + std::to_string(issue.id) + " (" + issue.provider + ", " +
                             std::string(to_string(issue.reason)) + ")";
    const auto now = now_seconds();
    const bool undoes_nothing = handling.state == std::string_view("open") && issue.state != "muted";
    auto changed =
        undoes_nothing ? Result<bool>(false) : (*transaction)->set_issue_state(issue.id, handling.state, now);
    if (!changed) return fail(changed.error());
    lines.push_back("bounced: " + what + (*changed ? " is " : " stays ") +
                    (*changed ? handling.done : issue.state));
    if (!*changed) continue;
    const auto noted = (*transaction)->record_act(act_by_hand(now, handling.word, options.why, what));
    if (!noted) return fail(noted.error());
  }
  if (auto done = (*transaction)->commit(); !done) return fail(done.error());
  for (const std::string& line : lines) complain(line);
  return Exit::ok;
}

void declare_list(CommandSpec& command, const std::shared_ptr<Options>& options) {
  command.flag("--all", options->all, "also closed and muted ones");
  command.flag("--json", options->json, "JSON Lines");
}

}  // namespace

void declare_issues(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  auto listing = command.sub("list", "the open ones, most frequent first");
  declare_list(listing, options);
  listing.action([options](Session& session) { return list(*options, session); });
  const auto shown = std::make_shared<Options>();
  auto showing = command.sub("show", "everything about an issue");
  showing.arguments("ID", shown->ids, "their numbers");
  showing.flag("--json", shown->json, "JSON Lines");
  showing.action([shown](Session& session) { return show(*shown, session); });
  for (const Handling& handling : handlings) {
    const auto handled = std::make_shared<Options>();
    auto one = command.sub(handling.word, handling.help);
    one.arguments("ID", handled->ids, "their numbers");
    one.text("--why", "TEXT", handled->why, "why, for the record");
    one.action([handled, &handling](Session& session) { return handle(*handled, session, handling); });
  }
  declare_list(command, options);
  command.default_action([options](Session& session) { return list(*options, session); });
}

}  // namespace bounced
