#include "daemon/imap/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bounced::imap {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t receive_buffer_bytes = 64U * 1024;  // four TLS records
/// Untagged bytes that may come between two completed commands beyond what we asked for: other clients' flag
/// changes and expunges in a large folder.
constexpr std::uint64_t unasked_bytes = 32ULL * 1024 * 1024;
/// A slower server than this many bytes in `read_timeout` is taken for dead.
constexpr std::uint64_t least_progress_bytes = 4096;
constexpr std::chrono::seconds logout_timeout{5};
constexpr std::size_t words_bytes = 200;
constexpr const char* try_later = "nothing is lost: unsettled mails are read again at the next pass";

}  // namespace

std::optional<std::string> quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == '\0') return std::nullopt;
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string words_of(const Status& status) {
  std::string words = status.code.empty() ? status.text : "[" + status.code + "] " + status.text;
  if (words.size() > words_bytes) words.resize(words_bytes);
  std::replace_if(
      words.begin(), words.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
      ' ');
  return words;
}

Session::Session(std::unique_ptr<Stream> stream, SessionOptions options)
    : stream_(std::move(stream)),
      options_(std::move(options)),
      reader_(options_.limits),
      buffer_(receive_buffer_bytes, '\0') {}

Session::~Session() {
  if (!broken_) static_cast<void>(logout());
}

Failure Session::failure(Exit exit, const std::string& what, const std::string& hint) const {
  return fail(exit, options_.where + ": " + what, hint);
}

Failure Session::break_off(const std::string& what, const std::string& hint) {
  broken_ = true;
  underway_.clear();
  return failure(Exit::unavailable, what, hint.empty() ? try_later : hint);
}

// --- commands -------------------------------------------------------------------------------------------

Result<Ticket> Session::begin(const std::string& command, Wants wants, UidSet asked_for,
                              std::uint64_t expected_bytes) {
  if (broken_) return failure(Exit::unavailable, "the connection is closed", try_later);
  Underway underway;
  underway.ticket = ++last_ticket_;
  underway.wants = wants;
  underway.asked_for = std::move(asked_for);
  underway.expected_bytes = expected_bytes;
  auto sent = stream_->send("B" + std::to_string(underway.ticket) + " " + command + "\r\n",
                            steady_clock::now() + options_.read_timeout);
  if (!sent) return break_off(sent.error().message);
  underway_.push_back(std::move(underway));
  return last_ticket_;
}

Result<Reply> Session::finish(Ticket ticket) {
  deadline_ = steady_clock::now() + options_.read_timeout;
  for (;;) {
    if (broken_) return failure(Exit::unavailable, "the connection is closed", try_later);
    const auto found = std::find_if(underway_.begin(), underway_.end(),
                                    [ticket](const Underway& u) { return u.ticket == ticket; });
    if (found == underway_.end()) return failure(Exit::internal, "no such command is under way");
    if (found->completed) {
      Reply reply = std::move(found->reply);
      underway_.erase(found);
      return reply;
    }
    auto read = read_more();
    if (!read) return fail(read.error());
  }
}

Result<Reply> Session::command(const std::string& text, Wants wants) {
  auto ticket = begin(text, wants);
  if (!ticket) return fail(ticket.error());
  return finish(*ticket);
}

Result<void> Session::start() {
  auto reply = command("CAPABILITY", Wants::capabilities);
  if (!reply) return fail(reply.error());
  if (!reply->ok())
    return break_off("the server does not tell what it can do (" + words_of(reply->status) + ")");
  if (has("NAMESPACE")) {
    auto spaces = command("NAMESPACE", Wants::namespaces);
    if (!spaces) return fail(spaces.error());
    namespaces_ = std::move(spaces->namespaces);
  }
  const bool personal =
      std::any_of(namespaces_.begin(), namespaces_.end(), [](const Namespace& n) { return n.personal; });
  if (!personal) {
    // The delimiter alone: RFC 9051 6.3.9.
    auto root = command("LIST \"\" \"\"", Wants::folders);
    if (!root) return fail(root.error());
    namespaces_.push_back({"", root->folders.empty() ? '\0' : root->folders.front().delimiter, true});
  }
  return {};
}

Result<Session::SelectResult> Session::select(const std::string& wire_folder, bool read_only) {
  const auto name = quoted(wire_folder);
  if (!name) return failure(Exit::config, "the folder's name has a line end in it", "check `url`");
  auto reply = command((read_only ? "EXAMINE " : "SELECT ") + *name, Wants::select);
  if (!reply) return fail(reply.error());
  SelectResult result;
  result.refused = reply->status;
  if (!reply->ok()) return result;
  Selected selected;
  for (const auto& status : reply->codes) {
    if (const auto validity = read_code_number(status, "UIDVALIDITY")) selected.uid_validity = *validity;
    if (const auto next = read_code_number(status, "UIDNEXT")) selected.uid_next = *next;
    if (status.code == "PERMANENTFLAGS") {
      selected.permanent_flags = read_code_words(status);
      selected.permanent_flags_told = true;
    }
  }
  selected.mails = mails_;
  new_mail_ = false;
  selected.read_only = reply->status.code == "READ-ONLY";
  result.selected = std::move(selected);
  return result;
}

Result<std::vector<ListEntry>> Session::list(const std::string& wire_pattern) {
  const auto pattern = quoted(wire_pattern);
  if (!pattern)
    return failure(Exit::config, "a folder's name has a line end in it", "check the folders in the settings");
  auto reply = command("LIST \"\" " + *pattern, Wants::folders);
  if (!reply) return fail(reply.error());
  return std::move(reply->folders);
}

Result<Status> Session::create(const std::string& wire_folder) {
  const auto name = quoted(wire_folder);
  if (!name)
    return failure(Exit::config, "a folder's name has a line end in it", "check the folders in the settings");
  auto reply = command("CREATE " + *name, Wants::nothing);
  if (!reply) return fail(reply.error());
  if (reply->status.code == "ALREADYEXISTS") reply->status.word = StatusWord::ok;
  if (reply->ok()) {
    // Mail programs show only folders that are subscribed to; that it fails somewhere does no harm.
    auto subscribed = command("SUBSCRIBE " + *name, Wants::nothing);
    if (!subscribed) return fail(subscribed.error());
  }
  return reply->status;
}

bool Session::is_under_way(Ticket ticket) const {
  return std::any_of(underway_.begin(), underway_.end(),
                     [ticket](const Underway& u) { return u.ticket == ticket && !u.completed; });
}

Result<bool> Session::idle(Deadline until) {
  continued_ = false;
  const auto ticket = begin("IDLE", Wants::nothing);
  if (!ticket) return fail(ticket.error());
  deadline_ = steady_clock::now() + options_.read_timeout;
  while (!continued_ && is_under_way(*ticket))
    if (auto read = read_more(); !read) return fail(read.error());
  while (!new_mail_ && is_under_way(*ticket) && !stop_wanted() && steady_clock::now() < until) {
    const auto received = receive(std::min(until, steady_clock::now() + stop_interval));
    if (!received) return fail(received.error());
    if (!*received) continue;
    if (auto taken = take_response(); !taken) return fail(taken.error());
  }
  if (is_under_way(*ticket))
    if (auto sent = stream_->send("DONE\r\n", steady_clock::now() + options_.read_timeout); !sent)
      return break_off(sent.error().message);
  const auto reply = finish(*ticket);
  if (!reply) return fail(reply.error());
  if (!reply->ok()) return break_off("the server refuses IDLE (" + words_of(reply->status) + ")");
  return std::exchange(new_mail_, false);
}

Result<void> Session::logout() {
  if (broken_) return {};
  logging_out_ = true;
  options_.read_timeout = std::min<std::chrono::seconds>(options_.read_timeout, logout_timeout);
  auto reply = command("LOGOUT", Wants::nothing);
  broken_ = true;
  if (!reply) return fail(reply.error());
  return {};
}

// --- replies --------------------------------------------------------------------------------------------

Result<bool> Session::receive(Deadline deadline) {
  if (!unread_.empty()) return true;
  auto received = stream_->receive(std::span<char>(buffer_.data(), buffer_.size()), deadline);
  if (!received) return break_off(received.error().message);
  if (!*received) return false;
  if (**received == 0)
    return break_off(logging_out_ ? "the server closed the connection"
                                  : "the server closed the connection in the middle of a command");
  unread_ = std::string_view(buffer_.data(), **received);
  const auto before = bytes_since_completion_;
  bytes_since_completion_ += unread_.size();
  std::uint64_t allowed = unasked_bytes;
  for (const auto& underway : underway_) allowed += underway.expected_bytes;
  if (bytes_since_completion_ > allowed)
    return break_off("the server sends data without end", "look at the server's log");
  if (before / least_progress_bytes != bytes_since_completion_ / least_progress_bytes)
    deadline_ = steady_clock::now() + options_.read_timeout;
  return true;
}

Result<void> Session::read_more() {
  std::optional<Deadline> stop_by;
  for (;;) {
    const auto received = receive(std::min(deadline_, steady_clock::now() + stop_interval));
    if (!received) return fail(received.error());
    if (*received) return take_response();
    const auto now = steady_clock::now();
    if (now >= deadline_) return break_off("the server did not answer in time");
    if (!stop_by && stop_wanted()) stop_by = now + stop_patience;
    if (stop_by && now >= *stop_by) return break_off("stopped while the server was silent");
  }
}

Result<void> Session::take_response() {
  auto response = reader_.next(unread_);
  if (!response)
    return break_off("the server sent what is not IMAP: " + response.error().message,
                     "look at the server's log");
  if (!*response) return {};
  deadline_ = steady_clock::now() + options_.read_timeout;
  return handle(std::move(**response));
}

void Session::take_capabilities(const std::vector<std::string>& words) {
  capabilities_ = {words.begin(), words.end()};
  for (auto name : options_.disable) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    capabilities_.erase(name);
  }
}

Session::Underway* Session::oldest(Wants wants) {
  const auto found = std::find_if(underway_.begin(), underway_.end(),
                                  [wants](const Underway& u) { return u.wants == wants && !u.completed; });
  return found == underway_.end() ? nullptr : &*found;
}

Result<void> Session::handle(Response response) {
  if (auto* tagged = std::get_if<Tagged>(&response)) {
    handle_tagged(std::move(*tagged));
  } else if (auto* status = std::get_if<Status>(&response)) {
    return handle_status(std::move(*status));
  } else if (auto* fetch = std::get_if<FetchData>(&response)) {
    handle_fetch(std::move(*fetch));
  } else if (auto* capabilities = std::get_if<Capabilities>(&response)) {
    take_capabilities(capabilities->words);
  } else if (auto* found = std::get_if<SearchResult>(&response)) {
    if (auto* underway = oldest(Wants::search)) underway->reply.found.add(found->uids);
  } else if (auto* entry = std::get_if<ListEntry>(&response)) {
    if (auto* underway = oldest(Wants::folders)) underway->reply.folders.push_back(std::move(*entry));
  } else if (auto* spaces = std::get_if<Namespaces>(&response)) {
    if (auto* underway = oldest(Wants::namespaces)) underway->reply.namespaces = std::move(spaces->all);
  } else if (const auto* exists = std::get_if<Exists>(&response)) {
    new_mail_ = new_mail_ || exists->mails > mails_;
    mails_ = exists->mails;
  } else if (std::holds_alternative<Expunged>(response)) {
    mails_ -= mails_ > 0 ? 1 : 0;
  } else if (std::holds_alternative<Continuation>(response)) {
    continued_ = true;
  } else if (const auto* other = std::get_if<Other>(&response);
             other != nullptr && other->damaged && other->word.empty()) {
    return break_off("the server sent what is not IMAP", "look at the server's log");
  }
  return {};
}

void Session::handle_tagged(Tagged tagged) {
  const auto found = std::find_if(underway_.begin(), underway_.end(), [&tagged](const Underway& u) {
    return !u.completed && "B" + std::to_string(u.ticket) == tagged.tag;
  });
  if (found == underway_.end()) return;
  found->reply.status = std::move(tagged.status);
  found->completed = true;
  bytes_since_completion_ = 0;
}

Result<void> Session::handle_status(Status status) {
  if (status.word == StatusWord::bye && !logging_out_) {
    return break_off("the server ended the session (" + words_of(status) + ")");
  }
  if (status.word != StatusWord::ok) return {};
  if (auto* underway = oldest(status.code == "COPYUID" ? Wants::copied : Wants::select)) {
    underway->reply.codes.push_back(std::move(status));
  }
  return {};
}

/// A body belongs to the command that asked for the body of that mail, a size to the one that asked for
/// sizes.
void Session::handle_fetch(FetchData fetch) {
  const auto wants = fetch.body_told ? Wants::bodies : Wants::sizes;
  if (fetch.uid == 0 || (!fetch.body_told && !fetch.size)) return;
  const auto found = std::find_if(underway_.begin(), underway_.end(), [&](const Underway& u) {
    return u.wants == wants && !u.completed && u.asked_for.contains(fetch.uid);
  });
  if (found == underway_.end()) return;
  found->reply.fetched.push_back(std::move(fetch));
}

}  // namespace bounced::imap
