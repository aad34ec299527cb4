#include "daemon/cli/csv.hpp"

namespace bounced {

namespace {
constexpr std::string_view formula_starts = "=+-@\t\r";
}  // namespace

std::string_view csv_uncell(std::string_view cell) {
  const bool guarded =
      cell.size() > 1 && cell.front() == '\'' && formula_starts.find(cell[1]) != formula_starts.npos;
  return guarded ? cell.substr(1) : cell;
}

std::string csv_cell(std::string_view value) {
  std::string text;
  if (!value.empty() && formula_starts.find(value.front()) != formula_starts.npos) text = "'";
  text += value;
  if (text.find_first_of("\",\r\n\t") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string csv_line(const std::vector<std::string>& values) {
  std::string line;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) line += ',';
    line += csv_cell(values[i]);
  }
  return line + "\r\n";
}

}  // namespace bounced
