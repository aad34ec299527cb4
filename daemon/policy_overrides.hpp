// Which overrides of the policy hold for a failure, and what comes of them. Pure.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "storage/records.hpp"

namespace bounced {

/// The overrides that hold for a failure of `address`, the least specific first: bounced.toml(5) tells the
/// order. `event` gives list and provider.
std::vector<const PolicyOverride*> overrides_for(const std::string& address, const BounceEvent& event,
                                                 const PolicySettings& policy);

/// "the override for domain example.com and list news.example.org".
std::string name_of(const PolicyOverride& one);

/// Why nothing that bounces or complains suppresses the address of the event; "" = it may be suppressed.
std::string why_never_suppressed(const BounceEvent& event, const PolicySettings& policy);

}  // namespace bounced
