// Disposes of mails whose decision is durable: moves, flags or removes them, many at a time.
//
// Mails are collected until they are worth a command (the server's work for one command is mostly the same
// for ten mails and two thousand), then sent without waiting; the answer is read with the next command or at
// the end. What a crash leaves undone is read again, recognised by its content, and settled then.
//
// way                 commands                                                  when
// move                UID MOVE                                                  MOVE (RFC 6851)
// copy, then remove   UID COPY, UID STORE +FLAGS (\Deleted), UID EXPUNGE        else UIDPLUS (RFC 4315)
// flag                UID STORE +FLAGS (keyword \Seen)                          else, or after_read = "flag"
// remove              UID STORE +FLAGS (\Deleted), UID EXPUNGE                  after_read = "remove" and
// UIDPLUS leave               none                                                      after_read = "leave"
//
// A plain EXPUNGE is never sent: it would remove what other people have marked.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "daemon/imap/session.hpp"
#include "daemon/mailbox.hpp"

namespace bounced::imap {

enum class Way : std::uint8_t { move, copy, flag, remove, leave };

/// Which flags the folder keeps.
struct FlagSupport {
  bool keyword = false;  ///< the keyword of the settings
  bool seen = false;
  bool flagged = false;
};

class Settler {
 public:
  Settler(Session& session, const MailboxSettings& settings, FlagSupport flags);

  /// The way for mails of that disposal, with this server.
  [[nodiscard]] Way way(Disposal disposal) const;
  /// What the operator should know about it; empty when all goes as the settings say.
  [[nodiscard]] std::vector<std::string> notes() const;
  std::vector<std::string> take_notes() { return std::exchange(late_notes_, {}); }

  /// Looks which of the target folders exist. Changes nothing.
  Result<void> look_for_folders();
  /// Collects mails, and sends commands when there are enough. Errors may be those of earlier commands.
  Result<void> settle(const std::vector<Settlement>& settlements);
  /// Sends what was collected and waits for every answer.
  Result<void> finish();
  /// Mails of which the server has confirmed that they are settled.
  [[nodiscard]] std::uint64_t confirmed() const { return confirmed_; }

 private:
  struct Sent {
    Way way = Way::leave;
    Disposal disposal = Disposal::processed;
    UidSet uids;
    Ticket ticket = 0;
  };

  Result<void> send_collected();
  Result<void> send(Disposal disposal, Way way, UidSet uids);
  Result<void> collect_answers();
  Result<void> collect(const Sent& sent);
  Result<void> refused(const Sent& sent, const Status& status);
  Result<void> remove_copied(const Sent& sent, const Reply& reply);
  Result<void> remove(const UidSet& uids);
  Result<void> make_folder(const std::string& name);
  [[nodiscard]] std::string flags(Disposal disposal) const;
  [[nodiscard]] Failure cannot(const Sent& sent, const Status& status) const;

  Session& session_;
  const MailboxSettings& settings_;
  FlagSupport support_;
  bool move_works_ = false, uidplus_works_ = false;
  std::map<std::string, bool> folder_exists_;  ///< by wire name
  std::array<UidSet, disposal_names.size()> collected_;
  std::uint64_t collected_mails_ = 0;
  std::chrono::steady_clock::time_point oldest_;
  std::vector<Sent> sent_;
  std::uint64_t confirmed_ = 0;
  std::vector<std::string> late_notes_;
};

}  // namespace bounced::imap
