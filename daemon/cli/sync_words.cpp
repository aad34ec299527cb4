#include "daemon/cli/sync_words.hpp"

#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/pauses.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

TurnResult sync_one(const Settings& settings, const TargetSettings& target, Store& store, TurnLimits limits,
                    const SyncWorld& world) {
  TurnResult all;
  const auto lock = TargetLock::take(settings.database_path, target.name);
  if (!lock) {
    all.error = lock.error();
    return all;
  }
  TargetSource source{[&] { return make_target(target, world.stop); }};
  do {
    TurnResult turn = sync_turn(target, store, source, world, limits);
    turn.told += all.told;
    turn.refused += all.refused;
    turn.dead += all.dead;
    all = std::move(turn);
    limits.even_early = false;  // what was refused a moment ago is not asked again at once
  } while (all.more && !all.error && !world.stop());
  return all;
}

}  // namespace

std::vector<SyncOutcome> sync_targets(const Settings& settings, const std::vector<TargetSettings>& targets,
                                      Store& store, TurnLimits limits, const std::function<bool()>& stop) {
  const SyncWorld world{now_seconds, any_chance, stop};
  std::vector<SyncOutcome> outcomes;
  for (const TargetSettings& target : targets) {
    if (stop()) break;
    outcomes.push_back({target.name, target.mode, {}});
    if (target.mode == "deliver") outcomes.back().result = sync_one(settings, target, store, limits, world);
  }
  return outcomes;
}

void print_sync(Output& out, const std::vector<SyncOutcome>& outcomes, bool json) {
  if (json) {
    JsonLine line;
    for (const SyncOutcome& one : outcomes)
      out.write(line.text("target", one.target)
                    .text("mode", one.mode)
                    .number("told", one.result.told)
                    .number("refused", one.result.refused)
                    .number("dead", one.result.dead)
                    .boolean("disabled", one.result.disabled)
                    .time("next_try_at", one.result.next_try_at)
                    .text("error", one.result.error ? one.result.error->message : "")
                    .finish());
    return;
  }
  Table table(out, {"TARGET", "TOLD", "REFUSED", "PUT ASIDE", "RESULT"});
  for (const SyncOutcome& one : outcomes)
    table.row({one.target, std::to_string(one.result.told), std::to_string(one.result.refused),
               std::to_string(one.result.dead),
               one.mode != "deliver"    ? one.mode
               : one.result.disabled    ? "disabled"
               : one.result.error       ? "failed"
               : one.result.refused > 0 ? "refused, tried again later"
                                        : "ok"});
}

std::optional<Error> worst_error(const std::vector<SyncOutcome>& outcomes) {
  std::optional<Error> worst;
  for (const SyncOutcome& one : outcomes)
    if (one.result.error && (!worst || (worst->temporary() && !one.result.error->temporary())))
      worst = one.result.error;
  return worst;
}

}  // namespace bounced
