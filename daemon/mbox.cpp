#include "daemon/mbox.hpp"

#include <algorithm>

#include "parser/text.hpp"

namespace bounced {
namespace {

bool has_time_of_day(std::string_view text) {
  for (std::size_t colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1))
    if (colon > 0 && is_digit(text[colon - 1]) && colon + 2 < text.size() && is_digit(text[colon + 1]) &&
        is_digit(text[colon + 2]))
      return true;
  return false;
}

/// mboxrd: ">From ", ">>From ", … are body lines with one '>' too many.
bool is_quoted_from(std::string_view line) {
  const auto text = line.find_first_not_of('>');
  return text != line.npos && text > 0 && line.substr(text).starts_with("From ");
}

bool is_empty_line(std::string_view line) { return line == "\n" || line == "\r\n"; }

}  // namespace

bool is_mbox_separator(std::string_view line) {
  constexpr std::size_t longest = 512;  // an address and a date: no separator of any program is longer
  return line.starts_with("From ") && has_time_of_day(line.substr(0, longest));
}

bool MboxReader::next(std::string& mail, std::uint64_t& size_bytes) {
  mail.clear();
  size_bytes = 0;
  std::string_view piece;
  if (!started_) {
    started_ = true;
    separator_seen_ = lines_.next(piece);  // the separator of the first mail
  }
  if (!separator_seen_) return false;
  separator_seen_ = false;
  bool at_line_start = true, after_empty = true;
  std::size_t empty_bytes = 0;  // an empty line is held back: before a separator it belongs to the mbox
  while (lines_.next(piece)) {
    if (at_line_start && after_empty && is_mbox_separator(piece)) {
      separator_seen_ = true;
      break;
    }
    if (empty_bytes > 0) {
      mail.append(empty_bytes == 1 ? "\n" : "\r\n");
      size_bytes += empty_bytes;
      empty_bytes = 0;
    }
    after_empty = at_line_start && is_empty_line(piece);
    if (after_empty) {
      empty_bytes = piece.size();
      continue;
    }
    if (at_line_start && is_quoted_from(piece)) piece.remove_prefix(1);
    size_bytes += piece.size();
    if (mail.size() < limit_bytes_) mail.append(piece.substr(0, limit_bytes_ - mail.size()));
    at_line_start = piece.ends_with('\n');
  }
  return true;
}

}  // namespace bounced
