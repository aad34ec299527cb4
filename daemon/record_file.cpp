#include "daemon/record_file.hpp"

#include <algorithm>
#include <cstring>
#include <deque>

#include "daemon/line_reader.hpp"
#include "daemon/record_json.hpp"
#include "parser/address.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

// Lines that one quoted cell may go over: a diagnostic has a few; a quote that nobody closed has all.
constexpr std::size_t record_lines = 100;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

struct Line {
  std::int64_t number = 0;
  std::string text;  ///< without its end; at most record_bytes + 1
};

/// Lines, with a place for those that were read too far ahead.
class Lines {
 public:
  explicit Lines(LineReader& reader) : reader_(reader) {}

  bool next(Line& line) {
    if (!ahead_.empty()) {
      line = std::move(ahead_.front());
      ahead_.pop_front();
      return true;
    }
    line.text.clear();
    std::string_view piece;
    bool any = false;
    while (reader_.next(piece)) {
      any = true;
      line.text += piece.substr(0, record_bytes + 1 - std::min(line.text.size(), record_bytes + 1));
      if (piece.ends_with('\n')) break;
    }
    line.number = ++number_;
    if (number_ == 1 && line.text.starts_with(byte_order_mark)) line.text.erase(0, byte_order_mark.size());
    while (line.text.ends_with('\n') || line.text.ends_with('\r')) line.text.pop_back();
    return any;
  }
  void put_back(std::vector<Line> lines) {
    ahead_.insert(ahead_.begin(), std::make_move_iterator(lines.begin()),
                  std::make_move_iterator(lines.end()));
  }

 private:
  LineReader& reader_;
  std::deque<Line> ahead_;
  std::int64_t number_ = 0;
};

/// The one of , ; TAB that stands most often in the line.
char delimiter_of(std::string_view line) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char candidate : {',', ';', '\t'}) {
    const auto count = std::count(line.begin(), line.end(), candidate);
    if (count > most) best = candidate;
    most = std::max(most, count);
  }
  return best;
}

bool holds_an_address(const std::vector<std::string>& cells) {
  return std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
    const std::string address = normal_address(trim(cell));
    return !address.empty() && is_address(address);
  });
}

class CsvReader {
 public:
  CsvReader(LineReader& reader, const RecordSink& sink) : lines_(reader), sink_(sink) {}

  Result<void> read() {
    Line line;
    std::vector<std::string> cells;
    while (lines_.next(line)) {
      if (line.text.size() > record_bytes) {
        sink_.fault(line.number, "longer than 1 MiB");
        continue;
      }
      const std::string_view text = trim(line.text);
      if (text.empty() || text.front() == '#') continue;
      if (delimiter_ == '\0') delimiter_ = delimiter_of(line.text);
      if (!read_cells(line, cells)) continue;
      if (auto named = read_heading(cells); !named) return fail(named.error());
      if (was_heading_) {
        was_heading_ = false;
        continue;
      }
      if (!sink_.record(record_of(line.number, cells))) return {};
    }
    return {};
  }

 private:
  /// The cells of the record that begins with the line, which may go on in the next ones.
  bool read_cells(const Line& first, std::vector<std::string>& cells) {
    if (read_csv_cells(first.text, delimiter_, cells)) return true;
    std::string text = first.text;
    std::vector<Line> taken;
    Line more;
    while (taken.size() < record_lines && text.size() <= record_bytes && lines_.next(more)) {
      text += "\n" + more.text;
      taken.push_back(more);
      if (read_csv_cells(text, delimiter_, cells)) return true;
    }
    lines_.put_back(std::move(taken));
    sink_.fault(first.number, "a quote that doesn't end");
    return false;
  }

  /// Whether the first record is a heading, and then its names.
  Result<void> read_heading(const std::vector<std::string>& cells) {
    if (began_) return {};
    began_ = true;
    if (holds_an_address(cells)) return {};
    std::vector<std::string> names;
    names.reserve(cells.size());
    for (const std::string& cell : cells) names.push_back(plain_field_name(cell));
    const bool named = std::any_of(names.begin(), names.end(), [](const std::string& name) {
      return std::find(address_fields.begin(), address_fields.end(), name) != address_fields.end();
    });
    if (!named && cells.size() == 1) return {};  // a list whose first line is wrong
    if (!named)
      return fail(Exit::data, "no column of the heading is called address or email",
                  "rename the column with the addresses, or leave the heading out");
    names_ = std::move(names);
    was_heading_ = true;
    return {};
  }

  FileRecord record_of(std::int64_t line, std::vector<std::string>& cells) const {
    FileRecord record;
    record.line = line;
    record.from_csv = true;
    for (std::size_t i = 0; i < cells.size(); ++i)
      record.fields.emplace_back(i < names_.size() ? names_[i] : "", std::move(cells[i]));
    return record;
  }

  Lines lines_;
  const RecordSink& sink_;
  std::vector<std::string> names_;
  char delimiter_ = '\0';
  bool began_ = false, was_heading_ = false;
};

}  // namespace

std::string_view FileRecord::value(std::span<const std::string_view> names) const {
  for (const std::string_view name : names)
    for (const auto& [known, value] : fields)
      if (known == name && !trim(value).empty()) return value;
  return {};
}

std::string plain_field_name(std::string_view text) {
  std::string name;
  for (const char c : text)
    if (is_alnum(c)) name += lower(c);
  return name;
}

bool read_csv_cells(std::string_view text, char delimiter, std::vector<std::string>& cells) {
  cells.clear();
  std::size_t at = 0;
  for (;;) {
    std::string cell;
    if (at < text.size() && text[at] == '"') {
      const std::size_t begin = at++;
      for (; at < text.size() && (text[at] != '"' || text.substr(at, 2) == "\"\""); ++at) {
        if (text[at] == '"') ++at;
        cell += text[at];
      }
      if (at == text.size()) return false;
      ++at;
      // What follows the closing quote makes the quotes ordinary: "a b"@example.org.
      if (at < text.size() && text[at] != delimiter) cell = text.substr(begin, at - begin);
    }
    while (at < text.size() && text[at] != delimiter) cell += text[at++];
    cells.push_back(std::move(cell));
    if (at == text.size()) return true;
    ++at;
  }
}

Result<void> read_records(int fd, const RecordSink& sink) {
  LineReader reader(fd);
  std::string_view start = reader.peek(json_lookahead);
  if (start.starts_with(byte_order_mark)) start.remove_prefix(byte_order_mark.size());
  start = trim_left(start);
  const bool is_json = start.starts_with('{') || start.starts_with('[');
  auto read = is_json ? read_json_records(reader, sink) : CsvReader(reader, sink).read();
  if (read && reader.fault() != 0) return fail(Exit::io, std::strerror(reader.fault()));
  return read;
}

}  // namespace bounced
