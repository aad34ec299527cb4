// Forgetting addresses. Part of the store (Store::forgetting); every write is a transaction of its own.
//
// What may stay of an address is a hash that keeps its suppression working: it is asked for by hash, listed
// nowhere, and never ends by itself. The hash is the caller's: a keyed one, with the key of this database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parser/result.hpp"
#include "storage/records.hpp"

namespace bounced {

/// What is kept of a forgotten address that was suppressed.
struct Forgotten {
  std::string hash;    ///< any bytes
  UnixSeconds at = 0;  ///< when it was forgotten
  Reason reason = Reason::unclassified;
  std::string scope;  ///< as Suppression::scope

  bool operator==(const Forgotten&) const = default;
};

/// What forgetting an address takes away.
struct ForgetCounts {
  bool known = false;  ///< the address was in the database
  std::int64_t events = 0, suppressions = 0, holds = 0, retries = 0, changes = 0;
  std::int64_t texts = 0;  ///< texts of others that mentioned it: it is cut out of them

  bool operator==(const ForgetCounts&) const = default;
};

class ForgetStore {
 public:
  virtual ~ForgetStore() = default;

  /// Random bytes, made with the database: what addresses are hashed with.
  virtual Result<std::string> key() = 0;
  /// True when a hash of any address is kept.
  virtual Result<bool> any() = 0;
  virtual Result<std::optional<Forgotten>> find(const std::string& hash) = 0;
  /// Removes an address and what is about it alone, cuts it out of every text that mentions it (as it is, as
  /// it was written, and as VERP writes it: user=example.org), and keeps `kept` where there is one. Records
  /// `act`. All or nothing; afterwards the bytes are gone from the file. Without `apply` nothing changes, and
  /// the counts tell what would.
  virtual Result<ForgetCounts> forget(const std::string& address, const std::optional<Forgotten>& kept,
                                      const ManualAct& act, bool apply) = 0;
  /// A forgotten address may be mailed again: its hash goes, and the outbox tells the end of its suppression
  /// to every target. Records `act`. False when the hash is not kept.
  virtual Result<bool> mail_again(const std::string& hash, const std::string& address,
                                  const ManualAct& act) = 0;
};

}  // namespace bounced
