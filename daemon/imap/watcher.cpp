#include "daemon/imap/watcher.hpp"

#include "daemon/imap/open_session.hpp"

namespace bounced::imap {

using std::chrono::steady_clock;

Watcher::Watcher(MailboxSettings settings, MailboxUrl url, Bell& bell,
                 std::function<std::chrono::milliseconds(int)> pause)
    : settings_(std::move(settings)),
      url_(std::move(url)),
      bell_(bell),
      pause_(std::move(pause)),
      thread_([this] { run(); }) {}

Watcher::~Watcher() {
  stop();
  thread_.join();
}

void Watcher::run() {
  while (!rest_.is_stopped()) {
    const auto watched = watch();
    if (watched) return;
    if (rest_.is_stopped()) return;
    if (!failing_) tell("new mail can't be watched for and is polled: " + watched.error().message, true);
    failing_ = true;
    rest_.wait(pause_(++failures_));
  }
}

Result<void> Watcher::watch() {
  const auto session = open_folder();
  if (!session) return fail(session.error());
  if (*session == nullptr) return {};
  tell(failing_ ? "new mail is watched for again" : "", false);
  failing_ = false;
  while (!rest_.is_stopped()) {
    const auto mail = (*session)->idle(steady_clock::now() + settings_.idle_renewal);
    if (!mail) return fail(mail.error());
    failures_ = 0;
    if (*mail) bell_.ring({settings_.name, true, "", false});
  }
  return {};
}

/// Null where the server has no IDLE.
Result<std::unique_ptr<Session>> Watcher::open_folder() {
  auto session = open_session(settings_, url_, ReadLimits{}, [this] { return rest_.is_stopped(); });
  if (!session) return session;
  if (!(*session)->has("IDLE")) {
    tell("the server has no IDLE: new mail is polled", false);
    return std::unique_ptr<Session>();
  }
  const auto selected = (*session)->select((*session)->folder(url_.folder), true);
  if (!selected) return fail(selected.error());
  if (!selected->selected)
    return (*session)->failure(Exit::unavailable, "folder " + url_.folder + " can't be opened (" +
                                                      words_of(selected->refused) + ")");
  return session;
}

void Watcher::tell(std::string note, bool trouble) {
  bell_.ring({settings_.name, !trouble, std::move(note), trouble});
}

}  // namespace bounced::imap
