// A mailbox to read bounces from: IMAP, a directory of .eml, a Maildir, an mbox. tests/contract/mailbox runs
// one suite over each.
//
// A pass is: open, then (next_batch, settle)* until next_batch gives nothing, then close. settle may be
// deferred until the next call; close() waits for what is outstanding. A mail that is not settled is seen
// again at the next pass.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "parser/result.hpp"
#include "storage/records.hpp"

namespace bounced {

struct FetchedMail {
  std::uint32_t uid_validity = 0;
  std::uint32_t uid = 0;          ///< 0 for files
  std::string name;               ///< "returns:1234", or the path; for logs and reports
  UnixSeconds internal_date = 0;  ///< when the mailbox got it; 0 = unknown
  std::uint64_t size_bytes = 0;   ///< as the mailbox says
  std::string bytes;              ///< empty when `oversized`
  bool oversized = false;         ///< above ReadLimits::message_bytes: not fetched
};

struct Settlement {
  std::uint32_t uid = 0;
  std::string name;
  Disposal disposal = Disposal::processed;
};

struct MailboxState {
  std::uint32_t uid_validity = 0;
  std::uint64_t mails = 0;  ///< mails in the folder
  std::vector<std::string>
      notes;  ///< what the operator should know ("no MOVE and no UIDPLUS: mails are only flagged")
};

class Mailbox {
 public:
  virtual ~Mailbox() = default;

  /// Connects and selects. `cursor` is how far earlier passes got; a changed UIDVALIDITY makes it void.
  /// Errors: Exit::unavailable (refused, timed out, BYE), Exit::no_permission (sign-in), Exit::config (no
  /// such folder, certificate), each naming the mailbox and the remedy.
  virtual Result<MailboxState> open(MailboxCursor cursor) = 0;
  /// The next mails, at most MailboxSettings::batch_mails and batch_bytes (one mail may be larger); empty at
  /// the end.
  virtual Result<std::vector<FetchedMail>> next_batch() = 0;
  /// Disposes of mails whose decision is durable. May return before the server has answered; errors then come
  /// from the next call.
  virtual Result<void> settle(const std::vector<Settlement>& settlements) = 0;
  virtual Result<void> close() = 0;
};

/// Makes the mailbox that `settings.url` names. Does not connect. Error: Exit::config for a URL of no known
/// kind.
Result<std::unique_ptr<Mailbox>> make_mailbox(const MailboxSettings& settings, const ReadLimits& limits);

}  // namespace bounced
