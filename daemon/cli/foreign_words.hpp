// Our reasons in the words of other systems: for those who compare, or feed a program that knows only those.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "parser/reason.hpp"

namespace bounced {

enum class ForeignSystem : std::uint8_t { sisimai, kumomta, sparkpost, ses, pmta, postmark };
inline constexpr std::array<std::string_view, 6> foreign_system_names{"sisimai", "kumomta", "sparkpost",
                                                                      "ses",     "pmta",    "postmark"};

/// The nearest word that the system has for a reason: Sisimai's reason, KumoMTA's class, SparkPost's number,
/// SES's "type/subtype", PowerMTA's category, Postmark's type. Other systems know less: several reasons share
/// a word.
std::string_view foreign_word(ForeignSystem system, Reason reason);

}  // namespace bounced
