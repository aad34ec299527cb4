// Brings the mails of the selected folder, in batches, in ascending order of their UIDs.
//
//   UID SEARCH (window) ──► UIDs ──► UID FETCH sizes (chunk) ──► plan ──► UID FETCH bodies (batch)
//
// Sizes come first, so that a batch keeps its bound and a mail above the limit is never fetched. The request
// for the next batch is sent before the last one is handed out: the server works while its mails are read and
// committed. UIDs that have vanished meanwhile are passed over.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "daemon/imap/session.hpp"
#include "daemon/mailbox.hpp"

namespace bounced::imap {

struct FetchOptions {
  std::string mailbox;  ///< name from the settings
  std::uint32_t uid_validity = 0;
  Uid first = 1, last = 0;  ///< both within; last < first = nothing to do
  std::string criteria;     ///< more search keys: "UNKEYWORD $BouncedDone"; may be empty
  std::size_t batch_mails = 200;
  std::size_t batch_bytes = 8U * 1024 * 1024;
  std::size_t message_bytes = 50U * 1024 * 1024;
  bool ahead = true;  ///< request the next batch before it is asked for
};

class Fetcher {
 public:
  Fetcher(Session& session, FetchOptions options);

  /// The next mails; empty at the end.
  Result<std::vector<FetchedMail>> next();
  /// Things for the operator that came up since the last call: mails that the server can't read.
  std::vector<std::string> take_notes();

 private:
  struct Known {
    Uid uid = 0;
    std::uint64_t size = 0;
    std::int64_t internal_date = 0;
  };
  struct Batch {
    std::vector<Known> mails;
    UidSet to_fetch;
    std::optional<Ticket> ticket;  ///< nothing when all are oversized
  };

  Result<void> request_batches(std::size_t count);
  Result<bool> request_batch();
  Result<void> know_sizes();
  Result<void> request_sizes();
  Result<void> collect_sizes();
  Result<void> search_window();
  Result<std::vector<FetchedMail>> collect(Batch batch);
  Result<void> fetch_singly(const UidSet& missing, std::vector<FetchData>& fetched);
  [[nodiscard]] bool all_requested() const { return next_window_ > options_.last && candidates_.empty(); }

  Session& session_;
  FetchOptions options_;
  std::uint64_t next_window_;  ///< first UID that was not searched
  std::uint64_t window_uids_;
  UidSet candidates_;  ///< found, sizes not requested
  std::optional<Ticket> sizes_ticket_;
  UidSet sizes_asked_;
  std::deque<Known> known_;  ///< sizes known, body not requested
  std::deque<Batch> requested_;
  std::vector<std::string> notes_;
};

}  // namespace bounced::imap
