// A mail as a flat list of MIME parts. The only door to mimetic is mime.cpp; its known faults are written at
// its top.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/header_fields.hpp"
#include "parser/limits.hpp"

namespace bounced {

/// A part. `text` is its body, decoded from transfer encoding and charset to UTF-8 with LF line ends: of
/// text/* (bounded by ReadLimits::free_text_bytes) and message/* leaves, and of other leaves that are text by
/// their bytes (mislabelled reports, XML, JSON); "" for everything else.
struct MimePart {
  int parent = -1;  ///< index of the enclosing part; -1 for the mail itself
  int depth = 0;
  std::string type;  ///< lower case "multipart/report"; "text/plain" where nothing usable is said (RFC 2045
                     ///< 5.2), and for a multipart in which no part begins
  std::string report_type;  ///< parameter report-type of multipart/report, lower case
  std::string charset;
  std::string name;      ///< file name, from Content-Disposition or Content-Type
  HeaderFields headers;  ///< the part's own fields; for message/rfc822 the fields of the message stand in its
                         ///< child
  std::string text;
};

/// parts[0] is the mail itself; a message/rfc822 (or message/global) part has the message as its only child,
/// unless it is base64 or quoted-printable: then its `text` is the message.
struct MimeTree {
  std::vector<MimePart> parts;
  std::vector<std::string> damage;  ///< see GuardedMail::damage

  /// Indexes of the parts directly below `index`, in order.
  [[nodiscard]] std::vector<int> children(int index) const;
};

/// Reads any bytes; never throws; linear; there is always at least one part.
MimeTree read_mime(std::string_view mail, const ReadLimits& limits);

}  // namespace bounced
