// Is everything as it should be? Each thing that bounced needs is tried, and changes nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "daemon/mailbox.hpp"
#include "parser/result.hpp"

namespace bounced {

/// What one examination found.
struct Finding {
  enum class State : std::uint8_t { good, warning, fault };
  State state = State::good;
  std::string subject;   ///< "settings", "database", "mailbox returns"
  std::string found;     ///< what is so
  std::string remedy;    ///< what to do; "" when there is nothing
  Exit exit = Exit::ok;  ///< the exit code that a fault leads to
};
inline constexpr std::array<std::string_view, 3> finding_state_names{"good", "warning", "fault"};
constexpr std::string_view to_string(Finding::State value) {
  return finding_state_names[static_cast<std::size_t>(value)];
}

/// Called for each finding as soon as it is there: servers may take their time.
using EachFinding = std::function<void(const Finding&)>;

using OpenMailbox =
    std::function<Result<std::unique_ptr<Mailbox>>(const MailboxSettings&, const ReadLimits&)>;

/// Settings (as they were read, with all faults), then, where these are right, rules, keys, database, disk,
/// clock, each mailbox, how its last pass went, and each sync target. `now`: the clock's time.
void examine(const SettingsReading& settings, const OpenMailbox& open_mailbox, UnixSeconds now,
             const EachFinding& each);

}  // namespace bounced
