#include "daemon/file_mailbox.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

namespace bounced {
namespace {

namespace fs = std::filesystem;

/// Names tried for a mail whose name is taken in the target.
constexpr int names_tried = 1000;

UnixSeconds modified_at(const fs::path& file) {
  std::error_code fault;
  const auto time = fs::last_write_time(file, fault);
  if (fault) return 0;
  const auto system = std::chrono::file_clock::to_sys(time);
  return std::chrono::duration_cast<std::chrono::seconds>(system.time_since_epoch()).count();
}

/// False when it can't be read.
bool read_file(const fs::path& path, std::uint64_t size, std::string& bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  bytes.resize(size);
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  if (file.bad()) return false;
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return true;
}

}  // namespace

FileMailbox::FileMailbox(MailboxSettings settings, const ReadLimits& limits, fs::path path)
    : settings_(std::move(settings)), limits_(limits), path_(std::move(path)) {}

Failure FileMailbox::failure(Exit exit, const std::string& what, const std::string& hint) const {
  return fail(exit, "mailbox " + settings_.name + ": " + what, hint);
}

Failure FileMailbox::failure(const fs::path& file, const std::error_code& fault) const {
  const auto what = file.string() + ": " + fault.message();
  if (fault == std::errc::no_such_file_or_directory || fault == std::errc::not_a_directory) {
    return failure(Exit::no_input, what, "check the path in `url`");
  }
  if (fault == std::errc::permission_denied || fault == std::errc::operation_not_permitted ||
      fault == std::errc::read_only_file_system) {
    return failure(Exit::no_permission, what, "give bounced's user access, or set after_read = \"leave\"");
  }
  return failure(Exit::io, what, "is the disk full or faulty?");
}

Result<MailboxState> FileMailbox::open(MailboxCursor) {
  auto files = list();
  if (!files) return fail(files.error());
  files_ = {std::make_move_iterator(files->begin()), std::make_move_iterator(files->end())};
  MailboxState state;
  state.mails = files_.size();
  return state;
}

Result<std::vector<FetchedMail>> FileMailbox::next_batch() {
  std::vector<FetchedMail> mails;
  std::uint64_t bytes = 0;
  while (!files_.empty() && mails.size() < static_cast<std::size_t>(std::max(settings_.batch_mails, 1))) {
    FetchedMail mail;
    const fs::path& file = files_.front();
    mail.name = file.string();
    std::error_code fault;
    mail.size_bytes = fs::file_size(file, fault);
    mail.oversized = !fault && mail.size_bytes > limits_.message_bytes;
    if (!fault && !mail.oversized) {
      if (!mails.empty() && bytes + mail.size_bytes > settings_.batch_bytes) break;
      bytes += mail.size_bytes;
    }
    if (fault == std::errc::no_such_file_or_directory) {
      files_.pop_front();  // vanished: another program moved it
      continue;
    }
    if (fault || (!mail.oversized && !read_file(file, mail.size_bytes, mail.bytes))) {
      notes_.push_back("mail " + mail.name + " can't be read" + (fault ? ": " + fault.message() : "") +
                       "; it stays where it is");
      files_.pop_front();
      continue;
    }
    mail.internal_date = modified_at(file);
    files_.pop_front();
    mails.push_back(std::move(mail));
  }
  return mails;
}

Result<void> FileMailbox::settle(const std::vector<Settlement>& settlements) {
  if (settings_.after_read == AfterRead::leave) return {};
  for (const auto& settlement : settlements) {
    auto disposed = dispose(settlement);
    if (!disposed) return disposed;
  }
  return {};
}

Result<void> FileMailbox::dispose(const Settlement& settlement) {
  const fs::path file = settlement.name;
  std::error_code fault;
  if (!fs::exists(file, fault)) return {};  // settled before, or taken by another program
  if (settings_.after_read == AfterRead::flag) return flag(file, settlement.disposal);
  // What was not understood is for a person to look at.
  if (settings_.after_read == AfterRead::remove && settlement.disposal == Disposal::processed) {
    fs::remove(file, fault);
    return fault ? Result<void>(failure(file, fault)) : Result<void>();
  }
  return move_away(file, settlement.disposal);
}

Result<void> FileMailbox::close() {
  files_.clear();
  return {};
}

std::vector<std::string> FileMailbox::take_notes() { return std::exchange(notes_, {}); }

Result<std::vector<fs::path>> FileMailbox::files_in(const fs::path& directory) const {
  std::vector<fs::path> files;
  std::error_code fault;
  for (fs::directory_iterator entry(directory, fault), end; !fault && entry != end; entry.increment(fault)) {
    const auto name = entry->path().filename().string();
    std::error_code vanished;
    if (!name.starts_with('.') && entry->is_regular_file(vanished)) files.push_back(entry->path());
  }
  if (fault) return failure(directory, fault);
  std::sort(files.begin(), files.end());
  return files;
}

Result<void> FileMailbox::rename_apart(const fs::path& from, const fs::path& to) const {
  std::error_code fault;
  fs::path target = to;
  for (int number = 1; fs::exists(target, fault) && number < names_tried; ++number) {
    target = to.parent_path() / (std::to_string(number) + "-" + to.filename().string());
  }
  fs::rename(from, target, fault);
  if (fault == std::errc::no_such_file_or_directory) return {};  // taken by another program
  if (fault) return failure(target, fault);
  return {};
}

// --- dir: -----------------------------------------------------------------------------------------------

Result<std::vector<fs::path>> DirectoryMailbox::list() {
  if (settings().after_read == AfterRead::flag) {
    return failure(Exit::config, "files of a directory can't be flagged",
                   "set after_read to \"move\", \"remove\" or \"leave\"");
  }
  std::error_code fault;
  if (fs::is_regular_file(path(), fault)) return std::vector<fs::path>{path()};
  return files_in(path());
}

Result<void> DirectoryMailbox::move_away(const fs::path& file, Disposal disposal) {
  const auto directory = file.parent_path() / folder_for(settings(), disposal);
  std::error_code fault;
  fs::create_directories(directory, fault);
  if (fault) return failure(directory, fault);
  return rename_apart(file, directory / file.filename());
}

Result<void> DirectoryMailbox::flag(const fs::path&, Disposal) {
  return failure(Exit::config, "files of a directory can't be flagged",
                 "set after_read to \"move\", \"remove\" or \"leave\"");
}

// --- maildir: -------------------------------------------------------------------------------------------

namespace {

/// "unique:2,FLAGS" (https://cr.yp.to/proto/maildir.html).
struct MaildirName {
  std::string unique;
  std::string flags;
};

MaildirName read_maildir_name(const std::string& name) {
  const auto info = name.find(":2,");
  if (info == std::string::npos) return {name, ""};
  return {name.substr(0, info), name.substr(info + 3)};
}

/// Flags stand in ASCII order, each once.
std::string write_maildir_name(MaildirName name, const std::string& more_flags) {
  name.flags += more_flags;
  std::sort(name.flags.begin(), name.flags.end());
  name.flags.erase(std::unique(name.flags.begin(), name.flags.end()), name.flags.end());
  return name.unique + ":2," + name.flags;
}

constexpr char done_flag = 'P';

}  // namespace

Result<std::vector<fs::path>> MaildirMailbox::list() {
  std::vector<fs::path> mails;
  for (const char* part : {"cur", "new"}) {
    auto files = files_in(path() / part);
    if (!files) return files;
    for (auto& file : *files) {
      const auto name = read_maildir_name(file.filename().string());
      const bool done =
          settings().after_read == AfterRead::flag && name.flags.find(done_flag) != std::string::npos;
      if (!done) mails.push_back(std::move(file));
    }
  }
  // The names begin with the time of delivery.
  std::sort(mails.begin(), mails.end(),
            [](const fs::path& a, const fs::path& b) { return a.filename() < b.filename(); });
  return mails;
}

Result<void> MaildirMailbox::move_away(const fs::path& file, Disposal disposal) {
  std::string name = folder_for(settings(), disposal);
  std::replace(name.begin(), name.end(), '/', '.');
  const auto target = path() / ("." + name);
  std::error_code fault;
  for (const char* part : {"tmp", "new", "cur"}) {
    fs::create_directories(target / part, fault);
    if (fault) return failure(target / part, fault);
  }
  // The mark of a Maildir++ folder.
  if (!fs::exists(target / "maildirfolder", fault)) std::ofstream(target / "maildirfolder").flush();
  const auto flags = disposal == Disposal::processed ? "S" : "";
  return rename_apart(
      file, target / "cur" / write_maildir_name(read_maildir_name(file.filename().string()), flags));
}

Result<void> MaildirMailbox::flag(const fs::path& file, Disposal disposal) {
  const std::string flags = disposal == Disposal::processed     ? std::string{done_flag, 'S'}
                            : disposal == Disposal::quarantined ? std::string{done_flag, 'F'}
                                                                : std::string{done_flag};
  const auto target = path() / "cur" / write_maildir_name(read_maildir_name(file.filename().string()), flags);
  if (target == file) return {};
  return rename_apart(file, target);
}

}  // namespace bounced
