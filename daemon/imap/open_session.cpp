#include "daemon/imap/open_session.hpp"

#include <algorithm>

#include "parser/text.hpp"

namespace bounced::imap {
namespace {

/// A client certificate or a ticket signs in without one.
bool needs_password(const MailboxSettings& settings) {
  const bool without = settings.login_options == "AUTH=EXTERNAL" || settings.login_options == "AUTH=GSSAPI";
  return !without || !(settings.password == SecretSource{});
}

}  // namespace

bool is_disabled(const MailboxSettings& settings, std::string_view word) {
  return std::any_of(settings.disable.begin(), settings.disable.end(),
                     [word](const std::string& one) { return same_word(one, word); });
}

Result<std::unique_ptr<Session>> open_session(const MailboxSettings& settings, const MailboxUrl& url,
                                              const ReadLimits& limits, const std::function<bool()>& stop,
                                              const Connector& connector) {
  ConnectOptions options;
  if (needs_password(settings)) {
    auto secret = read_secret(settings.password);
    if (!secret) {
      return fail(secret.error().exit, "mailbox " + settings.name + ": " + secret.error().message,
                  secret.error().hint);
    }
    options.password = std::move(*secret);
  }
  options.mailbox = settings.name;
  options.url = url;
  options.user = settings.user;
  options.ca_file = settings.ca_file;
  options.login_options = settings.login_options;
  options.connect_timeout = settings.connect_timeout;
  options.stop = stop;
  auto stream = connector(options);
  if (!stream) return fail(stream.error());

  SessionOptions facts;
  facts.where = "mailbox " + settings.name + ": " + server_name(url);
  facts.read_timeout = settings.read_timeout;
  facts.limits.literal_bytes = limits.message_bytes;
  facts.disable = settings.disable;
  facts.stop = stop;
  auto session = std::make_unique<Session>(std::move(*stream), std::move(facts));
  if (auto started = session->start(); !started) return fail(started.error());
  return session;
}

}  // namespace bounced::imap
