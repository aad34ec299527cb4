// The watchers of all mailboxes that can be watched for new mail: IMAP, unless a setting says not to.
#pragma once

#include <memory>
#include <vector>

#include "config/settings.hpp"
#include "daemon/bell.hpp"

namespace bounced {

namespace imap {
class Watcher;
}

class MailWatchers {
 public:
  /// `bell` must outlive the watchers.
  explicit MailWatchers(Bell& bell);
  MailWatchers(const MailWatchers&) = delete;
  MailWatchers& operator=(const MailWatchers&) = delete;
  ~MailWatchers();

  /// Watches the mailboxes of these settings, in place of those before. Does not wait for any server but to
  /// end what was watched before, which takes a few seconds at most.
  void watch(const Settings& settings);
  /// Ends all watching.
  void stop();

 private:
  Bell& bell_;
  std::vector<std::unique_ptr<imap::Watcher>> watchers_;
};

}  // namespace bounced
