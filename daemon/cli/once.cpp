// once: one pass over every mailbox, then what is new for the sync targets. Ends with the worst error of
// them; nothing to do is no error.
#include "daemon/clearing.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/sync_words.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/cli/wave_words.hpp"
#include "daemon/loop.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/process_lock.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  bool json = false;
  std::string mailbox;
};

void print_json(Output& out, JsonLine& line, const PassResult& pass) {
  out.write(line.text("mailbox", pass.mailbox)
                .number("mails", pass.counts.mails)
                .number("bounces", pass.counts.bounces)
                .number("duplicates", pass.counts.duplicates)
                .number("unrecognised", pass.counts.unrecognised)
                .number("quarantined", pass.counts.quarantined)
                .number("suppressed", pass.counts.suppressed)
                .number("retries", pass.counts.retries)
                .number("alerts", pass.counts.alerts)
                .number("distrusted", pass.counts.distrusted)
                .number("held", pass.counts.held)
                .text("error", pass.error ? pass.error->message : "")
                .finish());
}

void print_rows(Output& out, const std::vector<PassResult>& passes) {
  Table table(out, {"MAILBOX", "MAILS", "BOUNCES", "SEEN BEFORE", "UNRECOGNISED", "SUPPRESSED", "HELD",
                    "RETRY", "ALERTS", "DISTRUSTED", "RESULT"});
  for (const auto& pass : passes) {
    const auto& counts = pass.counts;
    table.row({pass.mailbox, std::to_string(counts.mails), std::to_string(counts.bounces),
               std::to_string(counts.duplicates), std::to_string(counts.unrecognised + counts.quarantined),
               std::to_string(counts.suppressed), std::to_string(counts.held), std::to_string(counts.retries),
               std::to_string(counts.alerts), std::to_string(counts.distrusted),
               pass.error     ? "failed"
               : pass.stopped ? "stopped early"
                              : "ok"});
  }
}

/// The mailboxes to read: all, or the one that was named.
Result<std::vector<MailboxSettings>> chosen(const Options& options, const Settings& settings,
                                            const Session& session) {
  if (settings.mailboxes.empty())
    return fail(Exit::config, session.config_file + " names no mailbox",
                "add a [[mailbox]] section; `bounced config example` shows one");
  if (options.mailbox.empty()) return settings.mailboxes;
  std::string names;
  for (const auto& mailbox : settings.mailboxes) {
    if (mailbox.name == options.mailbox) return std::vector{mailbox};
    names += (names.empty() ? "" : ", ") + mailbox.name;
  }
  return fail(Exit::usage, "no mailbox is called '" + options.mailbox + "'", "the mailboxes are: " + names);
}

/// How long a pass spends on what is old: a first round after years without goes on with the next pass.
constexpr std::chrono::seconds clearing_time{10};

Result<void> clear(const Settings& settings, Signals& signals) {
  const auto retention = open_sqlite_retention(settings.database_path);
  if (!retention) return fail(retention.error());
  const auto result = clear_database(**retention, settings.retention, now_seconds(), clearing_time,
                                     [&] { return signals.stop_requested(); });
  if (!result) return fail(result.error());
  if (result->too_large)
    complain("bounced: the database is larger than retention.warn_size: " + grouped(result->after.bytes) +
             " bytes");
  return {};
}

Result<Exit> once(const Options& options, Session& session) {
  Signals signals;
  auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto mailboxes = chosen(options, *settings, session);
  if (!mailboxes) return fail(mailboxes.error());
  const auto engine = make_engine(*std::move(settings));
  if (!engine) return fail(engine.error());
  const auto lock = ProcessLock::of_database(engine->settings.database_path);
  if (!lock) return fail(lock.error());
  MailboxLocks mailbox_locks;
  for (const auto& mailbox : *mailboxes)
    if (auto taken = mailbox_locks.take(mailbox); !taken) return fail(taken.error());
  const auto store = open_sqlite_store(engine->settings.database_path);
  if (!store) return fail(store.error());
  std::vector<PassResult> passes;
  for (const auto& mailbox : *mailboxes) {
    if (signals.stop_requested()) break;
    const auto stop = [&] { return signals.stop_requested(); };
    passes.push_back(run_pass(mailbox, *engine, **store, mailboxes_until(stop), stop));
    for (const auto& note : passes.back().notes) complain("bounced: mailbox " + mailbox.name + ": " + note);
    for (const auto& wave : passes.back().waves) raise_alarm(engine->settings.breaker, wave);
    if (passes.back().error) complain(*passes.back().error);
  }
  const auto synced = sync_targets(engine->settings, engine->settings.targets, **store, {},
                                   [&] { return signals.stop_requested(); });
  for (const auto& one : synced)
    if (one.result.error) complain(*one.result.error);
  if (auto cleared = clear(engine->settings, signals); !cleared) complain(cleared.error());
  if (options.json) {
    JsonLine line;
    for (const auto& pass : passes) print_json(session.out, line, pass);
  } else {
    print_rows(session.out, passes);
  }
  if (!synced.empty()) print_sync(session.out, synced, options.json);
  if (const auto worst = worst_error(passes)) return worst->exit;
  if (const auto worst = worst_error(synced)) return worst->exit;
  return signals.stop_requested() ? Exit::try_again : Exit::ok;
}

}  // namespace

void declare_once(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.text("--mailbox", "NAME", options->mailbox, "only this one");
  command.flag("--json", options->json, "the counts as JSON Lines");
  command.action([options](Session& session) { return once(*options, session); });
}

}  // namespace bounced
