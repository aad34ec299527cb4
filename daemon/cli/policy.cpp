// policy: simulate.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/simulation.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  std::vector<std::string> changes;
  std::string other;
  bool json = false;
};

/// "policy." may be left out.
std::vector<std::string> full_keys(std::vector<std::string> changes) {
  for (std::string& change : changes)
    if (!change.starts_with("policy.")) change.insert(0, "policy.");
  return changes;
}

/// The arithmetic behind a suppression, or the count on which the address stands.
std::string why(const Standing& standing) {
  if (standing.suppression) return standing.suppression->note;
  return standing.last.arithmetic;
}

void print_change(const Options& options, Output& out, std::unique_ptr<Table>& table,
                  const SimulatedChange& change) {
  const Suppression& row = change.then.suppressed() ? *change.then.suppression : *change.now.suppression;
  if (options.json) {
    JsonLine line;
    return out.write(line.text("address", change.address)
                         .boolean("suppressed_now", change.now.suppressed())
                         .boolean("suppressed_then", change.then.suppressed())
                         .text("reason", to_string(row.reason))
                         .text("why_now", why(change.now))
                         .text("why_then", why(change.then))
                         .finish());
  }
  if (!table)
    table = std::make_unique<Table>(out, std::vector<std::string>{"ADDRESS", "THEN", "REASON", "WHY"});
  table->row({change.address, change.then.suppressed() ? "suppressed" : "free",
              std::string(to_string(row.reason)), why(change.then)});
}

void print_counts(const Options& options, Output& out, const SimulationCounts& counts) {
  if (options.json) {
    JsonLine line;
    out.write(line.number("addresses", counts.addresses)
                  .number("suppressed_now", counts.suppressed_now)
                  .number("suppressed_then", counts.suppressed_then)
                  .number("more", counts.more)
                  .number("fewer", counts.fewer)
                  .finish());
    return;
  }
  complain("bounced: of " + counted(counts.addresses, "address", "addresses") + " the policy suppresses " +
           grouped(counts.suppressed_now) + " now and " + grouped(counts.suppressed_then) + " then: " +
           grouped(counts.more) + " more, " + grouped(counts.fewer) + " fewer. Nothing is changed");
}

Result<Exit> simulate_policy(const Options& options, Session& session) {
  if (options.changes.empty() && options.other.empty())
    return fail(Exit::usage, "policy simulate: what would be otherwise?",
                "say it as in the settings file: --set mailbox_full.count=3 --set user_unknown.window=7d, or "
                "name another settings file: --other FILE");
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto base = options.other.empty() ? settings : load_settings(options.other, true);
  if (!base) return fail(base.error());
  const auto others = settings_with(*base, full_keys(options.changes));
  if (!others)
    return fail(others.error().exit, "policy simulate: " + others.error().message, others.error().hint);
  const auto store = session.store();
  if (!store) return fail(store.error());
  std::unique_ptr<Table> table;
  const auto counts =
      simulate(**store, settings->policy, others->policy, now_seconds(),
               [&](const SimulatedChange& change) { print_change(options, session.out, table, change); });
  if (!counts) return fail(counts.error());
  table.reset();
  print_counts(options, session.out, *counts);
  return Exit::ok;
}

}  // namespace

void declare_policy(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  CommandSpec simulate = command.sub("simulate", "other thresholds over all that ever came");
  simulate.texts(
      "--set", "KEY=VALUE", options->changes,
      "a key of [policy] or [policy.REASON] and its value, e.g. mailbox_full.count=3; may be given again");
  simulate.text("--other", "FILE", options->other,
                "the [policy] of another settings file, overrides included; --set comes on top of it");
  simulate.flag("--json", options->json, "JSON Lines: the addresses that differ, then the counts");
  simulate.action([options](Session& session) { return simulate_policy(*options, session); });
}

}  // namespace bounced
