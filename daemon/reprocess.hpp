// Today's rules over the evidence that is kept: which verdicts would be others, which addresses would be
// suppressed or free because of it; then doing it.
//
//   address by address: evidence ─► verdicts of today ─┐
//                       verdicts as kept ──────────────┴─► both through the policy ─► the difference
//
// An address whose verdicts stay is never touched, and of the others only what the policy itself suppressed:
// what people added, complaints, and what people took back stay as they are.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>

#include "config/settings.hpp"
#include "parser/verdict.hpp"
#include "storage/store.hpp"

namespace bounced {

/// Today's verdict on a reply. `vendor`: who was held to have written it when it came; "" = nobody known.
using Judge = std::function<Verdict(Reply reply, const std::string& vendor)>;

/// What becomes of an address.
struct StandingChange {
  enum class What : std::uint8_t { suppressed, taken_back };
  What what = What::suppressed;
  Suppression suppression;            ///< the new one, or the one that ends
  Reason was = Reason::unclassified;  ///< of the event that decides: the reason so far
  Reason is = Reason::unclassified;   ///< the reason of today's rules
};

/// Verdicts that change alike.
struct VerdictChange {
  std::int64_t count = 0;
  std::string sample;  ///< diagnostic of the first one
};

struct ReprocessCounts {
  std::int64_t addresses = 0, events = 0;  ///< looked at
  std::int64_t changed = 0;                ///< events whose verdict is another
  std::int64_t renamed = 0;                ///< events that only another rule or vendor explains
  std::int64_t suppressed = 0, taken_back = 0;
  std::int64_t issues = 0;  ///< events that are the operator's to mend by now

  bool operator==(const ReprocessCounts&) const = default;
};

struct ReprocessReport {
  ReprocessCounts counts;
  std::map<std::tuple<Reason, Reason, std::string>, VerdictChange> verdicts;  ///< by was, is, today's rule
};

/// Called for each address that changes sides, in the order of addresses; when applying, after the commit.
using EachStandingChange = std::function<void(const StandingChange&)>;

/// The verdict of today on an event that is kept. Only failures and delays are judged by rules.
BounceEvent judged_again(const BounceEvent& event, const Judge& judge, Verdict& verdict);

/// What today's rules would change at `now`. Changes nothing.
Result<ReprocessReport> preview_reprocess(Store& store, const Judge& judge, const PolicySettings& policy,
                                          UnixSeconds now, const EachStandingChange& each);

/// Addresses with changes in one transaction: the daemon waits for it no longer than for a batch of mails.
inline constexpr std::size_t reprocess_batch = 2'000;

/// Does it, and records `act` (its time is now) when anything changes. Each batch is all or nothing; one that
/// was stopped between two of them is finished by doing it again, and doing it twice changes nothing more.
Result<ReprocessReport> apply_reprocess(Store& store, const Judge& judge, const PolicySettings& policy,
                                        ManualAct act, const EachStandingChange& each,
                                        std::size_t batch = reprocess_batch);

}  // namespace bounced
