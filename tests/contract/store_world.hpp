// Rows to fill a store with, and the whole of a store as one value to compare.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/store.hpp"

namespace bounced::contract {

inline constexpr UnixSeconds start = 1'700'000'000;  ///< 2023-11-14 22:13:20 UTC
inline constexpr UnixSeconds long_after = 4'000'000'000;

/// 64 hex digits that differ with the seed.
std::string hash_of(std::string_view seed);
JournalRow mail_row(const std::string& mailbox, std::uint32_t uid_validity, std::uint32_t uid,
                    std::string_view content, UnixSeconds seen_at = start);
BounceEvent failure(const std::string& address);  ///< user_unknown, strong, at `start`
Suppression suppression_of(const std::string& address);
Retry retry_of(const std::string& address, UnixSeconds retry_after);
OperatorIssue issue_of(const std::string& provider, const std::string& text);

/// A transaction that must begin.
std::unique_ptr<Transaction> begin(Store& store);
/// Journals a mail with these events in a transaction of its own.
void add_mail(Store& store, std::string_view content, const std::vector<BounceEvent>& events,
              UnixSeconds seen_at = start, Disposal disposal = Disposal::processed);

std::vector<BounceEvent> events_of(Store& store, const std::string& address);
std::vector<OutboxChange> changes_of(Store& store, std::int64_t after = 0);
std::vector<Retry> retries_of(Store& store, UnixSeconds due_at);
std::vector<Suppression> suppressions_of(Store& store);

/// All that a store tells.
struct World {
  std::vector<Suppression> suppressions;
  std::vector<OutboxChange> changes;
  std::vector<Retry> retries;
  std::vector<OperatorIssue> issues;
  std::vector<UnknownTemplate> unknown;
  RunSummary summary;

  bool operator==(const World&) const = default;
};
World world_of(Store& store);

}  // namespace bounced::contract
