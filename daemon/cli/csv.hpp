// CSV (RFC 4180) that a spreadsheet reads as text only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// One cell: quoted where RFC 4180 asks for it; a leading = + - @ TAB or CR, which a spreadsheet takes for a
/// formula, gets an apostrophe in front (OWASP, "CSV Injection").
std::string csv_cell(std::string_view value);
/// The value of a cell that csv_cell wrote and a CSV reader read: without that apostrophe.
std::string_view csv_uncell(std::string_view cell);
/// A line with its end (CRLF, RFC 4180).
std::string csv_line(const std::vector<std::string>& values);

}  // namespace bounced
