#include "daemon/process_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "config/mailbox_url.hpp"
#include "daemon/content_hash.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

/// When a process was started: the 22nd field of /proc/PID/stat (proc(5)), in clock ticks since the boot. 0 =
/// not known.
UnixSeconds started_at(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  std::getline(file, text);
  // The second field is a name in brackets, which may hold anything.
  std::size_t at = text.rfind(')');
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = text.find(' ', at + 1);
  std::ifstream boot("/proc/stat");
  UnixSeconds booted = 0;
  for (std::string word; boot >> word;)
    if (word == "btime") boot >> booted;
  UnixSeconds ticks = 0;
  if (at == std::string::npos || booted == 0) return 0;
  std::from_chars(text.data() + at + 1, text.data() + text.size(), ticks);
  return booted + ticks / std::max(::sysconf(_SC_CLK_TCK), 1L);
}

std::string process_text(pid_t process) {
  if (process <= 0) return "another process";
  std::ifstream file("/proc/" + std::to_string(process) + "/comm");
  std::string name;
  std::getline(file, name);
  const UnixSeconds since = started_at(process);
  return (name.empty() ? "a process" : name) + " (pid " + std::to_string(process) +
         (since == 0 ? ")" : ", since " + rfc3339(since) + ")");
}

Error taken(const std::string& what, pid_t process) {
  return {Exit::try_again, what + " is in the hands of " + process_text(process),
          "let it do the work, or stop it first; commands that only read go on meanwhile"};
}

/// The process whose number the holder wrote into the lock file; 0 = none there yet.
pid_t holder_named_in(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t count = ::pread(descriptor, text.data(), text.size(), 0);
  pid_t process = 0;
  if (count > 0) std::from_chars(text.data(), text.data() + count, process);
  return process;
}

/// A place may be written in several ways: files by their real path.
std::string place_of(const MailboxSettings& mailbox) {
  const auto url = read_mailbox_url(mailbox.url);
  if (!url) return mailbox.url + "\n" + mailbox.user;
  if (url->is_imap())
    return "imap\n" + url->host + "\n" + std::to_string(url->port) + "\n" + url->folder + "\n" + mailbox.user;
  std::error_code unknown;
  const auto real = std::filesystem::weakly_canonical(url->path, unknown);
  return "file\n" + (unknown ? url->path : real.string());
}

/// Who holds the name; nothing where nobody answers any more.
struct Holder {
  pid_t process = 0;
  uid_t user = 0;
};
Holder holder_of(const sockaddr_un& name, socklen_t length) {
  Holder holder;
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return holder;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&name), length) == 0 &&
      ::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
    holder = {peer.pid, peer.uid};
  ::close(descriptor);
  return holder;
}

}  // namespace

ProcessLock::ProcessLock(ProcessLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

ProcessLock& ProcessLock::operator=(ProcessLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

ProcessLock::~ProcessLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<ProcessLock> ProcessLock::of_database(const std::string& path) {
  const std::string file = path + ".lock";
  ProcessLock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (lock.descriptor_ < 0) {
    const bool refused = errno == EACCES || errno == EPERM || errno == EROFS;
    return fail(refused ? Exit::no_permission : Exit::cant_create,
                file + " can't be made: " + std::strerror(errno),
                "let the user who runs bounced write the file and its directory");
  }
  while (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return fail(taken("database " + path, holder_named_in(lock.descriptor_)));
    return fail(Exit::io, file + " can't be locked: " + std::strerror(errno),
                "keep the database on a local file system");
  }
  // For whoever comes second. A disk that is full keeps nobody from working.
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.descriptor_, 0) == 0 && ::pwrite(lock.descriptor_, text.data(), text.size(), 0) < 0)
    return lock;
  return lock;
}

Result<ProcessLock> ProcessLock::of_mailbox(const MailboxSettings& mailbox) {
  const std::string name = "bounced/" + content_hash(place_of(mailbox));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  static_assert(sizeof address.sun_path > sizeof "bounced/" + 64 + 1);
  std::memcpy(address.sun_path + 1, name.data(), name.size());  // a leading NUL: an abstract name
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  ProcessLock lock(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (lock.descriptor_ < 0) return lock;
  if (::bind(lock.descriptor_, reinterpret_cast<const sockaddr*>(&address), length) == 0) {
    if (::listen(lock.descriptor_, SOMAXCONN) != 0) return lock;
    return lock;
  }
  if (errno != EADDRINUSE) return lock;
  const Holder holder = holder_of(address, length);
  const bool is_stranger = holder.process != 0 && holder.user != 0 && holder.user != ::geteuid();
  if (is_stranger) return lock;
  return fail(taken("mailbox " + mailbox.name, holder.process));
}

void ProcessLock::dismiss_callers() {
  for (int caller = 0; (caller = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;)
    ::close(caller);
}

Result<void> MailboxLocks::take(const MailboxSettings& mailbox) {
  const auto place = place_of(mailbox);
  if (const auto held = held_.find(place); held != held_.end()) {
    held->second.dismiss_callers();
    return {};
  }
  auto lock = ProcessLock::of_mailbox(mailbox);
  if (!lock) return fail(lock.error());
  held_.emplace(place, *std::move(lock));
  return {};
}

}  // namespace bounced
