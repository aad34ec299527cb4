// From the settings of a mailbox to a session that is signed in.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "config/settings.hpp"
#include "daemon/imap/session.hpp"
#include "daemon/imap/transport.hpp"

namespace bounced::imap {

using Connector = std::function<Result<std::unique_ptr<Stream>>(const ConnectOptions&)>;

/// Reads the secret, connects, signs in, asks what the server can do. `stop`: see SessionOptions; may be
/// null. Errors: those of read_secret, connect and Session::start, each naming the mailbox.
Result<std::unique_ptr<Session>> open_session(const MailboxSettings& settings, const MailboxUrl& url,
                                              const ReadLimits& limits, const std::function<bool()>& stop,
                                              const Connector& connector = connect);

/// Whether `disable` has the word, in whatever case.
bool is_disabled(const MailboxSettings& settings, std::string_view word);

}  // namespace bounced::imap
