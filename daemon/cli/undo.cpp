// undo: takes suppressions back. Without --apply it only shows what would go.
#include "daemon/undo.hpp"

#include "daemon/cli/commands.hpp"
#include "daemon/cli/suppression_row.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/login_name.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"
#include "parser/address.hpp"

namespace bounced {
namespace {

struct Options {
  std::string since, until, domain, provider, rule, text, batch, why;
  bool manual = false, force = false, apply = false, json = false;
};

Error no_time(const std::string& option, const std::string& text) {
  return {Exit::usage, "undo: " + option + ": '" + text + "' is no time",
          "write it as 2026-03-01, 2026-03-01 14:30, 2026-03-01T14:30:00Z, today, yesterday, or 6h for six "
          "hours ago"};
}

/// The domain in the form in which addresses have it.
Result<std::string> domain_named(const std::string& typed) {
  const auto address = normal_address("x@" + typed);
  if (address.empty() || typed.find_first_of(" \t@") != std::string::npos)
    return fail(Exit::usage, "undo: '" + typed + "' is no domain", "");
  return std::string(domain_of(address));
}

Result<SuppressionFilter> choice_of(const Options& options, UnixSeconds now) {
  SuppressionFilter which;
  which.provider = options.provider;
  which.rule = options.rule;
  which.text = options.text;
  which.batch = options.batch;
  which.with_manual = options.manual;
  which.with_complaints = options.force;
  if (!options.since.empty()) {
    const auto time = time_named(options.since, now);
    if (!time) return fail(no_time("--since", options.since));
    which.decided_since = time->from;
  }
  if (!options.until.empty()) {
    const auto time = time_named(options.until, now);
    if (!time) return fail(no_time("--until", options.until));
    which.decided_until = time->until;
  }
  if (which.decided_until != 0 && which.decided_until <= which.decided_since)
    return fail(Exit::usage, "undo: --until is not after --since", "");
  if (!options.domain.empty()) {
    auto domain = domain_named(options.domain);
    if (!domain) return fail(domain.error());
    which.domain = *std::move(domain);
  }
  return which;
}

/// The choice in words, for the record.
std::string choice_text(const Options& options) {
  std::string text;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += (text.empty() ? "" : ", ") + std::string(name) + " " + value;
  };
  add("since", options.since);
  add("until", options.until);
  add("domain", options.domain);
  add("provider", options.provider);
  add("rule", options.rule);
  add("text", options.text);
  add("batch", options.batch);
  if (options.manual) text += ", those by hand too";
  if (options.force) text += ", complaints too";
  return text;
}

/// Prints rows as they come: JSON Lines, or a table.
class Rows {
 public:
  Rows(const Options& options, Output& out) : out_(out) {
    if (!options.json)
      table_ = std::make_unique<Table>(
          out, std::vector<std::string>{"ADDRESS", "REASON", "DECIDED", "SOURCE", "THEN", "DIAGNOSTIC"});
  }
  void print(const Suppression& taken, const std::optional<Suppression>& back) {
    const auto reason = [](const Suppression& row) { return std::string(to_string(row.reason)); };
    if (!table_) {
      suppression_fields(line_, taken)
          .text("provider", taken.provider)
          .text("batch", taken.batch)
          .text("then", back ? to_string(back->reason) : "");
      return out_.write(line_.finish());
    }
    const auto decided = out_.is_terminal() ? local_minute(taken.decided_at) : rfc3339(taken.decided_at);
    table_->row({taken.address, reason(taken), decided, taken.source,
                 back ? reason(*back) + ", " + scope_text(*back) : "", taken.diagnostic});
  }

 private:
  Output& out_;
  std::unique_ptr<Table> table_;
  JsonLine line_;
};

void print_counts(const Options& options, Output& out, const UndoCounts& counts) {
  if (options.json) {
    JsonLine line;
    out.write(line.boolean("applied", options.apply)
                  .number("taken_back", counts.taken_back)
                  .number("came_back", counts.came_back)
                  .number("left_manual", counts.left_manual)
                  .number("left_complaints", counts.left_complaints)
                  .finish());
    return;
  }
  const auto number = counted(counts.taken_back, "suppression", "suppressions");
  std::string text = options.apply ? number + " taken back" : number + " would be taken back";
  if (counts.came_back > 0)
    text += "; in place of " + grouped(counts.came_back) + " an earlier one holds again";
  if (counts.left_manual > 0) text += "; " + grouped(counts.left_manual) + " by hand stay (--manual)";
  if (counts.left_complaints > 0)
    text += "; " + counted(counts.left_complaints, "complaint stays", "complaints stay") + " (--force)";
  if (!options.apply && counts.taken_back > 0) text += ". Nothing is changed yet: --apply does it";
  complain("bounced: " + text);
}

Result<UndoCounts> carry_out(const Options& options, Session& session, const SuppressionFilter& which,
                             UnixSeconds now) {
  Rows rows(options, session.out);
  const EachUndone each = [&](const Suppression& taken, const std::optional<Suppression>& back) {
    rows.print(taken, back);
  };
  const auto store = options.apply ? session.writable_store() : session.store();
  if (!store) return fail(store.error());
  if (!options.apply) return preview_undo(**store, which, now, each);
  return apply_undo(**store, which, act_by_hand(now, "undo", options.why, choice_text(options)), each);
}

Result<Exit> undo(const Options& options, Session& session) {
  const auto now = now_seconds();
  const auto which = choice_of(options, now);
  if (!which) return fail(which.error());
  const bool chosen = !(options.since + options.until + options.domain + options.provider + options.rule +
                        options.text + options.batch)
                           .empty();
  if (!chosen)
    return fail(Exit::usage, "undo: which suppressions?",
                "choose with --since, --until, --domain, --provider, --rule, --text or --batch");
  const auto counts = carry_out(options, session, *which, now);
  if (!counts) return fail(counts.error());
  print_counts(options, session.out, *counts);
  return Exit::ok;
}

}  // namespace

void declare_undo(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.text("--since", "TIME", options->since,
               "decided then or later: 2026-03-01, '2026-03-01 14:30', RFC 3339, or 6h for six hours ago");
  command.text("--until", "TIME", options->until, "decided before then; a day is counted in");
  command.text("--domain", "DOMAIN", options->domain, "addresses of this domain");
  command.text("--provider", "NAME", options->provider,
               "that this provider said: a vendor's name, e.g. google, or the domain of its servers");
  command.text("--rule", "RULE", options->rule, "that this rule led to");
  command.text("--text,--match", "TEXT", options->text, "whose diagnostic contains this");
  command.text("--batch", "NAME", options->batch, "that came with this import");
  command.flag("--manual", options->manual, "also those that were added by hand");
  command.flag("--force", options->force, "also those whose owner complained");
  command.flag("--apply", options->apply, "do it; without this nothing changes");
  command.text("--why", "TEXT", options->why, "why, for the record");
  command.flag("--json", options->json, "JSON Lines: the suppressions, then the counts");
  command.action([options](Session& session) { return undo(*options, session); });
}

}  // namespace bounced
