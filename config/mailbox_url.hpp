// The address of a mailbox, as it stands in `url`.
//
//   imaps://mail.example.org:993/Archive/Bounces      dir:/srv/bounces
//   ^kind   ^host            ^port ^folder            ^kind ^path
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "parser/result.hpp"

namespace bounced {

struct MailboxUrl {
  enum class Kind : std::uint8_t { imaps, imap, dir, maildir, mbox };
  Kind kind = Kind::imaps;
  std::string host;    ///< IMAP: a name, an IPv4 address, or an IPv6 address without its brackets
  int port = 0;        ///< IMAP: as written, else 993 (imaps) or 143 (imap)
  std::string folder;  ///< IMAP: UTF-8, percent signs undone (RFC 3986 2.1); '/' between its levels
  std::string path;    ///< dir, maildir, mbox

  [[nodiscard]] bool is_imap() const { return kind == Kind::imaps || kind == Kind::imap; }
};

/// Reads a url. Error: Exit::config with what is wrong; the message never repeats the url, which may hold a
/// password that does not belong there.
Result<MailboxUrl> read_mailbox_url(std::string_view url);

}  // namespace bounced
