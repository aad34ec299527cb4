// Bytes in any character set of the field, out as valid UTF-8. The only door to iconv is charset.cpp.
#pragma once

#include <string>
#include <string_view>

namespace bounced {

/// True for well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms.
bool is_valid_utf8(std::string_view bytes);

/// The text in UTF-8, always well-formed. `charset` is a MIME name of any case, or "" when none is said.
/// Wrong labels are common: bytes that are UTF-8 or ISO-2022-JP by their form are read as that, unknown or
/// missing names as windows-1252; what can't be converted becomes U+FFFD. Total; linear.
std::string to_utf8(std::string_view bytes, std::string_view charset);
/// True when to_utf8 would give the same bytes because they are ASCII.
bool is_plain_ascii(std::string_view bytes, std::string_view charset);

/// Appends a code point as UTF-8; U+FFFD for surrogates and values above 10FFFF.
void append_utf8(std::string& out, char32_t code_point);

/// The longest beginning of `text` (valid UTF-8) that has at most `max_bytes` and ends between characters.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes);

/// RFC 2047 encoded words undone wherever they stand, also inside quotes or glued to other text; words whose
/// bytes continue in the next word of the same charset are joined before conversion. The rest stays as it
/// is. Always valid UTF-8.
std::string decode_words(std::string_view value);

}  // namespace bounced
