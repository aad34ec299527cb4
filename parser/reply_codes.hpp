// The codes inside a server's reply, and the reply in one line without its repeated codes.
//
//   "550-5.7.1 [192.0.2.1] Our system has 550 5.7.1 detected"
//       reply code "550", status "5.7.1", text "[192.0.2.1] Our system has detected"
//
// RFC 5321 4.2 (reply), RFC 3463 2 (status), RFC 2034 4 (status directly after the reply code). Real servers
// also write it after a word ("550 cuda_nsu 5.1.1 …"), with a hash ("550 #5.1.0 …") or at the end
// ("sorry, … (#5.1.1)"). An IP address, a version or a score is never taken for a status.
#pragma once

#include <string>
#include <string_view>

namespace bounced {

struct ReplyCodes {
  std::string_view reply_code;  ///< "550", or "" when the text has none
  std::string_view status;      ///< "5.7.1", or "" when the text has none
  std::size_t length = 0;       ///< bytes of text up to the first word that is no code
};

/// True for three digits "2xx" to "5xx".
bool is_reply_code(std::string_view text);
/// The bytes at the start of `text` that form a status "D.D.D" (class 2, 4 or 5; RFC 3463 2), or 0.
std::size_t status_length(std::string_view text);

/// The codes that `text` opens with. Of several ("550 5.1.1 550 5.2.2 full", a relay quoting another server)
/// the last status counts, and the last reply code.
ReplyCodes leading_codes(std::string_view text);

/// A status that stands elsewhere in `text`: after a hash, in parentheses at the end, or among the first
/// words. "" when there is none.
std::string_view inner_status(std::string_view text);

/// Writes `text` into `out`: blanks collapsed, control characters dropped, the codes that continue a
/// multi-line reply removed. Where the lines carry no status their border stays as '\n', for they then hold
/// sentences of their own; servers that repeat a status wrap sentences at any word.
void collapse_reply(std::string_view text, std::string& out);

}  // namespace bounced
