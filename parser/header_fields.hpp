// Header fields (RFC 5322 2.2) as they stand in mails, in returned headers and in report parts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// One header field: the name as written, without blanks before the colon; the value unfolded (RFC 5322
/// 2.2.3), valid UTF-8, with RFC 2047 words not yet decoded.
struct HeaderField {
  std::string name;
  std::string value;
};

/// The header fields of a part, in order. Look-ups ignore case.
class HeaderFields {
 public:
  std::vector<HeaderField> fields;

  /// Value of the first field of that name; "" when there is none.
  [[nodiscard]] std::string_view first(std::string_view name) const;
  /// Values of all fields of that name, in order.
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
};

/// The name in a line that begins a field ("Subject: x", also "Action : failed"); "" for any other line.
std::string_view field_name(std::string_view line);

/// Reads header fields from the start of `text` up to the first empty line. Tolerates LF, CRLF, CR, blanks
/// before the colon, an mbox "From " line at the top, and lines that lost their leading blank (they continue
/// the field above when a field follows). `body_offset` receives the number of bytes read, the empty line
/// included. Total; linear.
HeaderFields read_header_fields(std::string_view text, std::size_t* body_offset = nullptr);

}  // namespace bounced
