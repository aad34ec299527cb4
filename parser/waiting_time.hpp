// "Please try again in 5 minutes": the waiting time that a reply names.
#pragma once

#include <chrono>
#include <string_view>

#include "parser/normalise.hpp"

namespace bounced {

/// The first number in `text` with a unit of time behind it ("300 seconds", "5 min", "00:15:00" is none), or
/// 0. More than a day is no waiting time of a deferral and gives 0. `tokens` are those of `text`.
std::chrono::seconds waiting_time(std::string_view text, const Tokens& tokens);

}  // namespace bounced
