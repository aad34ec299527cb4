// forget ADDRESS: takes an address out of the database. Without --apply it only shows what would go.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/forgetting.hpp"
#include "daemon/login_name.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"
#include "parser/address.hpp"

namespace bounced {
namespace {

struct Options {
  std::string address, why;
  bool no_keep = false, apply = false, force = false, json = false;
};

/// The targets that have not been told yet what they must know of the address, by name.
Result<std::string> targets_behind(Store& store, const std::string& address) {
  const auto last = store.sync().last_change_of(address);
  if (!last) return fail(last.error());
  if (!*last) return std::string();
  const auto targets = store.sync().targets();
  if (!targets) return fail(targets.error());
  const auto known = store.sync().known_of(address);
  if (!known) return fail(known.error());
  std::string names;
  for (const SyncTarget& target : *targets) {
    bool behind = target.cursor < (*last)->number;
    for (const SyncAddress& one : *known)
      behind = behind || (one.target == target.name && one.state == SyncState::waiting);
    if (behind && !target.disabled) names += (names.empty() ? "" : ", ") + target.name;
  }
  return names;
}

/// Ends a suppression that is not to be kept, so that the targets learn of it. True when there was one.
Result<bool> end_suppression(Store& store, const std::string& address, UnixSeconds now) {
  const auto transaction = store.begin();
  if (!transaction) return fail(transaction.error());
  const auto ended = (*transaction)->unsuppress(address, "forgotten", now, true);
  if (!ended) return fail(ended.error());
  if (auto done = (*transaction)->commit(); !done) return fail(done.error());
  return *ended;
}

/// Nothing may go that a target still has to be told.
Result<void> wait_for_targets(const Options& options, Store& store, const std::string& address,
                              UnixSeconds now) {
  const auto targets = store.sync().targets();
  if (!targets) return fail(targets.error());
  if (targets->empty() || options.force) return {};
  if (options.no_keep && options.apply)
    if (const auto ended = end_suppression(store, address, now); !ended) return fail(ended.error());
  const auto behind = targets_behind(store, address);
  if (!behind) return fail(behind.error());
  if (behind->empty() || !options.apply) return {};
  return fail(Exit::try_again, "forget: not told yet of the address: " + *behind,
              "let `bounced sync` tell them, then forget it again; --force does not wait");
}

std::string counts_text(const ForgetCounts& counts) {
  return counted(counts.events, "event", "events") + ", " +
         counted(counts.suppressions, "suppression", "suppressions") + ", " +
         counted(counts.holds, "hold", "holds") + ", " + counted(counts.retries, "retry", "retries") + ", " +
         counted(counts.changes, "change", "changes") + " of the outbox, and " +
         counted(counts.texts, "text", "texts") + " of others that mention it";
}

void print(const Options& options, Output& out, const ForgetCounts& counts, bool keeps) {
  if (options.json) {
    JsonLine line;
    out.write(line.boolean("applied", options.apply)
                  .boolean("known", counts.known)
                  .boolean("suppression_kept", keeps)
                  .number("events", counts.events)
                  .number("suppressions", counts.suppressions)
                  .number("holds", counts.holds)
                  .number("retries", counts.retries)
                  .number("changes", counts.changes)
                  .number("texts", counts.texts)
                  .finish());
    return;
  }
  const std::string kept = keeps ? "; a hash stays, so that it is not mailed again" : "";
  if (!counts.known && counts.texts == 0) return complain("bounced: nothing is known of the address" + kept);
  complain("bounced: " + counts_text(counts) + (options.apply ? " are gone" : " would go") + kept +
           (options.apply ? ". Backups, logs and the mails in the mailbox still have the address"
                          : ". Nothing is changed yet: --apply does it"));
}

Result<Exit> forget(const Options& options, Session& session) {
  const auto address = normal_address(options.address);
  if (address.empty()) return fail(Exit::usage, "'" + options.address + "' is no mail address", "");
  const auto now = now_seconds();
  const auto store = session.writable_store();
  if (!store) return fail(store.error());
  const auto suppression = (*store)->suppression(address);
  if (!suppression) return fail(suppression.error());
  if (auto waited = wait_for_targets(options, **store, address, now); !waited) return fail(waited.error());
  std::optional<Forgotten> kept;
  if (*suppression && !options.no_keep) {
    const auto key = (*store)->forgetting().key();
    if (!key) return fail(key.error());
    kept = Forgotten{forgotten_hash(*key, address), now, (*suppression)->reason, (*suppression)->scope};
  }
  const auto act = act_by_hand(now, "forget", options.why, kept ? "the suppression is kept" : "");
  const auto counts = (*store)->forgetting().forget(address, kept, act, options.apply);
  if (!counts) return fail(counts.error());
  if (options.no_keep && options.apply) {  // a hash of an earlier time
    const auto before = forgotten_address(**store, address);
    if (!before) return fail(before.error());
    if (*before)
      complain("bounced: it was forgotten before, and stays suppressed; suppressions remove ends that");
  }
  print(options, session.out, *counts, kept.has_value());
  return Exit::ok;
}

}  // namespace

void declare_forget(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.argument("ADDRESS", options->address, "the address");
  command.flag("--no-keep-suppression", options->no_keep,
               "nothing stays: when it bounces again, it is a new address");
  command.flag("--apply", options->apply, "do it; without this nothing changes");
  command.flag("--force", options->force, "also when a sync target has not been told all of it yet");
  command.text("--why", "TEXT", options->why, "why, for the record; without the address");
  command.flag("--json", options->json, "what goes, as a JSON object");
  command.action([options](Session& session) { return forget(*options, session); });
}

}  // namespace bounced
