#include "parser/guard.hpp"

#include <cstring>

#include "parser/content_type.hpp"
#include "parser/header_fields.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// RFC 2046 5.1.1 allows 70 characters; longer ones of the field are read up to here.
constexpr std::size_t longest_boundary = 250;

/// Bytes that are removed: NUL, at which mimetic ends a field, and the guard's own mark.
constexpr std::string_view unwanted("\0\x01", 2);
static_assert(unwanted[1] == guard_mark);
/// CRs before an LF that are read as one line end with it: mail that was converted twice.
constexpr std::size_t most_carriage_returns = 4;
/// Empty lines that are skipped before the header of a message when a field follows.
constexpr std::size_t most_leading_lines = 8;

/// A multipart that is open, or a message that encloses what follows (then without a boundary).
struct Level {
  std::string boundary;      ///< as the mail writes it, without the leading "--"
  std::uint32_t hash = 0;    ///< of `boundary`; compared first
  std::string own_boundary;  ///< what mimetic is given instead
  bool closed = false;       ///< its closing line was seen; another part may still follow
};

/// Where the scan is. Preamble and epilogue are RFC 2046 5.1.1's words.
enum class State { header, body, preamble, epilogue };

std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

class Guard {
 public:
  Guard(std::string_view mail, const ReadLimits& limits) : rest_(mail), limits_(limits) {}

  GuardedMail run() {
    start();
    while (!rest_.empty() && !stopped_) {
      const std::string_view line = next_line();
      if (state_ == State::header)
        header_line(line);
      else if (!boundary_line(line))
        body_line(line);
    }
    if (state_ == State::header && !stopped_) end_header();
    close_down_to(0);
    return std::move(result_);
  }

 private:
  void damage(std::string_view word) {
    for (const std::string& known : result_.damage)
      if (known == word) return;
    result_.damage.emplace_back(word);
  }

  void start() {
    if (rest_.size() > limits_.message_bytes) {
      damage("too_large");
      rest_ = rest_.substr(0, limits_.message_bytes);
    }
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    if (starts_with_word(rest_, "From ") || starts_with_word(rest_, ">From ")) take_line(rest_);
    const bool has_nul = rest_.find('\0') != std::string_view::npos;
    if (has_nul) damage("nul_bytes");
    has_unwanted_ = has_nul || rest_.find(guard_mark) != std::string_view::npos;
    has_cr_ = rest_.find('\r') != std::string_view::npos;
    whole_ = rest_;
    line_feed_ = std::min(whole_.find('\n'), whole_.size());
    result_.text.reserve(std::min(rest_.size() + rest_.size() / 8 + 256, expected_bytes));
    begin_block(true);
  }

  /// The next line without its end: LF, CRLF, CRCRLF, or CR alone.
  std::string_view next_line() {
    const std::size_t at = whole_.size() - rest_.size();
    if (line_feed_ < at) line_feed_ = std::min(whole_.find('\n', at), whole_.size());
    std::size_t end = line_feed_ - at;
    std::size_t after = std::min(end + 1, rest_.size());
    if (has_cr_) {
      const std::size_t cr = rest_.substr(0, end).find('\r');
      if (cr != std::string_view::npos) {
        std::size_t next = cr;
        while (next < std::min(rest_.size(), cr + most_carriage_returns) && rest_[next] == '\r') ++next;
        const bool ends_here = next < rest_.size() && rest_[next] == '\n';
        if (!ends_here) damage("bare_cr");
        end = cr;
        after = ends_here ? next + 1 : cr + 1;
      }
    }
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(after);
    return line;
  }

  // --- header blocks

  void begin_block(bool of_message) {
    state_ = State::header;
    block_ = {};
    block_full_ = false;
    skip_blank_lines_ = of_message;
  }

  void header_line(std::string_view line) {
    if (trim(line).empty()) {
      if (skip_blank_lines_ && block_.empty() && field_follows()) return;
      end_header();
      return;
    }
    if (!field_name(line).empty()) {
      begin_field(line);
    } else if (!block_.empty() && (is_blank(line.front()) || (!line.starts_with("--") && next_is_field()))) {
      append_to_field(" ", trim(line));
    } else {
      end_header();
      if (!boundary_line(line)) body_line(line);
    }
  }

  bool next_is_field() const {
    std::string_view ahead = rest_.substr(0, limits_.header_field_bytes);
    return !field_name(take_line(ahead)).empty();
  }

  /// True when nothing but empty lines stands before the next field.
  bool field_follows() const {
    std::string_view ahead = rest_.substr(0, limits_.header_field_bytes);
    for (std::size_t i = 0; i < most_leading_lines && !ahead.empty(); ++i)
      if (const std::string_view line = take_line(ahead); !trim(line).empty())
        return !field_name(line).empty();
    return false;
  }

  void begin_field(std::string_view line) {
    if (block_.bytes() > limits_.header_block_bytes) {
      damage("header_too_long");
      block_full_ = true;
    }
    if (block_full_) return;
    const std::string_view name = field_name(line);
    block_.add(name, {});
    field_bytes_ = name.size();
    append_to_field("", trim(line.substr(line.find(':') + 1)));
  }

  void append_to_field(std::string_view glue, std::string_view text) {
    if (block_full_) return;
    if (field_bytes_ + glue.size() + text.size() > limits_.header_field_bytes) {
      damage("header_too_long");
      const std::size_t used = std::min(field_bytes_ + glue.size(), limits_.header_field_bytes);
      text = text.substr(0, limits_.header_field_bytes - used);
    }
    field_bytes_ += glue.size() + text.size();
    block_.extend_last(glue);
    if (!has_unwanted_) {
      block_.extend_last(text);
      return;
    }
    std::string clean;
    append_clean(clean, text);
    block_.extend_last(clean);
  }

  /// The first value of that field that says anything.
  [[nodiscard]] std::string_view told(std::string_view name) const {
    for (const std::string_view value : block_.all(name))
      if (!value.empty()) return value;
    return {};
  }

  void end_header() {
    ++parts_;
    content_type_ = told("Content-Type");
    if (starts_with_word(content_type_, "multipart/") && enter_multipart()) return;
    if (starts_with_word(content_type_, "message/") && enter_message()) return;
    emit_block("application/octet-stream");
    if (levels_.empty()) result_.leaf_body = result_.text.size();
    state_ = State::body;
    allowance_ = leaf_allowance();
    is_text_ = content_type_.empty() || starts_with_word(content_type_, "text");
  }

  bool enter_multipart() {
    if (too_deep()) return false;
    std::string boundary(trim_right(read_parameterised(content_type_).parameter("boundary")));
    if (levels_.empty()) boundary = boundary_in_use(boundary);
    if (boundary.empty() || boundary.size() > longest_boundary) return false;
    Level level;
    level.hash = hash_of(boundary);
    level.boundary = std::move(boundary);
    level.own_boundary = guard_mark + std::to_string(parts_) + guard_mark;
    emit_block("multipart/mixed; boundary=\"" + level.own_boundary + "\"");
    levels_.push_back(std::move(level));
    state_ = State::preamble;
    allowance_ = 2 * limits_.free_text_bytes;
    is_text_ = true;
    return true;
  }

  bool enter_message() {
    const std::string type = read_parameterised(content_type_).value;
    if (type != "message/rfc822" && type != "message/global" && type != "message/news") return false;
    const std::string_view encoding = told("Content-Transfer-Encoding");
    if (starts_with_word(encoding, "base64") || starts_with_word(encoding, "quoted")) return false;
    if (too_deep()) return false;
    emit_block("message/rfc822");
    levels_.emplace_back();
    begin_block(true);
    return true;
  }

  bool too_deep() {
    if (levels_.size() < limits_.mime_depth) return false;
    damage("mime_too_deep");
    return true;
  }

  void emit_block(std::string_view structure) {
    result_.text += guard_type_field;
    result_.text += ": ";
    result_.text += structure;
    result_.text += '\n';
    result_.text += guard_place_field;
    result_.text += ": ";
    result_.text += std::to_string(result_.headers.size());
    result_.text += "\n\n";
    block_.to_utf8();
    result_.headers.push_back(std::move(block_));
    block_ = {};
  }

  /// A boundary that the outermost header names but the body never uses (lost or rewritten on the way) is
  /// replaced by the first line that opens a part: "--x", then a Content-… field.
  std::string boundary_in_use(const std::string& named) {
    if (!named.empty() && whole_.find("--" + named) != std::string_view::npos) return named;
    std::string_view ahead = rest_;
    std::string_view candidate;
    while (!ahead.empty()) {
      const std::string_view line = take_line(ahead);
      if (!candidate.empty() && starts_with_word(line, "Content-") && !field_name(line).empty()) {
        damage("boundary_missing");
        return std::string(candidate);
      }
      const bool opens = line.size() > 2 && line.size() < longest_boundary && line.starts_with("--");
      candidate = opens ? trim_right(line.substr(2)) : std::string_view{};
    }
    return named;
  }

  // --- boundaries

  /// Index of the innermost level whose boundary the line is; -1 when none. `closing` is told.
  int level_of(std::string_view line, bool& closing) const {
    if (levels_.empty() || line.size() < 3 || line[0] != '-' || line[1] != '-') return -1;
    std::string_view word = trim_right(line.substr(2));
    if (word.size() > longest_boundary + 2) return -1;
    for (const bool close : {false, true}) {
      if (close) {
        if (!word.ends_with("--")) return -1;
        word.remove_suffix(2);
      }
      const std::uint32_t hash = hash_of(word);
      for (std::size_t i = levels_.size(); i-- > 0;) {
        if (levels_[i].hash == hash && !levels_[i].boundary.empty() && levels_[i].boundary == word) {
          closing = close;
          return static_cast<int>(i);
        }
      }
    }
    return -1;
  }

  bool boundary_line(std::string_view line) {
    bool closing = false;
    const int index = level_of(line, closing);
    if (index < 0) return false;
    close_down_to(static_cast<std::size_t>(index) + 1);
    Level& level = levels_.back();
    level.closed = closing;
    if (closing) {
      state_ = State::epilogue;
    } else if (parts_ >= limits_.mime_parts) {
      damage("too_many_parts");
      stopped_ = true;
    } else {
      result_.text += "--" + level.own_boundary + '\n';
      begin_block(false);
    }
    return true;
  }

  /// Leaves the levels above `depth`: closes each multipart for mimetic, whether or not the mail did.
  void close_down_to(std::size_t depth) {
    if (depth == 0 && !levels_.empty() && !levels_.front().boundary.empty() && !levels_.front().closed)
      damage("truncated");
    while (levels_.size() > depth) {
      const Level& level = levels_.back();
      if (!level.boundary.empty()) result_.text += "--" + level.own_boundary + "--\n";
      levels_.pop_back();
    }
  }

  // --- bodies

  /// Bytes of a leaf that are worth reading: reports wholly, text within its limit, of the rest enough to see
  /// whether it is a mislabelled report.
  std::size_t leaf_allowance() const {
    if (starts_with_word(content_type_, "message/")) return limits_.message_bytes;
    if (content_type_.empty() || starts_with_word(content_type_, "text")) return 2 * limits_.free_text_bytes;
    if (starts_with_word(content_type_, "multipart/")) return 2 * limits_.free_text_bytes;
    return limits_.header_field_bytes;
  }

  void body_line(std::string_view line) {
    if (state_ == State::epilogue) return;
    if (line.size() >= allowance_) {
      if (is_text_) damage("text_cut");
      line = line.substr(0, allowance_);
    }
    if (allowance_ == 0) return;
    allowance_ -= std::min(allowance_, line.size() + 1);
    append_clean(result_.text, line);
    result_.text += '\n';
  }

  void append_clean(std::string& out, std::string_view text) const {
    if (!has_unwanted_) {
      out += text;
      return;
    }
    for (const char c : text)
      if (unwanted.find(c) == std::string_view::npos) out += c;
  }

  /// Most mails are smaller; larger ones are mostly attachments that are dropped.
  static constexpr std::size_t expected_bytes = 1024U * 1024;

  std::string_view rest_;
  std::string_view whole_;
  std::size_t line_feed_ = 0;  ///< position in `whole_` of the next LF, so that CR-only mail stays linear
  const ReadLimits& limits_;
  GuardedMail result_;
  State state_ = State::header;
  bool has_cr_ = false;
  bool has_unwanted_ = false;
  bool stopped_ = false;
  std::vector<Level> levels_;
  std::size_t parts_ = 0;
  // the header block that is being read
  HeaderFields block_;
  std::size_t field_bytes_ = 0;  ///< of the last field
  bool block_full_ = false;
  bool skip_blank_lines_ = false;
  std::string content_type_;
  // the leaf that is being read
  std::size_t allowance_ = 0;
  bool is_text_ = false;
};

}  // namespace

GuardedMail guard(std::string_view mail, const ReadLimits& limits) { return Guard(mail, limits).run(); }

}  // namespace bounced
