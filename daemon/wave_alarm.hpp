// Telling the operator of a wave: words for the log, and the command of the settings.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "parser/result.hpp"
#include "storage/store.hpp"

namespace bounced {

/// "google calls 20,000 addresses dead since 2020-12-14 21:00, …": without an address, on one line.
std::string wave_text(const Wave& wave);

/// The waves that nobody has been told of yet: they count as told once `transaction` is committed.
Result<std::vector<Wave>> take_untold(Store& store, Transaction& transaction, UnixSeconds now);

/// Runs `settings.command` for a wave (nothing when there is none) and waits for its end, at most for its
/// timeout; then it is killed, with all that it started. Exit::unavailable: it could not be started, did not
/// end, or failed.
Result<void> run_wave_command(const BreakerSettings& settings, const Wave& wave);

}  // namespace bounced
