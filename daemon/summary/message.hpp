// The page as a mail (RFC 5322, 2045): multipart/alternative of text and HTML, JSON attached.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/records.hpp"

namespace bounced {

struct MessageFields {
  std::string from;
  std::vector<std::string> to;
  std::string subject;     ///< any bytes; one line comes out
  std::string message_id;  ///< without angle brackets
  UnixSeconds date = 0;
};

/// "" = that form is left out; one of text and html is there.
struct MessageForms {
  std::string text, html, json;
  std::string json_name;  ///< of the attached file
};

/// The mail, with CRLF line ends. It says that a program wrote it (RFC 3834), so that nothing answers it. No
/// byte of the fields can begin another header field: control characters become blanks, what is not ASCII is
/// encoded (RFC 2047).
std::string mail_message(const MessageFields& fields, const MessageForms& forms);

/// Quoted-printable of UTF-8 text (RFC 2045 6.7): lines of at most 76 characters.
std::string quoted_printable(std::string_view text);
/// Base64 in lines of 76 characters (RFC 2045 6.8).
std::string base64_lines(std::string_view bytes);

}  // namespace bounced
