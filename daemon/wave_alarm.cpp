#include "daemon/wave_alarm.hpp"

#include "daemon/child_process.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

constexpr std::size_t name_columns = 200;  // a wording in a line of the log

}  // namespace

std::string wave_text(const Wave& wave) {
  const std::string what = cut(printable(wave.name), name_columns);
  const std::string who = wave.kind == WaveKind::provider ? what : "“" + what + "” is said of";
  const std::string many = counted(wave.count, "address", "addresses");
  return who + (wave.kind == WaveKind::provider ? " calls " + many + " dead" : " " + many) + " since " +
         rfc3339(wave.first_at) + " (usual within the window: " + grouped(wave.usual) + " at most): wave " +
         std::to_string(wave.id) + ", held for review";
}

Result<std::vector<Wave>> take_untold(Store& store, Transaction& transaction, UnixSeconds now) {
  auto waves = store.waves("open");
  if (!waves) return waves;
  std::erase_if(*waves, [](const Wave& wave) { return wave.told_at != 0; });
  for (Wave& wave : *waves) {
    wave.told_at = now;
    if (auto put = transaction.put_wave(wave); !put) return fail(put.error());
  }
  return waves;
}

Result<void> run_wave_command(const BreakerSettings& settings, const Wave& wave) {
  if (settings.command.empty()) return {};
  const std::string text = wave_text(wave) + "\n\nbounced review show " + std::to_string(wave.id) +
                           "\nbounced review release " + std::to_string(wave.id) +
                           "\nbounced review discard " + std::to_string(wave.id) + "\n";
  ChildStart start;
  start.words = settings.command;
  start.variables = {
      "BOUNCED_WAVE=" + std::to_string(wave.id), "BOUNCED_WAVE_KIND=" + std::string(to_string(wave.kind)),
      "BOUNCED_WAVE_NAME=" + printable(wave.name), "BOUNCED_WAVE_COUNT=" + std::to_string(wave.count)};
  start.input = text;
  start.time = settings.command_timeout;
  start.time_setting = "breaker.command_timeout";
  start.heard = false;
  const auto end = run_child(start);
  if (!end) return fail(Exit::unavailable, "breaker.command " + end.error().message, end.error().hint);
  if (end->code == 0) return {};
  return fail(Exit::unavailable,
              "breaker.command " + settings.command.front() + " failed with " +
                  (end->signal == 0 ? "exit code " + std::to_string(end->code)
                                    : "signal " + std::to_string(end->signal)),
              "run it by hand as the user that runs bounced");
}

}  // namespace bounced
