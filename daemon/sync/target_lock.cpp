#include "daemon/sync/target_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace bounced {
namespace {

constexpr int owner_only = 0600;

/// FNV-1a: the same in every process and version. Two names that met would only wait for each other.
off_t place_of(const std::string& target) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : target) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return static_cast<off_t>(hash & 0x3FFFFFFFFFFFFFFFULL);
}

}  // namespace

Result<TargetLock> TargetLock::take(const std::string& database_path, const std::string& target) {
  const std::string path = database_path + "-sync";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, owner_only);
  if (descriptor < 0)
    return fail(Exit::cant_create, path + ": " + std::strerror(errno),
                "targets are told by who may write to the database: run it as the daemon's user");
  TargetLock lock(descriptor);
  struct flock wanted {};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  wanted.l_start = place_of(target);
  wanted.l_len = 1;
  if (::fcntl(descriptor, F_OFD_SETLK, &wanted) == 0) return lock;
  if (errno == EAGAIN || errno == EACCES)
    return fail(Exit::try_again, "target " + target + ": another bounced is telling it just now",
                "it will tell all that is new; `bounced sync status` shows how far it is");
  return fail(Exit::io, path + ": " + std::strerror(errno));
}

TargetLock::~TargetLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace bounced
