// The kinds of mailbox that the contract suite runs over: how mails get in, and what can be seen of them
// without the code under test.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/mailbox.hpp"

namespace bounced::test {

/// Where a mail ended up.
enum class Place { source, processed, unrecognised, quarantined };

struct Seen {
  std::string bytes;
  std::string marks;  ///< "seen", "flagged", "done": what the kind can show, in this order, blank between
  bool operator==(const Seen&) const = default;
};

class MailboxWorld {
 public:
  virtual ~MailboxWorld() = default;
  /// Settings for this mailbox, which exists and is empty.
  virtual MailboxSettings settings() = 0;
  /// Adds mails, in this order.
  virtual void put(const std::vector<std::string>& mails) = 0;
  /// The mails at a place, in the order of their bytes.
  virtual std::vector<Seen> at(Place place) = 0;
  /// Takes one mail away behind the reader's back.
  virtual void take_away(const std::string& bytes) = 0;
};

struct MailboxKind {
  std::string name;
  std::function<std::unique_ptr<MailboxWorld>()> make;
  bool moves = true;    ///< settled mails leave the source
  bool flags = true;    ///< after_read = "flag" works
  bool removes = true;  ///< after_read = "remove" works
};

/// All kinds; IMAP as $BOUNCED_TEST_IMAP_URL and its sisters say (tests/support/dovecot.py run -- …).
std::vector<MailboxKind> mailbox_kinds();

/// The value of an environment variable; the test fails when it is missing.
std::string environment(const char* name);
/// Settings for a fresh user on the test's IMAP server, after mails were put into the folder.
MailboxSettings imap_settings(const std::string& user, const std::string& folder = "INBOX");
void put_into_maildir(const std::string& user, const std::string& folder,
                      const std::vector<std::string>& mails);
/// The mails of a folder of the test's IMAP server, as they lie on its disk.
std::vector<Seen> imap_folder(const std::string& user, const std::string& folder);
std::string fresh_user();

}  // namespace bounced::test
