// Small words of settings and rules files: times such as "1h", and the name that a person probably meant.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// "90s", "2m", "1h", "7d", "2w" as seconds; nothing for any other text, for a negative or too large number.
std::optional<std::chrono::seconds> read_duration(std::string_view text);
/// The shortest text that read_duration reads as this: "1h", not "3600s".
std::string print_duration(std::chrono::seconds duration);

/// The candidate that differs from `word` in the fewest letters, when that is few enough to be a slip of the
/// pen (two letters, a third of the word); else "".
std::string nearest_word(std::string_view word, const std::vector<std::string_view>& candidates);
/// " (did you mean \"pattern\"?)", or "" when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace bounced
