// why ADDRESS: all that the database knows of an address, oldest first.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/forgetting.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/replay.hpp"
#include "daemon/sync/filter.hpp"
#include "daemon/time_text.hpp"
#include "parser/address.hpp"

namespace bounced {
namespace {

struct Options {
  std::string address;
  bool json = false;
};

void print_event_json(Output& out, JsonLine& line, const BounceEvent& event) {
  out.write(line.time("at", event.at)
                .text("kind", to_string(event.kind))
                .text("category", to_string(facts(event.reason).category))
                .text("reason", to_string(event.reason))
                .text("fault", to_string(event.fault))
                .text("permanence", to_string(event.permanence))
                .text("confidence", to_string(event.confidence))
                .text("decision", to_string(event.advice))
                .boolean("confirm", event.confirm)
                .text("outcome", event.outcome)
                .number("counted", event.counted)
                .number("threshold", event.threshold)
                .number("wave", event.wave < 0 ? -event.wave : event.wave)
                .text("rule", event.rule)
                .text("vendor", event.vendor)
                .text("provider", event.provider)
                .text("action", event.action)
                .text("status", event.status)
                .text("reply_code", event.reply_code)
                .text("diagnostic", event.diagnostic)
                .text("remote_mta", event.remote_mta)
                .text("reporting_mta", event.reporting_mta)
                .text("original_message_id", event.original_message_id)
                .text("list_id", event.list_id)
                .text("mailbox", event.mailbox)
                .text("authenticity", to_string(event.authenticity))
                .text("authenticity_because", event.authenticity_because)
                .finish());
}

/// "contradicted: the signature of its return path has expired".
std::string authenticity_of(const BounceEvent& event) {
  const auto& because = event.authenticity_because;
  return std::string(to_string(event.authenticity)) + (because.empty() ? "" : ": " + because);
}

/// What a wave means for an event.
std::string wave_text(const BounceEvent& event) {
  if (event.wave == 0) return "";
  return std::to_string(event.wave < 0 ? -event.wave : event.wave) +
         (event.wave < 0 ? ": discarded, counts towards nothing"
                         : ": counts towards nothing, unless the wave is released");
}

void print_event(Output& out, const BounceEvent& event) {
  const auto verdict = std::string(to_string(event.reason)) + " (" +
                       std::string(to_string(event.confidence)) + ") → " +
                       std::string(to_string(event.advice)) + (event.confirm ? ", to be confirmed" : "");
  const auto count = event.threshold > 0 ? " (" + std::to_string(event.counted) + " of " +
                                               std::to_string(event.threshold) + ")"
                                         : "";
  print_pairs(out, {{rfc3339(event.at), std::string(to_string(event.kind)) + ": " + verdict},
                    {"  outcome", event.outcome.empty() ? "" : event.outcome + count},
                    {"  wave", wave_text(event)},
                    {"  reply", event.diagnostic},
                    {"  status", event.status},
                    {"  said by", event.provider},
                    {"  rule", event.rule},
                    {"  mailbox", event.mailbox},
                    {"  authenticity", authenticity_of(event)}});
}

/// "undo by anna: gmail was wrong (provider google): ended user_unknown (policy) of 2026-…".
void print_act(Output& out, const ActOnAddress& one) {
  std::string text = one.act.what + " by " + one.act.who;
  if (!one.act.why.empty()) text += ": " + one.act.why;
  if (!one.act.detail.empty()) text += " (" + one.act.detail + ")";
  const bool made = one.act.what == "add" || one.act.what == "import" || one.act.what == "release";
  print_pairs(
      out, {{rfc3339(one.act.at), text},
            {made                        ? "  made"
             : one.act.what == "discard" ? "  dropped"
                                         : "  ended",
             std::string(to_string(one.reason)) + " (" + one.source + ")" +
                 (one.scope.empty() ? "" : " with " + one.scope) + " decided " + rfc3339(one.decided_at)}});
}

void print_act_json(Output& out, JsonLine& line, const ActOnAddress& one) {
  out.write(line.time("at", one.act.at)
                .text("act", one.act.what)
                .text("who", one.act.who)
                .text("why", one.act.why)
                .text("detail", one.act.detail)
                .text("reason", to_string(one.reason))
                .text("source", one.source)
                .text("scope", to_string(one.scope.empty() ? Scope::global : Scope::pair))
                .text("sender", one.scope)
                .time("decided_at", one.decided_at)
                .finish());
}

/// What waits for a person's word about the address, oldest wave first.
Result<std::vector<Hold>> holds_of(Store& store, const std::string& address) {
  std::vector<Hold> found;
  auto read = store.holds({.address = address}, [&](const Hold& one) {
    found.push_back(one);
    return true;
  });
  if (!read) return fail(read.error());
  return found;
}

std::string hold_text(const Hold& one) {
  return "would be suppressed (" + std::string(to_string(one.suppression.reason)) + ") by its failure of " +
         rfc3339(one.at) + ", which belongs to wave " + std::to_string(one.wave) + ": bounced review show " +
         std::to_string(one.wave);
}

void print_hold_json(Output& out, JsonLine& line, const Hold& one) {
  out.write(line.time("held_since", one.suppression.decided_at)
                .number("wave", one.wave)
                .time("failed_at", one.at)
                .text("reason", to_string(one.suppression.reason))
                .text("sender", one.suppression.scope)
                .text("provider", one.suppression.provider)
                .text("diagnostic", one.suppression.diagnostic)
                .finish());
}

/// What each sync target knows of the address. A file has what it was written up to.
Result<std::vector<SyncAddress>> told_of(Store& store, const Settings& settings, const std::string& address) {
  auto known = store.sync().known_of(address);
  const auto last = store.sync().last_change_of(address);
  if (!known) return known;
  if (!last) return fail(last.error());
  for (const TargetSettings& target : settings.targets) {
    if (target.type != "file" || !*last || ((*last)->suppressed && !Filter(target).wants(**last))) continue;
    const auto state = store.sync().target(target.name);
    if (!state) return fail(state.error());
    if (state->cursor >= (*last)->number)
      known->push_back({.target = target.name,
                        .address = address,
                        .number = (*last)->number,
                        .suppressed = (*last)->suppressed,
                        .at = state->delivered_at});
  }
  return known;
}

std::string told_text(const SyncAddress& one) {
  const std::string what = std::string(one.suppressed ? "suppressed" : "no longer suppressed") + " (change " +
                           std::to_string(one.number) + ")";
  if (one.state == SyncState::done) return "told " + one.target + ": " + what;
  return one.target + (one.state == SyncState::dead ? " refused for good: " : " refused: ") + what + ": " +
         one.words;
}

void print_told_json(Output& out, JsonLine& line, const SyncAddress& one) {
  out.write(line.text("target", one.target)
                .time("at", one.at)
                .number("change", one.number)
                .boolean("suppressed", one.suppressed)
                .text("state", to_string(one.state))
                .number("attempts", one.attempts)
                .time("next_try_at", one.next_try_at)
                .text("words", one.words)
                .finish());
}

std::string state_of(const std::optional<Suppression>& suppression) {
  if (!suppression) return "not suppressed";
  auto text = "suppressed since " + rfc3339(suppression->decided_at) + " (" +
              std::string(to_string(suppression->reason)) + ", " + suppression->source + ")";
  if (!suppression->scope.empty()) text += ", for mail from " + suppression->scope + " only";
  if (!suppression->batch.empty()) text += ", imported as " + suppression->batch;
  return suppression->note.empty() ? text : text + ": " + suppression->note;
}

std::string retry_text(const Retry& retry) {
  const std::string attempt =
      " (attempt " + std::to_string(retry.attempts) + ", " + std::string(to_string(retry.reason)) + ")";
  if (retry.done_at != 0) return "mailed again on " + rfc3339(retry.done_at) + attempt;
  return "mail again after " + rfc3339(retry.retry_after) + attempt;
}

void print_retry_json(Output& out, JsonLine& line, const Retry& retry) {
  out.write(line.time("retry_after", retry.retry_after)
                .time("done_at", retry.done_at)
                .number("attempts", retry.attempts)
                .text("reason", to_string(retry.reason))
                .text("provider", retry.provider)
                .finish());
}

/// How the policy in force counts the events of an address: "" where there are none.
Result<std::string> arithmetic_of(Store& store, const std::string& address, const Settings& settings) {
  std::string text;
  // The store streams addresses behind a given one: what sorts just before this one stands for it.
  std::string before = address;
  before.back() = static_cast<char>(before.back() - 1);
  const auto read = store.addresses(before, [&](const AddressRecord& record) {
    if (record.address < address) return true;
    if (record.address != address) return false;
    const Standing standing = replay(record, settings.policy, now_seconds());
    text = standing.suppression ? standing.suppression->note : standing.last.arithmetic;
    return false;
  });
  if (!read) return fail(read.error());
  return text;
}

Result<Exit> why(const Options& options, Session& session) {
  const auto address = normal_address(options.address);
  if (address.empty()) return fail(Exit::usage, "'" + options.address + "' is no mail address", "");
  const auto store = session.store();
  if (!store) return fail(store.error());
  const auto suppression = (*store)->suppression(address);
  if (!suppression) return fail(suppression.error());
  const auto forgotten = forgotten_address(**store, address);
  if (!forgotten) return fail(forgotten.error());
  const auto state = *forgotten ? forgotten_text(**forgotten) : state_of(*suppression);
  if (!options.json) print_pairs(session.out, {{address, state}});
  if (options.json && *forgotten) {
    JsonLine forgotten_line;
    session.out.write(forgotten_line.time("forgotten_at", (*forgotten)->at)
                          .text("reason", to_string((*forgotten)->reason))
                          .finish());
  }
  const auto holds = holds_of(**store, address);
  if (!holds) return fail(holds.error());
  JsonLine line;
  for (const Hold& one : *holds)
    if (!options.json) print_pairs(session.out, {{"held", hold_text(one)}});
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto arithmetic = arithmetic_of(**store, address, *settings);
  if (!arithmetic) return fail(arithmetic.error());
  if (!options.json && !arithmetic->empty()) print_pairs(session.out, {{"the policy counts", *arithmetic}});
  const auto retry = (*store)->retry(address);
  if (!retry) return fail(retry.error());
  if (*retry && !options.json) print_pairs(session.out, {{"retry", retry_text(**retry)}});
  std::size_t events = 0;
  const auto done = (*store)->events(address, [&](const BounceEvent& event) {
    ++events;
    options.json ? print_event_json(session.out, line, event) : print_event(session.out, event);
    return session.out.good();
  });
  if (!done) return fail(done.error());
  for (const Hold& one : *holds)
    if (options.json) print_hold_json(session.out, line, one);
  if (*retry && options.json) print_retry_json(session.out, line, **retry);
  const auto acts = (*store)->acts_on(address);
  if (!acts) return fail(acts.error());
  for (const ActOnAddress& one : *acts)
    options.json ? print_act_json(session.out, line, one) : print_act(session.out, one);
  const auto told = told_of(**store, *settings, address);
  if (!told) return fail(told.error());
  for (const SyncAddress& one : *told)
    if (options.json)
      print_told_json(session.out, line, one);
    else
      print_pairs(session.out, {{rfc3339(one.at), told_text(one)}});
  if (events == 0 && !options.json) session.out.line("no mail about it has been seen");
  return Exit::ok;
}

}  // namespace

void declare_why(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.argument("ADDRESS", options->address, "the address");
  command.flag("--json", options->json,
               "JSON Lines: the events, what the circuit breaker holds, the retry, "
               "what people did by hand");
  command.action([options](Session& session) { return why(*options, session); });
}

}  // namespace bounced
