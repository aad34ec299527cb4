// The client side of one IMAP connection, after the sign-in: commands out, replies in, several commands under
// way at once (RFC 9051 5.5: ours name mails by UID only, so they are never ambiguous).
//
//   begin(command) ──► Ticket ──► finish(ticket) ──► Reply
//
// Untagged data go to the oldest command under way that asked for such data; what nobody asked for is
// dropped, except EXISTS, BYE and alerts. A command that is finished hands over everything it collected.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/imap/response.hpp"
#include "daemon/imap/stream.hpp"

namespace bounced::imap {

struct SessionOptions {
  std::string where;  ///< "mailbox returns: mail.example.org:993", starts every message
  std::chrono::seconds read_timeout{
      120};  ///< in which `least_progress_bytes` or a whole response must arrive
  ResponseLimits limits;
  std::vector<std::string> disable;  ///< capabilities to overlook, e.g. "MOVE"
  /// Asked while the server is silent: true ends the session after `stop_patience`. Null = never.
  std::function<bool()> stop;
};

/// How long a server may still be silent once a stop was asked for: what is under way may end well.
inline constexpr std::chrono::seconds stop_patience{3};
/// Between two looks at whether a stop was asked for.
inline constexpr std::chrono::milliseconds stop_interval{500};

/// What a command wants to collect.
enum class Wants : std::uint8_t {
  nothing,
  search,
  sizes,
  bodies,
  folders,
  namespaces,
  capabilities,
  select,
  copied
};

using Ticket = std::uint64_t;

struct Reply {
  Status status;  ///< of the tagged response
  UidSet found;
  std::vector<FetchData> fetched;
  std::vector<ListEntry> folders;
  std::vector<Namespace> namespaces;
  std::vector<Status> codes;  ///< untagged OK with a code: UIDVALIDITY, PERMANENTFLAGS, COPYUID
  [[nodiscard]] bool ok() const { return status.word == StatusWord::ok; }
};

/// What SELECT tells.
struct Selected {
  std::uint32_t uid_validity = 0;
  Uid uid_next = 0;  ///< 0 = the server did not tell
  std::uint32_t mails = 0;
  bool read_only = false;
  std::vector<std::string> permanent_flags;
  bool permanent_flags_told = false;
};

class Session {
 public:
  Session(std::unique_ptr<Stream> stream, SessionOptions options);
  /// Says LOGOUT if the connection is still good, and waits a moment for the answer.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Asks for capabilities and namespaces.
  Result<void> start();
  [[nodiscard]] bool has(const std::string& capability) const { return capabilities_.contains(capability); }
  /// The wire name of a folder of the settings.
  [[nodiscard]] std::string folder(const std::string& name) const {
    return wire_folder_name(name, namespaces_);
  }

  /// SELECT, or EXAMINE. A reply of NO comes back as Reply in `refused`.
  struct SelectResult {
    std::optional<Selected> selected;
    Status refused;
  };
  Result<SelectResult> select(const std::string& wire_folder, bool read_only);
  Result<std::vector<ListEntry>> list(const std::string& wire_pattern);
  /// CREATE and SUBSCRIBE. [ALREADYEXISTS] is as good as done. NO comes back as the status.
  Result<Status> create(const std::string& wire_folder);

  /// Sends a command (without tag and CRLF). `asked_for` is what a FETCH names: replies for other mails are
  /// not its own. `expected_bytes` widens the bound on untagged data.
  Result<Ticket> begin(const std::string& command, Wants wants, UidSet asked_for = {},
                       std::uint64_t expected_bytes = 0);
  /// Reads until the command is completed. BYE and a closed connection are errors (Exit::unavailable), NO and
  /// BAD are not.
  Result<Reply> finish(Ticket ticket);
  Result<Reply> command(const std::string& text, Wants wants);

  /// Waits until the server tells of new mail in the folder, until `until`, or until SessionOptions::stop
  /// (RFC 2177). True when there is new mail, also when it came since the last call. No command is under way
  /// afterwards. Error: Exit::unavailable, also when the server refuses.
  Result<bool> idle(Deadline until);

  [[nodiscard]] std::uint32_t mails() const { return mails_; }
  /// An error about this mailbox: "WHERE: WHAT".
  [[nodiscard]] Failure failure(Exit exit, const std::string& what, const std::string& hint = {}) const;
  /// Once a call has failed for the connection's sake, every later call fails at once.
  [[nodiscard]] bool broken() const { return broken_; }
  Result<void> logout();

 private:
  struct Underway {
    Ticket ticket = 0;
    Wants wants = Wants::nothing;
    UidSet asked_for;
    std::uint64_t expected_bytes = 0;
    Reply reply;
    bool completed = false;
  };

  /// Receives bytes when none are left. False when the deadline passed.
  Result<bool> receive(Deadline deadline);
  /// Receives within `deadline_`, which a stop brings nearer, and takes one response.
  Result<void> read_more();
  Result<void> take_response();
  [[nodiscard]] bool stop_wanted() const { return options_.stop && options_.stop(); }
  /// IDLE is under way and has not been answered.
  [[nodiscard]] bool is_under_way(Ticket ticket) const;
  Result<void> handle(Response response);
  void handle_tagged(Tagged tagged);
  Result<void> handle_status(Status status);
  void handle_fetch(FetchData fetch);
  void take_capabilities(const std::vector<std::string>& words);
  Underway* oldest(Wants wants);
  Failure break_off(const std::string& what, const std::string& hint = {});

  std::unique_ptr<Stream> stream_;
  SessionOptions options_;
  ResponseReader reader_;
  std::string buffer_;
  std::string_view unread_;  ///< of buffer_
  std::deque<Underway> underway_;
  std::set<std::string> capabilities_;
  std::vector<Namespace> namespaces_;
  Ticket last_ticket_ = 0;
  std::uint64_t bytes_since_completion_ = 0;
  Deadline deadline_;
  std::uint32_t mails_ = 0;
  bool broken_ = false;
  bool logging_out_ = false;
  bool continued_ = false;  ///< the server said "+" since the last command
  bool new_mail_ = false;   ///< EXISTS grew since the folder was selected, or idle() told it
};

/// A string for a command: quoted, RFC 9051 "quoted". Nothing when it holds CR, LF or NUL, which can't be
/// quoted.
std::optional<std::string> quoted(std::string_view text);
/// A server's words for a message: without control characters, at most 200 bytes.
std::string words_of(const Status& status);

}  // namespace bounced::imap
