// Rows for a person (aligned, headed, cut to the terminal) or for a program (one tab-separated line each, no
// heading).
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/output.hpp"

namespace bounced {

class Table {
 public:
  /// The last column takes what is left of the terminal.
  Table(Output& out, std::vector<std::string> headings);
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  /// Prints what is still held.
  ~Table();

  /// As many cells as there are headings; any bytes. Streams: the widths follow the first rows.
  void row(std::vector<std::string> cells);
  [[nodiscard]] std::size_t rows() const { return rows_; }

 private:
  void settle_widths();
  void print(const std::vector<std::string>& cells);

  Output& out_;
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> held_;  ///< on a terminal, until the widths are settled
  std::vector<std::size_t> widths_;
  std::size_t rows_ = 0;
};

/// Pairs of name and value, one a line: aligned on a terminal (long values wrapped), tab-separated in a pipe.
/// Empty values are left out on a terminal.
void print_pairs(Output& out, const std::vector<std::pair<std::string, std::string>>& pairs);

}  // namespace bounced
