#include "daemon/mail_watchers.hpp"

#include "config/mailbox_url.hpp"
#include "daemon/imap/open_session.hpp"
#include "daemon/imap/watcher.hpp"
#include "daemon/loop.hpp"
#include "daemon/pauses.hpp"

namespace bounced {
namespace {

std::chrono::milliseconds pause_after(int failures) { return backoff(failures, any_chance()); }

}  // namespace

MailWatchers::MailWatchers(Bell& bell) : bell_(bell) {}

MailWatchers::~MailWatchers() { stop(); }

void MailWatchers::stop() {
  for (const auto& watcher : watchers_) watcher->stop();  // all, before the first is waited for
  watchers_.clear();
}

void MailWatchers::watch(const Settings& settings) {
  stop();
  for (const auto& mailbox : settings.mailboxes) {
    auto url = read_mailbox_url(mailbox.url);
    if (url && url->is_imap() && !imap::is_disabled(mailbox, "IDLE"))
      watchers_.push_back(std::make_unique<imap::Watcher>(mailbox, std::move(*url), bell_, pause_after));
  }
}

}  // namespace bounced
