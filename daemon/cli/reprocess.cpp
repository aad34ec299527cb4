// reprocess: today's rules over the replies that the database keeps. Without --apply it only shows what would
// change.
#include "daemon/reprocess.hpp"

#include "config/rules_file.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/suppression_row.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/engine.hpp"
#include "daemon/login_name.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  std::string why;
  bool apply = false, dry_run = false, json = false;
};

std::string_view name_of(StandingChange::What what) {
  return what == StandingChange::What::suppressed ? "suppressed" : "taken_back";
}

/// Prints addresses as they come: JSON Lines, or a table.
class Rows {
 public:
  Rows(const Options& options, Output& out) : out_(out), json_(options.json) {}

  void print(const StandingChange& change) {
    const Suppression& row = change.suppression;
    if (json_) {
      suppression_fields(line_, row)
          .text("change", name_of(change.what))
          .text("was", to_string(change.was))
          .text("is", to_string(change.is));
      return out_.write(line_.finish());
    }
    if (!table_)
      table_ = std::make_unique<Table>(
          out_, std::vector<std::string>{"ADDRESS", "CHANGE", "WAS", "IS", "DIAGNOSTIC"});
    table_->row({row.address, change.what == StandingChange::What::suppressed ? "suppressed" : "taken back",
                 std::string(to_string(change.was)), std::string(to_string(change.is)), row.diagnostic});
  }
  void end() { table_.reset(); }

 private:
  Output& out_;
  bool json_;
  std::unique_ptr<Table> table_;
  JsonLine line_;
};

void print_verdicts(const Options& options, Output& out, const ReprocessReport& report) {
  if (report.verdicts.empty()) return;
  JsonLine line;
  std::unique_ptr<Table> table;
  if (!options.json)
    table = std::make_unique<Table>(out, std::vector<std::string>{"EVENTS", "WAS", "IS", "RULE", "SAMPLE"});
  for (const auto& [key, change] : report.verdicts) {
    const auto& [was, is, rule] = key;
    if (table) {
      table->row({std::to_string(change.count), std::string(to_string(was)), std::string(to_string(is)), rule,
                  change.sample});
      continue;
    }
    out.write(line.number("events", change.count)
                  .text("was", to_string(was))
                  .text("is", to_string(is))
                  .text("rule", rule)
                  .text("sample", change.sample)
                  .finish());
  }
}

void print_counts(const Options& options, Output& out, const ReprocessCounts& counts) {
  if (options.json) {
    JsonLine line;
    out.write(line.boolean("applied", options.apply)
                  .number("addresses", counts.addresses)
                  .number("events", counts.events)
                  .number("changed", counts.changed)
                  .number("renamed", counts.renamed)
                  .number("suppressed", counts.suppressed)
                  .number("taken_back", counts.taken_back)
                  .number("issues", counts.issues)
                  .finish());
    return;
  }
  const bool any = counts.changed + counts.renamed > 0;
  std::string text = counted(counts.events, "event", "events") + " of " +
                     counted(counts.addresses, "address", "addresses") + ": ";
  text += any ? grouped(counts.changed) + " with another verdict" : "today's rules say the same";
  if (counts.renamed > 0) text += ", " + grouped(counts.renamed) + " with another rule and the same verdict";
  if (any) {
    const std::string would = options.apply ? "" : " to be";
    text += "; " + grouped(counts.suppressed) + " addresses" + would + " suppressed, " +
            grouped(counts.taken_back) + would + " taken back";
    if (counts.issues > 0) text += ", " + grouped(counts.issues) + " events for the operator";
    if (!options.apply) text += ". Nothing is changed yet: --apply does it";
  }
  complain("bounced: " + text);
}

/// Today's verdict. The vendor that a look-up of mail exchangers named when the mail came stands in for a
/// new look-up: the answers of the DNS are part of the evidence of then.
Judge judge_by(const Engine& engine) {
  return [&engine](Reply reply, const std::string& vendor) {
    Verdict verdict = engine.classifier->classify(reply);
    if (!verdict.vendor.empty() || vendor.empty() || engine.settings.mx_lookup == "never") return verdict;
    reply.vendor = vendor;
    return engine.classifier->classify(reply);
  };
}

Result<ReprocessReport> carry_out(const Options& options, Session& session, const Engine& engine) {
  Rows rows(options, session.out);
  const EachStandingChange each = [&](const StandingChange& change) { rows.print(change); };
  const auto store = options.apply ? session.writable_store() : session.store();
  if (!store) return fail(store.error());
  const Judge judge = judge_by(engine);
  if (!options.apply) return preview_reprocess(**store, judge, engine.settings.policy, now_seconds(), each);
  const ManualAct act = act_by_hand(now_seconds(), "reprocess", options.why,
                                    "rules " + rules_version(engine.classifier->book()));
  return apply_reprocess(**store, judge, engine.settings.policy, act, each);
}

Result<Exit> reprocess(const Options& options, Session& session) {
  if (options.apply && options.dry_run)
    return fail(Exit::usage, "reprocess: --apply and --dry-run exclude each other", "");
  auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto engine = make_engine(*std::move(settings));
  if (!engine) return fail(engine.error());
  const auto report = carry_out(options, session, *engine);
  if (!report) return fail(report.error());
  print_verdicts(options, session.out, *report);
  print_counts(options, session.out, report->counts);
  return Exit::ok;
}

}  // namespace

void declare_reprocess(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.flag("--apply", options->apply, "do it; without this nothing changes");
  command.flag("--dry-run", options->dry_run, "only show what would change (the default)");
  command.text("--why", "TEXT", options->why, "why, for the record");
  command.flag("--json", options->json, "JSON Lines: addresses, verdicts, then the counts");
  command.action([options](Session& session) { return reprocess(*options, session); });
}

}  // namespace bounced
