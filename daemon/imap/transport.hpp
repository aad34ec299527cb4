// The only door to libcurl for IMAP: TCP, TLS, STARTTLS and SASL sign-in.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "config/mailbox_url.hpp"
#include "daemon/imap/stream.hpp"

namespace bounced::imap {

struct ConnectOptions {
  std::string mailbox;  ///< name from the settings, for messages
  MailboxUrl url;
  std::string user;
  std::string password;
  std::string ca_file;                       ///< PEM; "" = the system's
  std::string login_options;                 ///< "AUTH=PLAIN"; "" = the best of what both sides know
  std::chrono::seconds connect_timeout{30};  ///< for all of it: name, TCP, TLS, sign-in
  std::function<bool()> stop;                ///< asked meanwhile: true ends the attempt; null = never
};

/// "mail.example.org:993", "[2001:db8::1]:993": for messages and URLs.
std::string server_name(const MailboxUrl& url);

/// Connects and signs in. Always over TLS with the certificate and the host name checked.
/// Errors name the mailbox, the server, the cause and the remedy, and never hold the password:
/// Exit::no_permission (sign-in refused), Exit::config (certificate, CA file, no STARTTLS), Exit::unavailable
/// (refused, timed out, unknown host, not an IMAP server, "try later", stopped).
Result<std::unique_ptr<Stream>> connect(const ConnectOptions& options);

}  // namespace bounced::imap
