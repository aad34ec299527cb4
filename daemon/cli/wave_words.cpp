#include "daemon/cli/wave_words.hpp"

#include "daemon/cli/output.hpp"
#include "daemon/time_text.hpp"
#include "daemon/wave_alarm.hpp"

namespace bounced {

void raise_alarm(const BreakerSettings& settings, const Wave& wave) {
  complain("bounced: " + wave_text(wave) + ". See: bounced review show " + std::to_string(wave.id));
  if (const auto ran = run_wave_command(settings, wave); !ran) complain(ran.error());
}

Result<void> tell_of_waves(Store& store, const BreakerSettings& settings) {
  auto transaction = store.begin();
  if (!transaction) return fail(transaction.error());
  const auto untold = take_untold(store, **transaction, now_seconds());
  if (!untold) return fail(untold.error());
  if (untold->empty()) return {};
  if (auto done = (*transaction)->commit(); !done) return done;
  transaction->reset();
  for (const Wave& wave : *untold) raise_alarm(settings, wave);
  return {};
}

}  // namespace bounced
