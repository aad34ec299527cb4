// One mail from start to end: the product's story. fetch → read → decide → one transaction → settle.
#pragma once

#include <vector>

#include "daemon/mailbox.hpp"
#include "daemon/policy.hpp"
#include "parser/read_bounce.hpp"
#include "storage/store.hpp"

namespace bounced {

struct PipelineCounts {
  std::int64_t mails = 0, bounces = 0, duplicates = 0, unrecognised = 0, quarantined = 0, suppressed = 0,
               retries = 0, alerts = 0;
};

class Pipeline {
 public:
  Pipeline(const Reader& reader, const PolicySettings& policy, Store& store)
      : reader_(reader), policy_(policy), store_(store) {}

  /// Reads the mails, decides, and commits everything in one transaction; returns what to do with each in the
  /// mailbox. On an error nothing was written and nothing may be settled. `source` is "imap" or
  /// "import:PATH".
  Result<std::vector<Settlement>> ingest(const std::string& mailbox, const std::string& source,
                                         const std::vector<FetchedMail>& mails, UnixSeconds now);
  [[nodiscard]] const PipelineCounts& counts() const { return counts_; }

 private:
  const Reader& reader_;
  const PolicySettings& policy_;
  Store& store_;
  PipelineCounts counts_;
};

}  // namespace bounced
