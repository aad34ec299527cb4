#include "daemon/cli/table.hpp"

#include <algorithm>
#include <numeric>

#include "daemon/plain_text.hpp"

namespace bounced {
namespace {

// Rows that decide the widths of the columns.
constexpr std::size_t rows_measured = 200;
// No column but the last grows wider than this many columns.
constexpr std::size_t widest = 40;
// The last column keeps at least this many columns, even when the line then wraps.
constexpr std::size_t narrowest_last = 20;
constexpr std::size_t gap = 2;

}  // namespace

Table::Table(Output& out, std::vector<std::string> headings) : out_(out), headings_(std::move(headings)) {}

Table::~Table() {
  if (out_.is_terminal() && widths_.empty() && rows_ > 0) settle_widths();
}

void Table::row(std::vector<std::string> cells) {
  ++rows_;
  for (auto& cell : cells) cell = printable(cell);
  if (!out_.is_terminal() || !widths_.empty()) return print(cells);
  held_.push_back(std::move(cells));
  if (held_.size() == rows_measured) settle_widths();
}

void Table::settle_widths() {
  for (const auto& heading : headings_) widths_.push_back(display_width(heading));
  for (const auto& cells : held_)
    for (std::size_t i = 0; i < widths_.size(); ++i)
      widths_[i] = std::max(widths_[i], std::min(widest, display_width(cells[i])));
  const auto before = std::accumulate(widths_.begin(), widths_.end() - 1, gap * (widths_.size() - 1));
  widths_.back() =
      std::max(narrowest_last, out_.columns() > before ? out_.columns() - before : std::size_t{0});
  print(headings_);
  for (const auto& cells : held_) print(cells);
  held_.clear();
}

void Table::print(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += out_.is_terminal() ? std::string(gap, ' ') : "\t";
    const bool padded = out_.is_terminal() && i + 1 < cells.size();
    line += padded ? fitted(cells[i], widths_[i]) : out_.is_terminal() ? cut(cells[i], widths_[i]) : cells[i];
  }
  while (out_.is_terminal() && line.ends_with(' ')) line.pop_back();
  out_.line(line);
}

void print_pairs(Output& out, const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::size_t names = 0;
  for (const auto& [name, value] : pairs) names = std::max(names, display_width(name));
  for (const auto& [name, value] : pairs) {
    const auto text = printable(value);
    if (!out.is_terminal()) {
      out.write(name);
      out.write("\t");
      out.line(text);
      continue;
    }
    if (text.empty()) continue;
    auto head = fitted(name, names + gap);
    const auto room =
        out.columns() > names + gap + narrowest_last ? out.columns() - names - gap : narrowest_last;
    for (const auto& line : wrapped(text, room)) {
      head += line;
      out.line(head);
      head.assign(names + gap, ' ');
    }
  }
}

}  // namespace bounced
