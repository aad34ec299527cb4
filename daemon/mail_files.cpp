#include "daemon/mail_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/mbox.hpp"

namespace bounced {
namespace {

/// A file descriptor that closes itself; standard input stays open.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Error cant_read(const std::string& path, int fault) {
  const auto exit = fault == EACCES || fault == EPERM     ? Exit::no_permission
                    : fault == ENOENT || fault == ENOTDIR ? Exit::no_input
                                                          : Exit::io;
  return {exit, path + ": " + std::strerror(fault), ""};
}

bool is_directory(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

/// An entry of a directory that is to be read: a regular file, a link to one, or a directory.
bool is_wanted(const std::string& path, const dirent& entry) {
  if (entry.d_name[0] == '.') return false;
  if (entry.d_type == DT_REG || entry.d_type == DT_DIR) return true;
  if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return false;
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return false;
  return S_ISREG(about.st_mode) || (entry.d_type == DT_UNKNOWN && S_ISDIR(about.st_mode));
}

}  // namespace

struct MailFiles::Open {
  Open(std::string given, int fd, std::size_t limit_bytes, std::vector<char> buffer)
      : path(std::move(given)), file(fd), lines(fd, std::move(buffer)), mails(lines, limit_bytes + 1) {
    struct stat about {};
    if (::fstat(fd, &about) == 0 && about.st_size > 0) size_bytes = static_cast<std::uint64_t>(about.st_size);
  }
  std::string path;
  Descriptor file;
  LineReader lines;
  MboxReader mails;
  std::uint64_t size_bytes = 0;  ///< of the file; 0 where it has none
  std::size_t count = 0;
};

MailFiles::MailFiles(std::vector<std::string> paths, std::size_t limit_bytes)
    : pending_(std::move(paths)), known_(pending_.size()), limit_bytes_(limit_bytes) {
  std::reverse(pending_.begin(), pending_.end());
}
MailFiles::MailFiles(MailFiles&&) noexcept = default;
MailFiles& MailFiles::operator=(MailFiles&&) noexcept = default;
MailFiles::~MailFiles() = default;

bool MailFiles::next(MailFile& mail) {
  for (;;) {
    if (open_ && next_of_open(mail)) return true;
    if (pending_.empty()) return false;
    const auto path = std::move(pending_.back());
    pending_.pop_back();
    ++done_;
    mail.error.reset();
    mail.name.clear();
    start(path, mail);
    if (mail.error || !mail.name.empty()) return true;
  }
}

/// Reads a mail whole; leaves an mbox in `open_`; puts what a directory holds in front of what is pending.
void MailFiles::start(const std::string& path, MailFile& mail) {
  const int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    mail.error = cant_read(path, errno);
    return;
  }
  auto open = std::make_unique<Open>(path, fd, limit_bytes_, std::move(buffer_));
  std::string_view block = open->lines.peek(1);
  if (open->lines.fault() == EISDIR) return list(path, mail);
  if (is_mbox_separator(open->lines.peek(512))) {
    open_ = std::move(open);
    return;
  }
  mail.name = path;
  mail.bytes.clear();
  mail.size_bytes = 0;
  // A byte above the limit is kept, by which the reader sees that the mail is too large.
  while (mail.bytes.size() <= limit_bytes_ && open->lines.next_block(block)) {
    mail.bytes.append(block.substr(0, limit_bytes_ + 1 - mail.bytes.size()));
    if (open->lines.bytes_read() == open->size_bytes) break;  // a regular file: spares the last, empty read
  }
  if (open->lines.fault() != 0) mail.error = cant_read(path, open->lines.fault());
  mail.size_bytes = std::max<std::uint64_t>(mail.bytes.size(), open->size_bytes);
  mail.oversized = mail.size_bytes > limit_bytes_;
  buffer_ = open->lines.take_buffer();
}

bool MailFiles::next_of_open(MailFile& mail) {
  mail.error.reset();
  if (!open_->mails.next(mail.bytes, mail.size_bytes)) {
    const bool failed = open_->lines.fault() != 0;
    if (failed) mail.error = cant_read(open_->path, open_->lines.fault());
    open_.reset();
    return failed;
  }
  ++open_->count;
  const bool only_one = open_->count == 1 && !open_->mails.has_more();
  mail.name = only_one ? open_->path : open_->path + "#" + std::to_string(open_->count);
  mail.oversized = mail.size_bytes > limit_bytes_;
  return true;
}

void MailFiles::list(const std::string& directory, MailFile& mail) {
  const auto below = directory.ends_with('/') ? directory : directory + "/";
  if (is_directory(below + "cur") && is_directory(below + "new") && !directory.ends_with("/cur")) {
    for (const auto* part : {"cur", "new"}) pending_.push_back(below + part);
    known_ += 2;
    return;
  }
  DIR* open = ::opendir(directory.c_str());
  if (open == nullptr) {
    mail.error = cant_read(directory, errno);
    return;
  }
  const auto first = pending_.size();
  while (const dirent* entry = ::readdir(open)) {
    auto path = below + entry->d_name;
    if (is_wanted(path, *entry)) pending_.push_back(std::move(path));
  }
  ::closedir(open);
  std::sort(pending_.begin() + static_cast<std::ptrdiff_t>(first), pending_.end(), std::greater<>());
  known_ += pending_.size() - first;
}

double MailFiles::progress() const {
  if (known_ == 0) return 1;
  double done = static_cast<double>(done_);
  if (open_ && open_->size_bytes > 0)
    done += static_cast<double>(open_->lines.bytes_read()) / static_cast<double>(open_->size_bytes) - 1;
  return done / static_cast<double>(known_);
}

}  // namespace bounced
