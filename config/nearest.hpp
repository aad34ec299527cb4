// The word that was probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// The candidate with the fewest slips from `word` (a letter too many, missing, wrong, or two swapped; case
/// and
/// '-' for '_' count nothing), if there are few for its length; the first of equals; "" when none is near.
std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace bounced
