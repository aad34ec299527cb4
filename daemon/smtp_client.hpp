// Sending one mail by SMTP. A door to libcurl: TLS, sign-in, the dialogue.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "parser/result.hpp"

namespace bounced {

struct SmtpMail {
  std::string url;             ///< smtp://host[:port], smtps://host[:port]
  bool tls = true;             ///< of smtp://: STARTTLS, or nothing is sent
  std::string user, password;  ///< "" = no sign-in
  std::string ca_file;         ///< PEM; "" = the system's
  std::string sender;          ///< the return path; "" = the empty one
  std::vector<std::string> recipients;
  std::string message;                   ///< with CRLF line ends
  std::chrono::seconds timeout{60};      ///< for all of it
  std::function<bool()> stop = nullptr;  ///< asked about once a second; true ends it
};

/// What is known of a mail that was not sent for sure.
struct SmtpEnd {
  bool sent = false;       ///< the server has taken it
  bool uncertain = false;  ///< all of it was handed over, and no answer came: it may have been taken
  Error error;             ///< where it was not sent
};

/// Errors name the server, its own words and the remedy, never the password: Exit::no_permission (sign-in
/// refused), Exit::config (certificate, no STARTTLS), Exit::unavailable (no connection, refused for good),
/// Exit::try_again (a 4xx reply, or stopped).
SmtpEnd send_by_smtp(const SmtpMail& mail);

}  // namespace bounced
