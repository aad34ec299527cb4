// Deciding about what the circuit breaker holds: release makes the suppressions, discard drops them and what
// they would have counted.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "config/settings.hpp"
#include "parser/result.hpp"
#include "storage/store.hpp"

namespace bounced {

enum class ReviewWord : std::uint8_t { release, discard };
inline constexpr std::array<std::string_view, 2> review_words{"release", "discard"};
constexpr std::string_view to_string(ReviewWord value) {
  return review_words[static_cast<std::size_t>(value)];
}

/// What a person decides about; exactly one is set.
struct ReviewChoice {
  std::int64_t wave = 0;
  std::string provider;  ///< its waves, and what it said in waves of a wording
  std::string address;   ///< normal form
  bool all = false;

  [[nodiscard]] HoldFilter holds() const { return {.wave = wave, .address = address, .provider = provider}; }
  /// True for an open wave that is decided as a whole, so that what belongs to it and comes later follows.
  [[nodiscard]] bool decides(const Wave& one) const;
};

struct ReviewCounts {
  std::int64_t waves = 0;    ///< decided as a whole
  std::int64_t settled = 0;  ///< holds that were released or discarded
  /// Of these, released without a suppression: the address had a delivery since, or its time would be over.
  std::int64_t without = 0;

  bool operator==(const ReviewCounts&) const = default;
};

using EachHold = std::function<void(const Hold&)>;

/// What a review would decide about. Changes nothing.
Result<ReviewCounts> preview_review(Store& store, const ReviewChoice& choice, const EachHold& each);

/// Holds of one transaction of a review: the daemon waits for it no longer than for a batch of mails.
inline constexpr std::size_t review_batch = 10'000;

/// Does it, and records `act` unless there was nothing to do. Each batch is all or nothing; one that was
/// stopped between two of them is finished by doing it again. `each` is told after the commit.
Result<ReviewCounts> apply_review(Store& store, ReviewWord word, const ReviewChoice& choice, ManualAct act,
                                  const EachHold& each, std::size_t batch = review_batch);

/// Releases the waves about which nobody has decided for the time of `settings.release_after`; returns how
/// many.
Result<std::int64_t> release_overdue(Store& store, const BreakerSettings& settings, UnixSeconds now);

}  // namespace bounced
