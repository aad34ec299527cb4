// A mailbox to read bounces from: IMAP, a directory of .eml, a Maildir, an mbox. tests/contract/mailbox runs
// one suite over each.
//
// A pass is: open, then (next_batch, settle)* until next_batch gives nothing, then close. An empty next_batch
// has settled everything before it; settle itself may be deferred. A mail that is not settled is seen again
// at the next pass. The mails of a batch stay valid for as long as the caller keeps them; an IMAP server is
// asked for the next batch before the last one is handed out, so it works while that one is read and
// committed.
//
// after_read   IMAP (imap/settler.hpp)         maildir:                 dir:                   mbox:
// move         to the folder; see there for    to the Maildir++ folder  to the sub-directory   nothing: an
// mbox
//              servers without MOVE            .bounced.processed       bounced/processed      is only read
// flag         keyword, \Seen                  flags P and S            refused                refused
// remove       removes processed mails, moves  the same                 the same               refused
//              the others
// leave        nothing; the cursor decides     nothing                  nothing                nothing
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
  /// Changes nothing. Errors: Exit::unavailable (refused, timed out, BYE), Exit::no_permission (sign-in,
  /// read-only), Exit::config (no such folder, certificate), Exit::no_input (no such file), each naming the
  /// mailbox and the remedy.
  virtual Result<MailboxState> open(MailboxCursor cursor) = 0;
  /// The next mails, at most MailboxSettings::batch_mails and batch_bytes (one mail may be larger), in
  /// ascending order of their UIDs or names; empty at the end, when all that was settled is settled for sure.
  virtual Result<std::vector<FetchedMail>> next_batch() = 0;
  /// Disposes of mails whose decision is durable. May return before the server has answered; errors then come
  /// from a later call.
  virtual Result<void> settle(const std::vector<Settlement>& settlements) = 0;
  /// Settles what is outstanding and ends the session. Also right after an error.
  virtual Result<void> close() = 0;

  /// How far this pass got: every mail up to it is settled for sure. What the store keeps for the next open.
  [[nodiscard]] virtual MailboxCursor cursor() const { return {}; }
  /// What the operator should know that came up since open or the last call: mails that can't be read.
  virtual std::vector<std::string> take_notes() { return {}; }
};

/// The folder, as the settings name it, that mails of that disposal go to.
const std::string& folder_for(const MailboxSettings& settings, Disposal disposal);

/// Makes the mailbox that `settings.url` names. Does not connect. Error: Exit::config for a URL of no known
/// kind.
/// `stop` is asked while a server is silent: true ends the session soon; null = never.
Result<std::unique_ptr<Mailbox>> make_mailbox(const MailboxSettings& settings, const ReadLimits& limits,
                                              std::function<bool()> stop = {});

}  // namespace bounced
