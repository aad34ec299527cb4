// sync [TARGET] | status | replay: tells list managers and other targets what is new.
#include <algorithm>
#include <random>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/sync_words.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/signals.hpp"
#include "daemon/sync/change_json.hpp"
#include "daemon/sync/drift.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  std::string target;
  std::string from;
  bool dry_run = false, check = false, json = false;
};

/// The targets that are meant: all, or the one that was named.
Result<std::vector<TargetSettings>> chosen(const std::string& name, const Settings& settings,
                                           const Session& session) {
  if (settings.targets.empty())
    return fail(Exit::config, session.config_file + " names no target",
                "add a [[target]] section; `bounced config example` shows one");
  if (name.empty()) return settings.targets;
  std::string names;
  for (const auto& target : settings.targets) {
    if (target.name == name) return std::vector{target};
    names += (names.empty() ? "" : ", ") + target.name;
  }
  return fail(Exit::usage, "no target is called '" + name + "'", "the targets are: " + names);
}

Result<Exit> show_changes(const Options& options, Session& session, Store& store,
                          const std::vector<TargetSettings>& targets) {
  JsonLine line;
  for (const TargetSettings& target : targets) {
    const auto count = preview(target, store, [&](const OutboxChange& change) {
      if (options.json)
        session.out.write(change_json(line, change));
      else
        session.out.line(target.name + '\t' + (change.suppressed ? "suppress" : "release") + '\t' +
                         change.address + '\t' + std::string(to_string(change.reason)));
      return session.out.good();
    });
    if (!count) return fail(count.error());
    complain("bounced: target " + target.name + ": would be told " + counted(*count, "change", "changes"));
  }
  return Exit::ok;
}

/// The worse of two exit codes: one that a person must mend goes before one that passes by itself.
Exit worse(Exit one, const Error& other) {
  const bool passing = Error{one, "", ""}.temporary();
  return one == Exit::ok || (passing && !other.temporary()) ? other.exit : one;
}

Result<Exit> check(const Options& options, Session& session, Store& store,
                   const std::vector<TargetSettings>& targets, const std::function<bool()>& stop) {
  Exit worst = Exit::ok;
  JsonLine line;
  for (const TargetSettings& settings : targets) {
    auto target = make_target(settings, stop);
    std::int64_t differences = 0;
    auto done =
        !target ? Result<void>(fail(target.error()))
                : compare(settings, **target, store, [&](Drift drift, const std::string& address) {
                    ++differences;
                    if (options.json)
                      session.out.write(line.text("target", settings.name)
                                            .text("drift", to_string(drift))
                                            .text("address", address)
                                            .finish());
                    else
                      session.out.line(settings.name + '\t' + std::string(to_string(drift)) + '\t' + address);
                    return session.out.good();
                  });
    const bool cannot_be_asked = !done && done.error().exit == Exit::usage;
    if (cannot_be_asked && options.target.empty()) continue;
    if (!done) {
      complain(done.error());
      worst = worse(worst, done.error());
    } else {
      complain("bounced: target " + settings.name + ": " + counted(differences, "difference", "differences"));
      if (differences > 0) worst = worse(worst, {Exit::data, "", ""});
    }
  }
  return worst;
}

Result<Exit> sync(const Options& options, Session& session) {
  Signals signals;
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto targets = chosen(options.target, *settings, session);
  if (!targets) return fail(targets.error());
  const auto stop = [&] { return signals.stop_requested(); };
  if (options.dry_run || options.check) {
    const auto store = session.store();
    if (!store) return fail(store.error());
    if (options.check) return check(options, session, **store, *targets, stop);
    return show_changes(options, session, **store, *targets);
  }
  const auto store = session.writable_store();
  if (!store) return fail(store.error());
  const auto results = sync_targets(*settings, *targets, **store, {.even_early = true}, stop);
  print_sync(session.out, results, options.json);
  for (const SyncOutcome& one : results)
    if (one.result.error) complain(*one.result.error);
  if (const auto error = worst_error(results)) return error->exit;
  return stop() ? Exit::try_again : Exit::ok;
}

std::string standing(const SyncTarget& state, const TargetSettings& settings) {
  if (settings.mode != "deliver") return settings.mode == "off" ? "off" : "dry run";
  if (state.disabled) return "disabled";
  if (!state.error.empty()) return "failing";
  return state.delivered_at == 0 ? "not told yet" : "ok";
}

void status_json(Output& out, JsonLine& line, const SyncTarget& state, const TargetSettings& settings) {
  out.write(line.text("target", state.name)
                .text("type", settings.type)
                .text("state", standing(state, settings))
                .number("cursor", state.cursor)
                .number("behind", state.behind)
                .time("oldest_behind", state.oldest_behind)
                .number("waiting", state.waiting)
                .number("dead", state.dead)
                .number("delivered", state.delivered)
                .time("delivered_at", state.delivered_at)
                .time("tried_at", state.tried_at)
                .number("failures", state.failures)
                .time("next_try_at", state.next_try_at)
                .text("error", state.error)
                .finish());
}

void print_refused(Output& out, const SyncAddress& one) {
  out.line("  " + std::string(one.state == SyncState::dead ? "put aside" : "refused") + '\t' +
           std::to_string(one.number) + '\t' + one.address + '\t' +
           counted(one.attempts, "attempt", "attempts") + '\t' + printable(one.words));
}

void refused_json(Output& out, JsonLine& line, const SyncAddress& one) {
  out.write(line.text("target", one.target)
                .text("refused", one.address)
                .number("number", one.number)
                .boolean("suppressed", one.suppressed)
                .text("state", to_string(one.state))
                .number("attempts", one.attempts)
                .time("at", one.at)
                .time("next_try_at", one.next_try_at)
                .text("words", one.words)
                .finish());
}

Result<Exit> status(const Options& options, Session& session) {
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto targets = chosen(options.target, *settings, session);
  if (!targets) return fail(targets.error());
  const auto store = session.store();
  if (!store) return fail(store.error());
  JsonLine line;
  std::vector<SyncTarget> states;
  for (const TargetSettings& target : *targets) {
    auto state = (*store)->sync().target(target.name);
    if (!state) return fail(state.error());
    states.push_back(*std::move(state));
    if (options.json) status_json(session.out, line, states.back(), target);
  }
  if (!options.json) {
    Table table(session.out, {"TARGET", "TYPE", "STATE", "TOLD", "BEHIND", "REFUSED", "PUT ASIDE",
                              "LAST TOLD", "NEXT TRY", "ERROR"});
    for (std::size_t i = 0; i < states.size(); ++i) {
      const SyncTarget& one = states[i];
      table.row({one.name, (*targets)[i].type, standing(one, (*targets)[i]), std::to_string(one.delivered),
                 std::to_string(one.behind), std::to_string(one.waiting), std::to_string(one.dead),
                 rfc3339(one.delivered_at), rfc3339(one.next_try_at), one.error});
    }
  }
  for (const SyncTarget& state : states) {
    const auto read = (*store)->sync().refused(state.name, [&](const SyncAddress& one) {
      options.json ? refused_json(session.out, line, one) : print_refused(session.out, one);
      return session.out.good();
    });
    if (!read) return fail(read.error());
  }
  return Exit::ok;
}

Result<Exit> replay(const Options& options, Session& session) {
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto targets = chosen(options.target, *settings, session);
  if (!targets) return fail(targets.error());
  constexpr std::size_t most_digits = 18;
  const bool number = !options.from.empty() && options.from.size() <= most_digits &&
                      options.from.find_first_not_of("0123456789") == std::string::npos;
  const std::int64_t from = number ? std::stoll(options.from) : 0;
  if (from < 1)
    return fail(Exit::usage, "--from wants the number of a change, from 1",
                "`bounced sync status` shows how far each target is");
  const auto store = session.writable_store();
  if (!store) return fail(store.error());
  const auto last = (*store)->sync().last_change();
  if (!last) return fail(last.error());
  if (from > *last + 1) return fail(Exit::usage, "there are only " + counted(*last, "change", "changes"), "");
  for (const TargetSettings& target : *targets) {
    const auto lock = TargetLock::take(settings->database_path, target.name);
    if (!lock) return fail(lock.error());
    if (auto done = (*store)->sync().replay(target.name, from); !done) return fail(done.error());
    complain("bounced: target " + target.name + " is told again from change " + std::to_string(from));
  }
  return Exit::ok;
}

}  // namespace

void declare_sync(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.optional_argument("TARGET", options->target, "only this one; also when it asked to be left alone");
  command.flag("--dry-run", options->dry_run, "show what would be told, and tell nobody");
  command.flag("--check", options->check,
               "compare what each target holds with what it should, and change nothing");
  command.flag("--json", options->json, "JSON Lines");
  const auto shown = std::make_shared<Options>();
  auto showing = command.sub("status", "how far each target has been told, and what it refused");
  showing.optional_argument("TARGET", shown->target, "only this one");
  showing.flag("--json", shown->json, "JSON Lines");
  showing.action([shown](Session& session) { return status(*shown, session); });
  const auto again = std::make_shared<Options>();
  auto replaying = command.sub("replay", "tell targets again what they were told, from a change on");
  replaying.optional_argument("TARGET", again->target, "only this one");
  replaying.text("--from", "NUMBER", again->from, "the first change to tell again; 1 = all");
  replaying.action([again](Session& session) { return replay(*again, session); });
  command.default_action([options](Session& session) { return sync(*options, session); });
}

}  // namespace bounced
