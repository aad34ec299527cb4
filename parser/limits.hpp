// Every bound on what a mail may make us do: its name, its unit, where the figure comes from. What passes a
// limit is no error: the mail is marked (`damage`), cut there, or sent to quarantine, and reading goes on.
#pragma once

#include <cstddef>

namespace bounced {

struct ReadLimits {
  /// Bytes of one mail. Larger ones are journaled and settled without being fetched. DSNs return at most the
  /// original, and 25 to 50 MB is what the large receivers accept.
  std::size_t message_bytes = 50U * 1024 * 1024;
  /// Nested MIME levels. mimetic uses a stack frame for each: 32,800 crash it on an 8 MB stack (measured);
  /// 100 is what mu and Dovecot read.
  std::size_t mime_depth = 100;
  /// MIME parts of one mail; Dovecot's default for its own parser.
  std::size_t mime_parts = 10'000;
  /// Bytes of one unfolded header field. mimetic is quadratic in it: 1 MB takes 0.8 s (measured).
  std::size_t header_field_bytes = 64U * 1024;
  /// Bytes of all header fields of one part.
  std::size_t header_block_bytes = 1024U * 1024;
  /// Recipients read from one report; later ones are counted as damage. The largest that RFC 5321 makes a
  /// server accept in one transaction is 100; large senders use 1,000 to 10,000.
  std::size_t recipients = 100'000;
  /// Bytes kept of one diagnostic. RFC 5321 4.5.3.1.5 gives 512 a line; multi-line replies of the field stay
  /// below 2 kB.
  std::size_t diagnostic_bytes = 4096;
  /// Bytes of free text that the readers of unstandardised bounces look at: the explanation stands at the
  /// top.
  std::size_t free_text_bytes = 256U * 1024;
};

}  // namespace bounced
