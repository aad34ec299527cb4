// Addresses whose owners asked to be forgotten.
#pragma once

#include <optional>
#include <string>

#include "storage/store.hpp"

namespace bounced {

/// What the database keeps of a forgotten address: HMAC-SHA256 of its normal form with the database's key.
std::string forgotten_hash(const std::string& key, const std::string& address);

/// What is kept of an address (normal form), if it was forgotten while it was suppressed.
Result<std::optional<Forgotten>> forgotten_address(Store& store, const std::string& address);

/// "suppressed, forgotten on 2026-03-01T12:00:00Z (user_unknown)".
std::string forgotten_text(const Forgotten& one);

/// Asks for many addresses, at the cost of nothing where none was forgotten.
class ForgottenAddresses {
 public:
  /// Reads what is needed to ask. `store` outlives it.
  static Result<ForgottenAddresses> of(Store& store);
  Result<bool> has(const std::string& address) const;

 private:
  ForgottenAddresses(Store& store, std::string key) : store_(&store), key_(std::move(key)) {}
  Store* store_;
  std::string key_;  ///< "" = none was forgotten
};

}  // namespace bounced
