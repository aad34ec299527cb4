// Codes that stand in text: RFC 5321 reply codes, RFC 3463 status codes, and the SMTP command a reply
// answers.
#pragma once

#include <string>
#include <string_view>

namespace bounced {

/// The reply code of a reply's text ("550", "421"): the first of class 4 or 5, else of class 2. Only where a
/// reply can begin: at the start, after the marks that introduce a quoted reply (":", ";", "(", "'", "said",
/// "<<<" …), or before an enhanced status of its class. "" when there is none: numbers in addresses, sizes,
/// dates and ports are no codes.
std::string reply_code_in(std::string_view text);

/// The enhanced status right behind a reply code ("550 5.1.1 …", "550-'5.2.2 …"): the server's own word,
/// which the Status field of a report often only guesses. "" when there is none.
std::string status_behind_reply_code(std::string_view text);

/// The enhanced status that the text carries ("5.1.1"), best the one right after a reply code, else the first
/// one that stands alone (also "(#5.1.1)", "[5.7.1]"). Parts of IP addresses, versions and longer numbers are
/// no codes. "" when there is none.
std::string enhanced_status_in(std::string_view text);

/// The value of a Status field (RFC 3464 2.3.4): digits by pattern, whatever stands around them; "" when
/// there is no D.D.D of class 2, 4 or 5.
std::string status_of_field(std::string_view value);

/// True for "x.0.0" and "": a status that says no more than its class.
bool says_nothing(std::string_view status);

/// The SMTP command that the text says was answered ("in reply to RCPT TO command", "after MAIL FROM", ">>>
/// DATA", "refused to talk to me"): "CONNECT", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "EOD";
/// "" when it isn't told.
std::string command_in(std::string_view text);

}  // namespace bounced
