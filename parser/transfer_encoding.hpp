// Content transfer encodings (RFC 2045 6), undone as far as damaged bytes allow.
#pragma once

#include <string>
#include <string_view>

namespace bounced {

/// Base64: anything outside its alphabet is skipped; ends at '=' padding only when nothing but padding
/// follows in that line (concatenated blocks are read on). Total; linear.
std::string decode_base64(std::string_view text);

/// Quoted-printable: a '=' that isn't followed by two hexadecimal digits or a line end stays as it is.
/// `header_form` reads '_' as a blank (RFC 2047 4.2).
std::string decode_quoted_printable(std::string_view text, bool header_form = false);

/// The first uuencoded file in the text (from its "begin" line); the text itself when there is none.
std::string decode_uuencode(std::string_view text);

/// By the value of Content-Transfer-Encoding, of any case, with comments or parameters behind it; unknown
/// ones are read as 8bit.
std::string decode_transfer(std::string text, std::string_view encoding);

}  // namespace bounced
