// The guard in front of mimetic: one pass over the bytes that turns any mail into one which that library
// reads quickly and rightly.
//
//   as it came                                   what mimetic gets
//   CRLF, LF, CR, NULs, an mbox "From " line     LF only, no NULs
//   folded, endless, broken header fields        two fields of the guard's own; the mail's are read here
//   boundaries reused, nested alike, unclosed    an unmistakable boundary for each multipart, always closed
//   message/global, a thousand nested parts      message/rfc822, at most ReadLimits::mime_depth deep
//   a 40 MB attachment                           its first bytes (only text and reports are read)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/header_fields.hpp"
#include "parser/limits.hpp"

namespace bounced {

/// The two fields of each header block that mimetic sees: whether the part is a multipart, a message or a
/// leaf, and the place of its real fields in GuardedMail::headers.
inline constexpr std::string_view guard_type_field = "Content-Type";
inline constexpr std::string_view guard_place_field = "Place";
/// Begins and ends each boundary that the guard writes. mimetic finds a boundary anywhere in a line and by
/// its beginning; the guard removes this byte from the mail itself, so that neither happens.
inline constexpr char guard_mark = '\x01';

struct GuardedMail {
  std::string text;
  /// Where the body begins in `text` when the whole mail is one part without others below it; else npos.
  std::size_t leaf_body = std::string::npos;
  std::vector<HeaderFields> headers;  ///< of each part, in the order in which they begin
  /// Short stable words: "too_large", "mime_too_deep", "too_many_parts", "header_too_long", "nul_bytes",
  /// "bare_cr", "text_cut", "boundary_missing", "truncated".
  std::vector<std::string> damage;
};

/// Total: any bytes; time linear in the size; no recursion; `text` is never much larger than `mail`.
GuardedMail guard(std::string_view mail, const ReadLimits& limits);

}  // namespace bounced
