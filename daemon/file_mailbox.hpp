// Mailboxes that are files, one mail a file: a directory of .eml (any name) and a Maildir. What they share is
// here; what differs is where the files are and how they are disposed of.
#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "daemon/mailbox.hpp"

namespace bounced {

class FileMailbox : public Mailbox {
 public:
  FileMailbox(MailboxSettings settings, const ReadLimits& limits, std::filesystem::path path);

  Result<MailboxState> open(MailboxCursor cursor) override;
  Result<std::vector<FetchedMail>> next_batch() override;
  Result<void> settle(const std::vector<Settlement>& settlements) override;
  Result<void> close() override;
  std::vector<std::string> take_notes() override;

 protected:
  /// The files to read, in order. Errors: Exit::no_input, Exit::no_permission, Exit::config.
  virtual Result<std::vector<std::filesystem::path>> list() = 0;
  /// Moves a file to where mails of that disposal go, and makes the place.
  virtual Result<void> move_away(const std::filesystem::path& file, Disposal disposal) = 0;
  virtual Result<void> flag(const std::filesystem::path& file, Disposal disposal) = 0;

  [[nodiscard]] const MailboxSettings& settings() const { return settings_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] Failure failure(Exit exit, const std::string& what, const std::string& hint) const;
  /// The same for a fault of the file system: permissions, a full disk, a missing file.
  [[nodiscard]] Failure failure(const std::filesystem::path& file, const std::error_code& fault) const;
  /// The regular files of a directory, sorted by name, hidden ones left out.
  Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& directory) const;
  /// Renames, under another name when the target exists.
  Result<void> rename_apart(const std::filesystem::path& from, const std::filesystem::path& to) const;

 private:
  Result<void> dispose(const Settlement& settlement);

  MailboxSettings settings_;
  ReadLimits limits_;
  std::filesystem::path path_;
  std::deque<std::filesystem::path> files_;
  std::vector<std::string> notes_;
};

/// dir:PATH. The regular files directly in the directory (or the one file that PATH names); sub-directories
/// are not read, and take the settled mails: PATH/bounced/processed.
class DirectoryMailbox final : public FileMailbox {
 public:
  using FileMailbox::FileMailbox;

 protected:
  Result<std::vector<std::filesystem::path>> list() override;
  Result<void> move_away(const std::filesystem::path& file, Disposal disposal) override;
  Result<void> flag(const std::filesystem::path& file, Disposal disposal) override;
};

/// maildir:PATH. Mails in new/ and cur/. Settled ones go to the Maildir++ folder PATH/.bounced.processed;
/// with after_read = "flag" they get the flags P (passed on) and S (seen), and those with P are not read
/// again.
class MaildirMailbox final : public FileMailbox {
 public:
  using FileMailbox::FileMailbox;

 protected:
  Result<std::vector<std::filesystem::path>> list() override;
  Result<void> move_away(const std::filesystem::path& file, Disposal disposal) override;
  Result<void> flag(const std::filesystem::path& file, Disposal disposal) override;
};

}  // namespace bounced
