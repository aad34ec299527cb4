// Learning from the unknown: a reply that no rule knows, as the beginning of a rule for it.
#pragma once

#include <string>
#include <vector>

namespace bounced {

/// Replies of one template (normalise_reply) that stayed unclassified.
struct UnknownReply {
  std::string normalised;  ///< the template
  std::string vendor;      ///< vendor id; "" when unknown
  std::size_t count = 0;
  std::string first_seen;  ///< as the reports write it; may be ""
  std::string last_seen;
  std::vector<std::string> samples;  ///< replies as they came; the first becomes the example
};

/// A [[rule]] section that holds for the replies of this template: id, vendor, pattern, codes and example are
/// filled in, the reason is left for a person to choose ("unclassified"). Reads as a rules file as it is.
/// The pattern takes the fixed words of the template literally and its tokens as wildcards.
std::string suggest_rule(const UnknownReply& unknown);

}  // namespace bounced
