// A folder on an IMAP server as a Mailbox: connect, select, fetch (fetcher.hpp), settle (settler.hpp).
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "config/mailbox_url.hpp"
#include "daemon/imap/fetcher.hpp"
#include "daemon/imap/open_session.hpp"
#include "daemon/imap/settler.hpp"
#include "daemon/mailbox.hpp"

namespace bounced::imap {

class ImapMailbox final : public Mailbox {
 public:
  /// `stop`: see SessionOptions. `connector` is for tests.
  ImapMailbox(MailboxSettings settings, const ReadLimits& limits, MailboxUrl url,
              std::function<bool()> stop = {}, Connector connector = connect);

  Result<MailboxState> open(MailboxCursor cursor) override;
  Result<std::vector<FetchedMail>> next_batch() override;
  Result<void> settle(const std::vector<Settlement>& settlements) override;
  Result<void> close() override;
  [[nodiscard]] MailboxCursor cursor() const override { return cursor_; }
  std::vector<std::string> take_notes() override;

 private:
  Result<Selected> select_folder();
  Result<Uid> highest_uid(const Selected& selected);
  [[nodiscard]] Failure no_folder(const Status& status);
  void advance_cursor();

  MailboxSettings settings_;
  ReadLimits limits_;
  MailboxUrl url_;
  std::function<bool()> stop_;
  Connector connector_;
  std::unique_ptr<Session> session_;
  std::optional<Fetcher> fetcher_;
  std::optional<Settler> settler_;
  MailboxCursor cursor_;
  Uid last_delivered_ = 0;
  std::uint64_t delivered_ = 0;
};

}  // namespace bounced::imap
