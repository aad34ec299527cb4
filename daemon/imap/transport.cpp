// libcurl 7.88 and IMAP: what is known, measured, and how this file lives with it.
//
// - Custom requests can't carry mail: the body of a FETCH literal never reaches the write callback, and its
//   lines are searched for the command's tag, so that a mail can forge the end of a reply (curl #22865). The
//   URL form sets \Seen. Hence CURLOPT_CONNECT_ONLY: libcurl connects, negotiates TLS and signs in; from
//   there on the bytes are ours (curl_easy_send, curl_easy_recv).
// - Receive before waiting: the TLS layer may hold decrypted bytes of which the socket knows nothing.
// - curl_easy_recv with CURLE_OK and 0 bytes is the end of the stream.
// - Bytes that arrive in the same read as the reply to the sign-in are lost; session.cpp asks for all it
// needs.
// - curl_easy_cleanup sends no LOGOUT; session.cpp does.
// - CURLE_LOGIN_DENIED says neither why nor whether it will pass. The server's own words do: they come
// through
//   the debug callback, which also gets what we send, credentials among it; that half is never looked at.
#include "daemon/imap/transport.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "daemon/curl_handle.hpp"
#include "daemon/digest.hpp"

namespace bounced::imap {
namespace {

using std::chrono::milliseconds;

constexpr long keepalive_idle_seconds = 60, keepalive_interval_seconds = 30;
constexpr std::size_t server_words_bytes = 300;  ///< shown of what a server says

/// The last line of the sign-in that tells why it failed. Without control characters, bounded.
struct Greeting {
  std::string last_line;
  std::string unfinished;
};

void take_line(Greeting& greeting, std::string_view line) {
  while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  // Challenges ("+ …") and data tell nothing about a failure.
  if (line.empty() || line.starts_with('+') || line.starts_with("* CAPABILITY")) return;
  greeting.last_line.clear();
  for (const char c : line.substr(0, server_words_bytes)) {
    greeting.last_line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
}

int debug_callback(CURL*, curl_infotype type, char* data, std::size_t size, void* context) {
  if (type != CURLINFO_HEADER_IN) return 0;
  auto& greeting = *static_cast<Greeting*>(context);
  std::string_view bytes(data, size);
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    if (greeting.unfinished.size() < server_words_bytes) greeting.unfinished += bytes.substr(0, newline);
    if (newline == std::string_view::npos) break;
    take_line(greeting, greeting.unfinished);
    greeting.unfinished.clear();
    bytes.remove_prefix(newline + 1);
  }
  return 0;
}

class CurlStream final : public Stream {
 public:
  CurlStream(CurlHandle handle, curl_socket_t socket) : handle_(std::move(handle)), socket_(socket) {}

  Result<void> send(std::string_view bytes, Deadline deadline) override {
    while (!bytes.empty()) {
      std::size_t sent = 0;
      const CURLcode code = curl_easy_send(handle_.get(), bytes.data(), bytes.size(), &sent);
      if (code == CURLE_OK) {
        bytes.remove_prefix(sent);
        continue;
      }
      if (code != CURLE_AGAIN) return fail(Exit::unavailable, "the connection was lost while sending");
      // Both sides could wait for each other: what the server has to say is taken meanwhile.
      auto taken = read_ahead();
      if (!taken) return taken;
      auto ready = wait(POLLIN | POLLOUT, deadline);
      if (!ready) return fail(ready.error());
      if (!*ready) return fail(Exit::unavailable, "the server did not answer in time");
    }
    return {};
  }

  Result<std::optional<std::size_t>> receive(std::span<char> into, Deadline deadline) override {
    if (ahead_at_ < ahead_.size()) return std::optional(from_ahead(into));
    for (;;) {
      std::size_t received = 0;
      const CURLcode code = curl_easy_recv(handle_.get(), into.data(), into.size(), &received);
      if (code == CURLE_OK) return std::optional(received);
      if (code != CURLE_AGAIN) return fail(Exit::unavailable, "the connection was lost");
      auto ready = wait(POLLIN, deadline);
      if (!ready) return fail(ready.error());
      if (!*ready) return std::optional<std::size_t>();
    }
  }

 private:
  std::size_t from_ahead(std::span<char> into) {
    const auto count = std::min(into.size(), ahead_.size() - ahead_at_);
    std::memcpy(into.data(), ahead_.data() + ahead_at_, count);
    ahead_at_ += count;
    if (ahead_at_ == ahead_.size()) {
      ahead_.clear();
      ahead_at_ = 0;
    }
    return count;
  }

  Result<void> read_ahead() {
    std::array<char, 16384> buffer{};
    for (;;) {
      std::size_t received = 0;
      const CURLcode code = curl_easy_recv(handle_.get(), buffer.data(), buffer.size(), &received);
      if (code == CURLE_AGAIN) return {};
      if (code != CURLE_OK || received == 0)
        return fail(Exit::unavailable, "the connection was lost while sending");
      ahead_.append(buffer.data(), received);
    }
  }

  /// False when the deadline passed.
  [[nodiscard]] Result<bool> wait(short events, Deadline deadline) const {
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
      if (left <= 0) return false;
      pollfd watched{socket_, events, 0};
      const int ready = poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 3'600'000)));
      if (ready > 0) return true;
      if (ready < 0 && errno != EINTR)
        return fail(Exit::unavailable, std::string("poll: ") + std::strerror(errno));
    }
  }

  CurlHandle handle_;
  curl_socket_t socket_;
  std::string ahead_;  ///< received while sending
  std::size_t ahead_at_ = 0;
};

/// What a CURLcode means here. `detail`: whether libcurl's or the system's own words say more than ours.
enum class Detail : std::uint8_t { none, system, library, server };
struct Cause {
  CURLcode code;
  Exit exit;
  const char* what;
  const char* hint;
  Detail detail;
};

constexpr const char* try_later = "it is tried again at the next pass";
constexpr std::array<Cause, 20> causes{{
    {CURLE_URL_MALFORMAT, Exit::config, "the url can't be used", "check `url`", Detail::library},
    {CURLE_UNSUPPORTED_PROTOCOL, Exit::config, "this libcurl has no IMAP",
     "install a libcurl with IMAP and TLS", Detail::none},
    {CURLE_COULDNT_RESOLVE_HOST, Exit::unavailable, "the host name is not known",
     "check the host in `url`, and the DNS", Detail::none},
    {CURLE_COULDNT_CONNECT, Exit::unavailable, "no connection",
     "is the server running, and are host and port in `url` right?", Detail::system},
    {CURLE_OPERATION_TIMEDOUT, Exit::unavailable, "no answer in time",
     "is it an IMAP server, and does `url` fit its port (imaps:// 993, imap:// 143)? does a firewall drop "
     "packets? `connect_timeout` "
     "sets how long to wait",
     Detail::server},
    {CURLE_SSL_CONNECT_ERROR, Exit::unavailable, "no TLS connection",
     "imaps:// is for ports with TLS from the start (993); use imap:// for STARTTLS (143)", Detail::library},
    {CURLE_PEER_FAILED_VERIFICATION, Exit::config, "the certificate is not trusted",
     "set `ca_file` to the PEM file of the authority that signed it, and use the host name that the "
     "certificate is made out to",
     Detail::library},
    {CURLE_SSL_CACERT_BADFILE, Exit::config, "the CA file can't be used",
     "check `ca_file`: a readable PEM file", Detail::library},
    {CURLE_SSL_ISSUER_ERROR, Exit::config, "the certificate's issuer is not trusted", "set `ca_file`",
     Detail::library},
    {CURLE_USE_SSL_FAILED, Exit::config, "the server offers no STARTTLS",
     "use imaps://; passwords are never sent without TLS", Detail::none},
    {CURLE_LOGIN_DENIED, Exit::no_permission, "the sign-in was refused",
     "check `user`, the password, and that the account may use IMAP (some providers want an app password)",
     Detail::server},
    {CURLE_AUTH_ERROR, Exit::no_permission, "the sign-in failed",
     "check `user`, the password and `login_options`", Detail::server},
    {CURLE_WEIRD_SERVER_REPLY, Exit::unavailable, "the server does not speak IMAP, or refuses service",
     "check host and port in `url`", Detail::server},
    {CURLE_REMOTE_ACCESS_DENIED, Exit::unavailable, "the server refuses service", try_later, Detail::server},
    {CURLE_RECV_ERROR, Exit::unavailable, "the server closed the connection", try_later, Detail::server},
    {CURLE_SEND_ERROR, Exit::unavailable, "the server closed the connection", try_later, Detail::server},
    {CURLE_GOT_NOTHING, Exit::unavailable, "the server closed the connection", try_later, Detail::server},
    {CURLE_UNKNOWN_OPTION, Exit::config, "a setting of the connection is not valid", "check `login_options`",
     Detail::library},
    {CURLE_OUT_OF_MEMORY, Exit::try_again, "out of memory", "", Detail::none},
    {CURLE_ABORTED_BY_CALLBACK, Exit::unavailable, "stopped while signing in", "", Detail::none},
}};
constexpr Cause other_cause{CURLE_OK, Exit::unavailable, "the connection failed", try_later, Detail::library};

const Cause& cause_of(CURLcode code) {
  const auto found =
      std::find_if(causes.begin(), causes.end(), [code](const Cause& c) { return c.code == code; });
  return found == causes.end() ? other_cause : *found;
}

/// A refusal that will pass: the server is at fault, not the password. RFC 5530.
bool passes_by_itself(std::string_view server_words) {
  constexpr std::array<std::string_view, 5> codes{"[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]",
                                                  "* BYE"};
  return std::any_of(codes.begin(), codes.end(), [&](std::string_view code) {
    return server_words.find(code) != std::string_view::npos;
  });
}

/// Servers may repeat what they did not understand: the password does not come back in a message, neither as
/// it is nor as SASL sends it.
std::string without_secret(std::string text, const ConnectOptions& options) {
  if (options.password.empty()) return text;
  const std::string plain = std::string("\0", 1) + options.user + std::string("\0", 1) + options.password;
  for (const auto& secret : {base64_text(plain), base64_text(options.password), options.password}) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
      text.replace(at, secret.size(), "…");
  }
  return text;
}

Failure failure_of(CURLcode code, const ConnectOptions& options, long system_error, const Greeting& greeting,
                   const char* library_words) {
  const Cause& cause = cause_of(code);
  std::string detail;
  switch (cause.detail) {
    case Detail::none:
      break;
    case Detail::system:
      detail = system_error != 0 ? std::strerror(static_cast<int>(system_error)) : library_words;
      break;
    case Detail::library:
      detail = *library_words != '\0' ? library_words : curl_easy_strerror(code);
      break;
    case Detail::server:
      detail = greeting.last_line.empty() ? "" : "it said: " + greeting.last_line;
      break;
  }
  auto exit = cause.exit;
  std::string hint = cause.hint;
  if (exit == Exit::no_permission && passes_by_itself(greeting.last_line)) {
    exit = Exit::unavailable;
    hint = try_later;
  }
  if (code == CURLE_SSL_CACERT_BADFILE ||
      (code == CURLE_PEER_FAILED_VERIFICATION && !options.ca_file.empty())) {
    detail += (detail.empty() ? "" : "; ") + std::string("ca_file is ") + options.ca_file;
  }
  std::string message = "mailbox " + options.mailbox + ": " + server_name(options.url) + ": " + cause.what;
  if (code == CURLE_LOGIN_DENIED || code == CURLE_AUTH_ERROR) message += " for user " + options.user;
  if (!detail.empty()) message += " (" + detail + ")";
  return fail(exit, without_secret(std::move(message), options), std::move(hint));
}

/// Sets everything; the first option that libcurl refuses is the result.
CURLcode configure(CURL* handle, const ConnectOptions& options, Greeting& greeting, char* error_text) {
  const std::string url = std::string(options.url.kind == MailboxUrl::Kind::imap ? "imap://" : "imaps://") +
                          server_name(options.url) + "/";
  const auto timeout = static_cast<long>(milliseconds(options.connect_timeout).count());
  CurlOptions curl(handle);
  curl.set(CURLOPT_ERRORBUFFER, error_text);
  curl.set(CURLOPT_URL, url.c_str());
  curl.set(CURLOPT_PROTOCOLS_STR, "imap,imaps");
  curl.set(CURLOPT_CONNECT_ONLY, 1L);
  curl.set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  curl.trust(options.ca_file);
  curl.set(CURLOPT_USERNAME, options.user.c_str());
  curl.set(CURLOPT_PASSWORD, options.password.c_str());
  curl.set(CURLOPT_SASL_IR, 1L);
  if (!options.login_options.empty()) curl.set(CURLOPT_LOGIN_OPTIONS, options.login_options.c_str());
  curl.set(CURLOPT_CONNECTTIMEOUT_MS, timeout);
  curl.set(CURLOPT_TIMEOUT_MS, timeout);
  curl.set(CURLOPT_TCP_KEEPALIVE, 1L);
  curl.set(CURLOPT_TCP_KEEPIDLE, keepalive_idle_seconds);
  curl.set(CURLOPT_TCP_KEEPINTVL, keepalive_interval_seconds);
  curl.stop_when(options.stop);
  curl.set(CURLOPT_VERBOSE, 1L);
  curl.set(CURLOPT_DEBUGFUNCTION, &debug_callback);
  curl.set(CURLOPT_DEBUGDATA, static_cast<void*>(&greeting));
  return curl.code();
}

}  // namespace

std::string server_name(const MailboxUrl& url) {
  const bool literal = url.host.find(':') != std::string::npos;
  return (literal ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

Result<std::unique_ptr<Stream>> connect(const ConnectOptions& options) {
  CurlHandle handle = make_curl_handle();
  if (!handle) return fail(Exit::internal, "mailbox " + options.mailbox + ": libcurl can't be started");
  Greeting greeting;
  std::array<char, CURL_ERROR_SIZE> error_text{};
  CURLcode code = configure(handle.get(), options, greeting, error_text.data());
  if (code == CURLE_OK) code = curl_easy_perform(handle.get());
  // The callback's context ends with this function.
  curl_easy_setopt(handle.get(), CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_XFERINFODATA, static_cast<void*>(nullptr));
  curl_easy_setopt(handle.get(), CURLOPT_VERBOSE, 0L);
  curl_easy_setopt(handle.get(), CURLOPT_DEBUGDATA, static_cast<void*>(nullptr));
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
  if (code != CURLE_OK) {
    long system_error = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_OS_ERRNO, &system_error);
    return fail(failure_of(code, options, system_error, greeting, error_text.data()).error);
  }
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(handle.get(), CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK ||
      socket == CURL_SOCKET_BAD) {
    return fail(Exit::unavailable,
                "mailbox " + options.mailbox + ": " + server_name(options.url) + ": the connection was lost",
                try_later);
  }
  return std::unique_ptr<Stream>(std::make_unique<CurlStream>(std::move(handle), socket));
}

}  // namespace bounced::imap
