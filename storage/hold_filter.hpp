// Which held suppressions a person means: the same in every store.
#pragma once

#include <string>

#include "storage/records.hpp"

namespace bounced {

/// All that is set must hold; "" and 0 set nothing.
struct HoldFilter {
  std::int64_t wave = 0;
  std::string address = {};     ///< normal form
  std::string provider = {};    ///< who said it: Suppression::provider or ::vendor
  std::int64_t after_wave = 0;  ///< only those that come later in the order of waves and addresses
  std::string after_address = {};
};

inline bool selects(const HoldFilter& filter, const Hold& hold) {
  const Suppression& one = hold.suppression;
  const bool later =
      hold.wave != filter.after_wave ? hold.wave > filter.after_wave : one.address > filter.after_address;
  return (filter.wave == 0 || hold.wave == filter.wave) &&
         (filter.address.empty() || one.address == filter.address) &&
         (filter.provider.empty() || one.provider == filter.provider || one.vendor == filter.provider) &&
         later;
}

}  // namespace bounced
