// Lines of a file descriptor, in constant memory whatever their length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace bounced {

class LineReader {
 public:
  /// Reads from `fd`, which stays the caller's. `buffer`: one that an earlier reader gave back, or none.
  explicit LineReader(int fd, std::vector<char> buffer = {}) : fd_(fd), buffer_(std::move(buffer)) {}
  /// Gives the buffer back; nothing can be read afterwards.
  std::vector<char> take_buffer() { return std::move(buffer_); }

  /// The next line with its LF, or the next part of a line that is longer than the buffer, or the last line
  /// without LF. False at the end and after a failed read (`fault`). The view lives until the next call.
  bool next(std::string_view& piece);
  /// The next bytes, whatever lines they hold; false as above.
  bool next_block(std::string_view& block);
  /// What comes next, without using it up: at most `size` bytes, fewer only at the end.
  std::string_view peek(std::size_t size);

  [[nodiscard]] int fault() const { return fault_; }  ///< errno of the failed read; 0 = none
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  bool fill();

  int fd_;
  int fault_ = 0;
  bool at_end_ = false;
  std::uint64_t bytes_read_ = 0;
  std::size_t begin_ = 0, end_ = 0;
  std::vector<char> buffer_;
};

}  // namespace bounced
