// One mail from start to end: the product's story. fetch → read → decide → one transaction → settle.
#pragma once

#include <vector>

#include "daemon/authenticity.hpp"
#include "daemon/mailbox.hpp"
#include "daemon/policy.hpp"
#include "daemon/wave_keeper.hpp"
#include "parser/read_bounce.hpp"
#include "storage/store.hpp"

namespace bounced {

/// What became of the mails of a pass.
struct PipelineCounts {
  std::int64_t mails = 0;         ///< seen, those seen before included
  std::int64_t bounces = 0;       ///< new mails that report a failure
  std::int64_t duplicates = 0;    ///< mails whose content was journaled before
  std::int64_t unrecognised = 0;  ///< new mails that are none of ours to understand
  std::int64_t quarantined = 0;   ///< new mails that passed a limit and gave nothing to act on
  std::int64_t suppressed = 0;    ///< addresses that were not suppressed before
  std::int64_t retries = 0;       ///< retries written
  std::int64_t alerts = 0;        ///< occurrences of operator issues
  std::int64_t distrusted = 0;    ///< reports about an address that were forged, or not sure enough
  std::int64_t held = 0;          ///< suppressions that the circuit breaker keeps back

  bool operator==(const PipelineCounts&) const = default;
};

/// Which reports may decide something.
struct Gate {
  const Authenticator* authenticator = nullptr;  ///< null: all are taken for plausible
  Authenticity required = Authenticity::plausible;
};

class Pipeline {
 public:
  /// All that is given must outlive the pipeline.
  Pipeline(const Reader& reader, const PolicySettings& policy, Store& store, Gate gate = {},
           BreakerSettings breaker = {})
      : reader_(reader), policy_(policy), store_(store), gate_(gate), waves_(std::move(breaker)) {}

  /// Reads the mails, decides, and commits everything in one transaction; returns what to do with each in the
  /// mailbox, in their order. On an error nothing was written and nothing may be settled. `source` is "imap"
  /// or "import:PATH". Ends suppressions that have expired by `now`.
  Result<std::vector<Settlement>> ingest(const std::string& mailbox, const std::string& source,
                                         const std::vector<FetchedMail>& mails, UnixSeconds now);
  [[nodiscard]] const PipelineCounts& counts() const { return counts_; }

 private:
  const Reader& reader_;
  const PolicySettings& policy_;
  Store& store_;
  Gate gate_;
  WaveKeeper waves_;
  PipelineCounts counts_;
};

}  // namespace bounced
