// How sure it is that a report answers a mail that we sent. Anybody can write a bounce; what it proves:
//
//   signed        it came to a return path that we signed for just this recipient, in time
//   matched       the returned mail bears a Message-ID, List-Id or From of ours
//   plausible     nothing speaks for it or against it
//   contradicted  it can't be what it says: a signature that doesn't hold, a returned mail that isn't ours
//
// Authentication-Results and the like in the report are no evidence: whoever writes the report writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "daemon/verp_keys.hpp"
#include "parser/bounce_report.hpp"
#include "storage/records.hpp"

namespace bounced {

enum class SignatureState : std::uint8_t {
  valid,
  expired,      ///< ours, but its day is over
  for_another,  ///< ours and in time, but for another recipient
  wrong,        ///< made with none of our keys, or something in it was changed
  broken,       ///< the beginning of a signature and no more
};
inline constexpr std::array<std::string_view, 5> signature_state_names{"valid", "expired", "other_recipient",
                                                                       "wrong", "broken"};
constexpr std::string_view to_string(SignatureState value) {
  return signature_state_names[static_cast<std::size_t>(value)];
}

/// Judges by keys and domains; const and thread-safe.
class Authenticator {
 public:
  /// Reads the keys. Errors as of VerpKeys::read.
  static Result<Authenticator> make(const Settings& settings);

  /// What a path proves for a recipient (normal form) of a report that reached us at `received_at`. For the
  /// short form, whose tag alone knows the recipient, wrong and for_another are both `wrong`.
  [[nodiscard]] SignatureState check(const SignedReturnPath& path, const std::string& recipient,
                                     UnixSeconds received_at) const;
  /// Writes the level of each recipient, and why, into a report of a failure, a delay, a delivery or a
  /// complaint. Others decide nothing, and are left alone.
  void judge(BounceReport& report, UnixSeconds received_at) const;

  [[nodiscard]] const VerpKeys& keys() const { return keys_; }

 private:
  struct Finding {
    Authenticity level = Authenticity::plausible;
    std::string_view because;
  };
  [[nodiscard]] Finding by_signature(const BounceReport& report, ReportedRecipient& recipient,
                                     UnixSeconds received_at) const;
  [[nodiscard]] Finding by_original(const OriginalMessage& original) const;
  [[nodiscard]] bool is_ours(std::string_view domain) const;

  VerpKeys keys_;
  std::vector<std::string> domains_;    ///< of our mails, in lower case, as A-labels
  std::vector<std::string> addresses_;  ///< that our mails come from, in normal form
  bool knows_all_domains_ = false;
};

/// The number of the UTC day since 1970-01-01.
std::int64_t day_of(UnixSeconds time);

/// True for an event that a mailbox which wants `required` must not act on.
bool is_distrusted(const BounceEvent& event, Authenticity required);

}  // namespace bounced
