// What a target holds, compared with what it should hold.
#pragma once

#include <functional>
#include <string>

#include "daemon/sync/target.hpp"

namespace bounced {

enum class Drift : std::uint8_t {
  missing,  ///< suppressed here, and not there
  extra,    ///< held there, and not suppressed here
};
inline constexpr std::array<std::string_view, 2> drift_names{"missing", "extra"};
constexpr std::string_view to_string(Drift value) { return drift_names[static_cast<std::size_t>(value)]; }

/// Calls `each` for every difference. Errors: Exit::usage for a target that can't be asked, and the target's.
Result<void> compare(const TargetSettings& settings, Target& target, Store& store,
                     const std::function<bool(Drift, const std::string& address)>& each);

}  // namespace bounced
