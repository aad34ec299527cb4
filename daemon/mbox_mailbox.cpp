#include "daemon/mbox_mailbox.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/line_reader.hpp"
#include "daemon/mbox.hpp"

namespace bounced {
namespace {

constexpr std::size_t separator_bytes = 512;  ///< looked at to see whether the file is an mbox

/// A delivery in progress would give half a mail. MTAs lock with fcntl (Debian Policy 11.6).
bool lock_for_reading(int fd) {
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

}  // namespace

struct MboxMailbox::File {
  File(int descriptor, std::size_t limit_bytes)
      : fd(descriptor), lines(descriptor), mails(lines, limit_bytes + 1) {}
  ~File() { ::close(fd); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int fd;
  LineReader lines;
  MboxReader mails;
  std::uint64_t count = 0;
};

MboxMailbox::MboxMailbox(MailboxSettings settings, const ReadLimits& limits, std::string path)
    : settings_(std::move(settings)), limits_(limits), path_(std::move(path)) {}
MboxMailbox::~MboxMailbox() = default;

Failure MboxMailbox::failure(Exit exit, const std::string& what, const std::string& hint) const {
  return fail(exit, "mailbox " + settings_.name + ": " + what, hint);
}

Result<MailboxState> MboxMailbox::open(MailboxCursor) {
  file_.reset();
  held_.reset();
  if (settings_.after_read == AfterRead::flag || settings_.after_read == AfterRead::remove) {
    return failure(Exit::config, "an mbox is only read: its mails can't be flagged or removed",
                   "set after_read = \"leave\"");
  }
  const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    const bool permission = errno == EACCES || errno == EPERM;
    return failure(permission ? Exit::no_permission : Exit::no_input, path_ + ": " + std::strerror(errno),
                   permission ? "give bounced's user access" : "check the path in `url`");
  }
  auto file = std::make_unique<File>(fd, limits_.message_bytes);
  if (!lock_for_reading(fd)) {
    return failure(Exit::try_again, path_ + " is being written by another program",
                   "it is tried again at the next pass");
  }
  const auto start = file->lines.peek(separator_bytes);
  if (file->lines.fault() != 0) {
    return failure(file->lines.fault() == EISDIR ? Exit::config : Exit::io,
                   path_ + ": " + std::strerror(file->lines.fault()),
                   "mbox: names a file; a directory of mails is dir: or maildir:");
  }
  if (!start.empty() && !is_mbox_separator(start.substr(0, start.find('\n')))) {
    return failure(Exit::data, path_ + " is no mbox: it does not start with a \"From \" line",
                   "a file with one mail is dir:");
  }
  file_ = std::move(file);
  MailboxState state;
  if (settings_.after_read == AfterRead::move)
    state.notes.emplace_back("an mbox is only read: its mails stay where they are");
  return state;
}

bool MboxMailbox::next_mail(FetchedMail& mail) {
  mail = {};
  if (!file_->mails.next(mail.bytes, mail.size_bytes)) return false;
  mail.name = path_ + "#" + std::to_string(++file_->count);
  mail.oversized = mail.size_bytes > limits_.message_bytes;
  if (mail.oversized) mail.bytes = {};
  return true;
}

Result<std::vector<FetchedMail>> MboxMailbox::next_batch() {
  if (!file_) return failure(Exit::internal, "it is not open", "");
  std::vector<FetchedMail> mails;
  std::size_t bytes = 0;
  while (mails.size() < static_cast<std::size_t>(std::max(settings_.batch_mails, 1))) {
    FetchedMail mail;
    if (held_) {
      mail = std::move(*held_);
      held_.reset();
    } else if (!next_mail(mail)) {
      break;
    }
    if (!mails.empty() && bytes + mail.bytes.size() > settings_.batch_bytes) {
      held_ = std::move(mail);
      break;
    }
    bytes += mail.bytes.size();
    mails.push_back(std::move(mail));
  }
  if (file_->lines.fault() != 0) {
    return failure(Exit::io, path_ + ": " + std::strerror(file_->lines.fault()), "is the disk faulty?");
  }
  return mails;
}

Result<void> MboxMailbox::settle(const std::vector<Settlement>&) { return {}; }

Result<void> MboxMailbox::close() {
  file_.reset();
  held_.reset();
  return {};
}

}  // namespace bounced
