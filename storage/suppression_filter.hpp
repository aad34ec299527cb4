// Which suppressions a person means: the choice that lists, exports and undo share, the same in every store.
#pragma once

#include <optional>
#include <string>

#include "storage/records.hpp"

namespace bounced {

/// All that is set must hold; "" and 0 set nothing.
struct SuppressionFilter {
  std::optional<Reason> reason;
  std::string domain;  ///< exact domain of the address
  std::string source;
  UnixSeconds decided_since = 0, decided_until = 0;  ///< [since, until)
  std::optional<Scope> scope = {};
  std::string provider = {};  ///< who said it: Suppression::provider or ::vendor
  std::string rule = {};
  std::string text = {};                            ///< stands in the diagnostic; ASCII letters without case
  std::string batch = {};                           ///< name of the import
  bool with_manual = true, with_complaints = true;  ///< false: not those of this source
  std::string after = {};  ///< only addresses that come later in the order of addresses
};

bool selects(const SuppressionFilter& filter, const Suppression& suppression);

}  // namespace bounced
