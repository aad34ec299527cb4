// Learning from the unknown: a reply that no rule knows, as the beginning of a rule for it.
#pragma once

#include <string>

#include "parser/rule.hpp"

namespace bounced {

/// The wording that a reply shares with others of its kind: the innermost reply that it quotes, with tokens
/// for what differs (normalise_reply). "" where no word is left to tell it by.
std::string reply_template(const std::string& reply);

/// A rule that holds for the replies of this wording, as reply_template gives it: id ("local/…"), pattern,
/// codes and example are filled in, the reason is left for a person to choose (Reason::unclassified). The
/// pattern takes the fixed words literally and the tokens as wildcards. `vendor` "" = any; `sample`, one of
/// the replies, becomes the example. UTF-8.
Rule suggest_rule(const std::string& wording, const std::string& vendor, const std::string& sample);

}  // namespace bounced
