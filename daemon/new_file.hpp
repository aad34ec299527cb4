// A file that takes the place of another: written under a name of its own, brought to the disk, renamed. A
// reader sees the old file or the new one, whole.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace bounced {

class NewFile {
 public:
  /// Makes (or empties) the file `path`, which goes with this object unless it is renamed.
  NewFile(std::string path, mode_t mode);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  /// The errno of the first step that failed; 0 = none. After a failure every later step is one.
  [[nodiscard]] int fault() const { return fault_; }
  /// False after a failure. Bytes are written in larger pieces.
  bool write(std::string_view bytes);
  /// Writes what is left, and waits until all of it is on the disk. Gives fault().
  int bring_to_disk();
  /// After bring_to_disk(): gives the file its name, in place of what had it, and brings the name to the
  /// disk. Gives fault().
  int rename_to(const std::string& path);

 private:
  void hand_over();

  std::string path_, buffer_;
  int descriptor_ = -1, fault_ = 0;
  bool renamed_ = false;
};

}  // namespace bounced
