// Text from mails and servers, made fit for a terminal, a tab-separated line or a page of fixed width.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// `text` as one line of valid UTF-8 that can't steer a terminal: blanks, tabs and line ends become one
/// space, other control characters (C0, C1, DEL) and the invisible ones that reorder or hide text (Unicode
/// bidi controls, zero-width marks) become visible escapes ("\x1b", "\u202e"), broken UTF-8 becomes U+FFFD.
/// Any bytes in.
std::string printable(std::string_view text);

/// `text` with each byte that is no UTF-8 (RFC 3629) replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

/// Columns that printable text takes: 0 for combining marks, 2 for East Asian wide and emoji, else 1.
std::size_t display_width(std::string_view text);

/// `text` in exactly `columns` columns: padded with blanks, or cut with "…". `text` is printable.
std::string fitted(std::string_view text, std::size_t columns);
/// `text` in at most `columns` columns, cut with "…". `text` is printable.
std::string cut(std::string_view text, std::size_t columns);

/// Lines of at most `columns` columns, broken at blanks; a longer word is broken anywhere. `text` is
/// printable; at least one line comes out.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

/// "1234567" as "1,234,567".
std::string grouped(long long number);

/// `count` with the right form of a noun: "1 mail", "2 mails", "0 mails".
std::string counted(long long count, std::string_view one, std::string_view many);

}  // namespace bounced
