// Which suppressions a target is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "storage/store.hpp"

namespace bounced {

class Filter {
 public:
  explicit Filter(const TargetSettings& target);

  /// Whether a suppression passes. Not to be asked of an end, which passes when the suppression has: see
  /// plan_window.
  [[nodiscard]] bool wants(const OutboxChange& made) const;
  /// The same of a suppression that is in force.
  Result<bool> wants(const Suppression& in_force, SyncStore& store) const;
  /// All suppressions in force that pass, by address, streamed.
  Result<void> wanted(Store& store, const Each<Suppression>& each) const;

 private:
  [[nodiscard]] bool passes(const std::string& address, Reason reason, Confidence confidence,
                            const std::string& scope) const;
  [[nodiscard]] bool passes_list(const std::string& list_id) const;

  std::vector<Reason> reasons_;
  std::vector<std::string> domains_;  ///< in the form that addresses have
  std::vector<std::string> lists_;
  Confidence least_;
  bool pairs_too_;
};

}  // namespace bounced
