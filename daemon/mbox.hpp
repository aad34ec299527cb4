// Mails of an mbox file (RFC 4155 and its variants mboxo and mboxrd), one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/line_reader.hpp"

namespace bounced {

/// True for a line that separates mails: "From sender Thu Jan  1 00:00:00 1970". A sentence that begins with
/// "From " has no time of day in it.
bool is_mbox_separator(std::string_view line);

class MboxReader {
 public:
  /// `lines` stands at the start of the file and outlives the reader. Bytes of a mail above `limit_bytes` are
  /// dropped but counted.
  MboxReader(LineReader& lines, std::size_t limit_bytes) : lines_(lines), limit_bytes_(limit_bytes) {}

  /// The next mail without its separator and the empty line at its end, quoted "From " lines unquoted; false
  /// at the end. `size_bytes` is its whole size.
  bool next(std::string& mail, std::uint64_t& size_bytes);
  /// True when `next` gives another mail.
  [[nodiscard]] bool has_more() const { return !started_ || separator_seen_; }

 private:
  LineReader& lines_;
  std::size_t limit_bytes_;
  bool started_ = false;
  bool separator_seen_ = false;
};

}  // namespace bounced
