// mbox:PATH. An mbox file (mbox.hpp) as a Mailbox, read front to back in the memory of a batch. It is never
// changed: settling does nothing, and what was read before is recognised by its content.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/mailbox.hpp"

namespace bounced {

class MboxMailbox final : public Mailbox {
 public:
  MboxMailbox(MailboxSettings settings, const ReadLimits& limits, std::string path);
  ~MboxMailbox() override;
  MboxMailbox(const MboxMailbox&) = delete;
  MboxMailbox& operator=(const MboxMailbox&) = delete;

  /// MailboxState::mails is 0: they are counted as they are read. Errors besides those of Mailbox:
  /// Exit::try_again (another program writes it), Exit::data (no mbox), Exit::config (after_read = "flag" or
  /// "remove").
  Result<MailboxState> open(MailboxCursor cursor) override;
  Result<std::vector<FetchedMail>> next_batch() override;
  Result<void> settle(const std::vector<Settlement>& settlements) override;
  Result<void> close() override;

 private:
  struct File;
  bool next_mail(FetchedMail& mail);
  [[nodiscard]] Failure failure(Exit exit, const std::string& what, const std::string& hint) const;

  MailboxSettings settings_;
  ReadLimits limits_;
  std::string path_;
  std::unique_ptr<File> file_;
  std::optional<FetchedMail> held_;  ///< did not fit into the last batch
};

}  // namespace bounced
