// A mail as a flat list of MIME parts. The only door to mimetic is mime.cpp; its known faults are written at
// its top.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/limits.hpp"

namespace bounced {

/// One header field: the name as written, the value unfolded (RFC 5322 2.2.3) but with RFC 2047 words not yet
/// decoded.
struct HeaderField {
  std::string name;
  std::string value;
};

/// The header fields of a part, in order. Look-ups ignore case and blanks before the colon.
class HeaderFields {
 public:
  std::vector<HeaderField> fields;

  /// Value of the first field of that name; "" when there is none.
  [[nodiscard]] std::string_view first(std::string_view name) const;
  /// Values of all fields of that name, in order.
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
};

/// A part. `content` is decoded from its transfer encoding, with charset still as sent; `text` is `content`
/// in UTF-8 with LF line ends, for text/* and message/* parts that hold no further message (bounded by
/// ReadLimits::free_text_bytes for text/*).
struct MimePart {
  int parent = -1;  ///< index of the enclosing part; -1 for the mail itself
  int depth = 0;
  std::string
      type;  ///< lower case "multipart/report"; "text/plain" where nothing usable is said (RFC 2045 5.2)
  std::string report_type;  ///< parameter report-type of multipart/report, lower case
  std::string charset;
  std::string name;  ///< file name, from Content-Disposition or Content-Type
  HeaderFields
      headers;  ///< the part's own fields; for message/rfc822 the fields of the message stand in its child
  std::string text;
};

/// parts[0] is the mail itself; a message/rfc822 (or message/global) part has the message as its only child.
struct MimeTree {
  std::vector<MimePart> parts;
  std::vector<std::string> damage;

  /// Indexes of the parts directly below `index`, in order.
  [[nodiscard]] std::vector<int> children(int index) const;
};

/// Reads any bytes; never throws; a mail that the guard calls unsafe comes back as one text/plain part with
/// its top headers.
MimeTree read_mime(std::string_view mail, const ReadLimits& limits);

/// Reads header fields from the start of `text` up to the first empty line; tolerates LF, CRLF, CR and `Name
/// : value`. Returns the number of bytes read through `body_offset` when it is given.
HeaderFields read_header_fields(std::string_view text, std::size_t* body_offset = nullptr);

}  // namespace bounced
