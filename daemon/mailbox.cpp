#include "daemon/mailbox.hpp"

#include <array>

#include "config/mailbox_url.hpp"
#include "daemon/file_mailbox.hpp"
#include "daemon/imap/mailbox.hpp"
#include "daemon/mbox_mailbox.hpp"

namespace bounced {
namespace {

using Made = std::unique_ptr<Mailbox>;

Made make_imap(const MailboxSettings& settings, const ReadLimits& limits, MailboxUrl url,
               std::function<bool()> stop) {
  return std::make_unique<imap::ImapMailbox>(settings, limits, std::move(url), std::move(stop));
}
Made make_directory(const MailboxSettings& settings, const ReadLimits& limits, MailboxUrl url,
                    std::function<bool()>) {
  return std::make_unique<DirectoryMailbox>(settings, limits, std::move(url.path));
}
Made make_maildir(const MailboxSettings& settings, const ReadLimits& limits, MailboxUrl url,
                  std::function<bool()>) {
  return std::make_unique<MaildirMailbox>(settings, limits, std::move(url.path));
}
Made make_mbox(const MailboxSettings& settings, const ReadLimits& limits, MailboxUrl url,
               std::function<bool()>) {
  return std::make_unique<MboxMailbox>(settings, limits, std::move(url.path));
}

struct Row {
  MailboxUrl::Kind kind;
  Made (*make)(const MailboxSettings&, const ReadLimits&, MailboxUrl, std::function<bool()> stop);
};

/// One row a kind of mailbox; config/mailbox_url.cpp has the schemes.
constexpr std::array<Row, 5> rows{{{MailboxUrl::Kind::imaps, make_imap},
                                   {MailboxUrl::Kind::imap, make_imap},
                                   {MailboxUrl::Kind::dir, make_directory},
                                   {MailboxUrl::Kind::maildir, make_maildir},
                                   {MailboxUrl::Kind::mbox, make_mbox}}};

}  // namespace

const std::string& folder_for(const MailboxSettings& settings, Disposal disposal) {
  switch (disposal) {
    case Disposal::unrecognised:
      return settings.unrecognised_folder;
    case Disposal::quarantined:
      return settings.quarantine_folder;
    case Disposal::processed:
      break;
  }
  return settings.processed_folder;
}

Result<std::unique_ptr<Mailbox>> make_mailbox(const MailboxSettings& settings, const ReadLimits& limits,
                                              std::function<bool()> stop) {
  auto url = read_mailbox_url(settings.url);
  if (!url)
    return fail(url.error().exit, "mailbox " + settings.name + ": url: " + url.error().message,
                url.error().hint);
  for (const auto& row : rows) {
    if (row.kind == url->kind) return row.make(settings, limits, std::move(*url), std::move(stop));
  }
  return fail(Exit::internal, "mailbox " + settings.name + ": no mailbox for this kind of url");
}

}  // namespace bounced
