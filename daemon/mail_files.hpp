// Mails that lie in files: .eml under any name, directories of them, Maildirs, mbox files, standard input.
// One after the other, in a stable order, in the memory of one mail.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parser/result.hpp"

namespace bounced {

/// A mail, or why a file could not be read. Reused from call to call, so that its buffer is too.
struct MailFile {
  std::string name;  ///< the path as given or found below it; "path#3" for the third mail of an mbox
  std::string bytes;
  std::uint64_t size_bytes = 0;
  bool oversized = false;  ///< above the limit: `bytes` is cut there
  std::optional<Error> error;
};

class MailFiles {
 public:
  /// `paths` as the user gave them; "-" is standard input. `limit_bytes` bounds a mail.
  MailFiles(std::vector<std::string> paths, std::size_t limit_bytes);
  MailFiles(MailFiles&&) noexcept;
  MailFiles& operator=(MailFiles&&) noexcept;
  ~MailFiles();

  /// The next mail, or the next path that can't be read (Exit::no_input, Exit::no_permission, Exit::io);
  /// false at the end. A directory is read below itself, without dot files and symbolic links to directories;
  /// a Maildir (it holds cur and new) gives new, then cur.
  bool next(MailFile& mail);

  /// How much of all is done, 0 to 1; for a progress bar.
  [[nodiscard]] double progress() const;

 private:
  struct Open;
  bool next_of_open(MailFile& mail);
  void start(const std::string& path, MailFile& mail);
  void list(const std::string& directory, MailFile& mail);

  std::vector<std::string> pending_;  ///< paths still to read, the next one last
  std::size_t known_ = 0, done_ = 0;
  std::size_t limit_bytes_;
  std::unique_ptr<Open> open_;  ///< an mbox being read
  std::vector<char> buffer_;    ///< for the next file
};

}  // namespace bounced
