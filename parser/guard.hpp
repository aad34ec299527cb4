// The guard in front of mimetic: one cheap pass over the bytes that refuses or cuts what that library can't
// bear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/limits.hpp"

namespace bounced {

/// What the guard saw. `damage` holds short stable words ("too_large", "mime_too_deep", "too_many_parts",
/// "header_too_long", "nul_bytes", "bare_cr"); when `safe` is false the structure must not be given to
/// mimetic and the mail is read as a single text part.
struct GuardReport {
  bool safe = true;
  std::vector<std::string> damage;
};

/// Looks at any bytes; never fails; time linear in the size; no recursion.
GuardReport guard(std::string_view mail, const ReadLimits& limits);

}  // namespace bounced
