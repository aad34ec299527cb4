#include "daemon/mail_watchers.hpp"

#include <algorithm>

#include "config/mailbox_url.hpp"
#include "daemon/imap/watcher.hpp"
#include "daemon/loop.hpp"
#include "daemon/pauses.hpp"

namespace bounced {
namespace {

std::chrono::milliseconds pause_after(int failures) { return backoff(failures, any_chance()); }

bool may_idle(const MailboxSettings& mailbox) {
  return std::find(mailbox.disable.begin(), mailbox.disable.end(), "IDLE") == mailbox.disable.end();
}

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
    if (!url || (url->kind != MailboxUrl::Kind::imap && url->kind != MailboxUrl::Kind::imaps)) continue;
    if (may_idle(mailbox))
      watchers_.push_back(std::make_unique<imap::Watcher>(mailbox, std::move(*url), bell_, pause_after));
  }
}

}  // namespace bounced
