// What makes two mails the same mail.
#pragma once

#include <string>
#include <string_view>

namespace bounced {

/// SHA-256 of the bytes as 64 lower-case hex digits. CRLF and LF line ends hash alike, and line ends at the
/// very end don't count: IMAP, Maildir and mbox differ in just these.
std::string content_hash(std::string_view mail);

}  // namespace bounced
