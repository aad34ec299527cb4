// Relays quote the answer they got. Unwrapping finds the innermost one, which its own server wrote.
#pragma once

#include <string>
#include <string_view>

namespace bounced {

struct Unwrapped {
  std::string_view reply;    ///< part of the text
  std::string_view command;  ///< SMTP command that the wrapping names, "RCPT"; or ""
};

/// Looks for "host x[ip] said: 550 …", "… -> 550 : …", "550-'5.2.2 …' (delivery attempts: 0)", "<x #5.1.1
/// smtp;550 …>", "(in reply to RCPT TO command)" and the like. A marker counts only when a code follows it. A
/// reply that another server gave about *our sender* (call-out, address verification) stays wrapped: its
/// "user unknown" is not the recipient's. So does the last deferral that an expired message quotes: it had
/// other causes before.
Unwrapped unwrap(std::string_view text);

}  // namespace bounced
