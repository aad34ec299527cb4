#include "storage/sqlite_error.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace bounced {
namespace {

/// One line of /proc/locks: "1: POSIX  ADVISORY  WRITE 4711 08:01:1234 120 120" (proc(5)).
struct LockLine {
  std::string number, type, mode, access, pid, device_and_inode, first, last;
};

std::string device_and_inode(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return "";
  char text[64];
  std::snprintf(text, sizeof text, "%02x:%02x:%llu", major(file.st_dev), minor(file.st_dev),
                static_cast<unsigned long long>(file.st_ino));
  return text;
}

std::string process_name(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/comm");
  std::string name;
  std::getline(file, name);
  return (name.empty() ? "a process" : name) + " (pid " + pid + ")";
}

std::string directory_of(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

}  // namespace

std::string lock_holder(const std::string& path) {
  const std::string database = device_and_inode(path);
  const std::string shared = device_and_inode(path + "-shm");
  const std::string own = std::to_string(::getpid());
  std::ifstream locks("/proc/locks");
  for (std::string text; std::getline(locks, text);) {
    std::istringstream words(text);
    LockLine line;
    words >> line.number >> line.type >> line.mode >> line.access >> line.pid >> line.device_and_inode >>
        line.first >> line.last;
    const bool ours = line.device_and_inode == database || line.device_and_inode == shared;
    if (ours && !line.device_and_inode.empty() && line.access == "WRITE" && line.pid != own)
      return process_name(line.pid);
  }
  return "";
}

Error sqlite_error(const std::string& path, int code, int system_errno, const std::string& words) {
  const std::string database = "database " + path;
  const int primary = code & 0xff;
  const bool full = primary == SQLITE_FULL || ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) &&
                                               (system_errno == ENOSPC || system_errno == EDQUOT));
  if (full)
    return {Exit::io, database + ": the disk is full",
            "free some space on the file system of " + directory_of(path) +
                "; nothing was written for these mails, and they stay in the mailbox"};
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: {
      const std::string holder = lock_holder(path);
      return {Exit::try_again, database + " is locked by " + (holder.empty() ? "another process" : holder),
              "wait until it has ended, or stop it; only one process writes at a time"};
    }
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Exit::no_permission, database + " may not be written",
              "let the user who runs bounced write the file and its directory " + directory_of(path)};
    case SQLITE_CANTOPEN:
      return {system_errno == EACCES ? Exit::no_permission : Exit::io,
              database + " can't be opened: " + words,
              "let the user who runs bounced read and write the directory " + directory_of(path)};
    case SQLITE_NOTADB:
      return {Exit::data, path + " is not a database of bounced",
              "set database.path to another file, or move this one away"};
    case SQLITE_CORRUPT:
      return {Exit::io, database + " is damaged: " + words,
              "stop bounced and restore a backup, or rescue what can be read: sqlite3 " + path +
                  " .recover | sqlite3 rescued.db; mails that were not settled are read again"};
    case SQLITE_IOERR:
      return {Exit::io, database + ": reading or writing failed: " + words,
              "look at the disk and the system's log"};
    default:
      return {Exit::internal, database + ": " + words, "please report this as a fault of bounced"};
  }
}

}  // namespace bounced
