#include "daemon/new_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace bounced {
namespace {

constexpr std::size_t piece_bytes = 256U * 1024;

}  // namespace

NewFile::NewFile(std::string path, mode_t mode) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
  if (descriptor_ < 0) fault_ = errno;
}

NewFile::~NewFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!renamed_) ::unlink(path_.c_str());
}

bool NewFile::write(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= piece_bytes) hand_over();
  return fault_ == 0;
}

int NewFile::bring_to_disk() {
  hand_over();
  if (fault_ == 0 && ::fsync(descriptor_) != 0) fault_ = errno;
  return fault_;
}

int NewFile::rename_to(const std::string& path) {
  if (fault_ == 0 && ::rename(path_.c_str(), path.c_str()) != 0) fault_ = errno;
  if (fault_ != 0) return fault_;
  renamed_ = true;
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return 0;  // the name reaches the disk a little later
  ::fsync(opened);
  ::close(opened);
  return 0;
}

void NewFile::hand_over() {
  std::string_view left = buffer_;
  while (fault_ == 0 && !left.empty()) {
    const ssize_t written = ::write(descriptor_, left.data(), left.size());
    if (written > 0)
      left.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      fault_ = errno;
  }
  buffer_.clear();
}

}  // namespace bounced
