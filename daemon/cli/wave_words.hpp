// What the commands that read mail say of waves.
#pragma once

#include "config/settings.hpp"
#include "storage/store.hpp"

namespace bounced {

/// A line on standard error, and the command of the settings.
void raise_alarm(const BreakerSettings& settings, const Wave& wave);
/// Raises it for every wave that nobody has been told of, once.
Result<void> tell_of_waves(Store& store, const BreakerSettings& settings);

}  // namespace bounced
