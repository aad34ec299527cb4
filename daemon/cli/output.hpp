// Standard output of a command: buffered, checked, and aware of whether a person or a program reads it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "parser/result.hpp"

namespace bounced {

class Output {
 public:
  /// Writes to `fd`, which stays the caller's. Where it is a terminal, `columns` is its width.
  explicit Output(int fd);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  /// Appends bytes as they are; hands them on in large pieces (line by line on a terminal). After a failed
  /// write further ones do nothing and `finish` tells the first error.
  void write(std::string_view bytes);
  void line(std::string_view text) {
    write(text);
    write("\n");
  }
  /// Hands over what is buffered. Error: Exit::io.
  Result<void> finish();
  /// False after a failed write: what streams may stop.
  [[nodiscard]] bool good() const { return fault_ == 0; }

  [[nodiscard]] bool is_terminal() const { return is_terminal_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }

 private:
  void hand_over();
  int fd_;
  int fault_ = 0;  ///< errno of the first failed write
  bool is_terminal_;
  std::size_t columns_;
  std::string buffer_;
};

/// One line to standard error, made printable.
void complain(std::string_view line);
/// "bounced: message", and the hint on a line of its own.
void complain(const Error& error);

}  // namespace bounced
