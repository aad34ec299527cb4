#include "daemon/record_json.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "parser/text.hpp"

namespace bounced {
namespace {

// Where the services of this world keep their records: SES, Postmark, Mailgun, SendGrid, listmonk.
constexpr std::array<std::string_view, 9> container_fields{"suppresseddestinationsummaries",
                                                           "suppresseddestination",
                                                           "suppressions",
                                                           "bounces",
                                                           "items",
                                                           "results",
                                                           "data",
                                                           "subscribers",
                                                           "records"};

/// The bytes of the file, one at a time, with their line. A value that is longer than a record may be ends
/// like a file.
class Bytes {
 public:
  explicit Bytes(LineReader& reader) : reader_(reader) {}

  [[nodiscard]] bool at_end() {
    return over_budget() || (stop_at_line_end_ && peek() == '\n') || file_ended();
  }
  [[nodiscard]] bool file_ended() {
    while (block_.empty() && !ended_) ended_ = !reader_.next_block(block_);
    return block_.empty();
  }
  [[nodiscard]] char peek() { return file_ended() ? '\0' : block_.front(); }
  void advance() {
    line_ += block_.front() == '\n';
    block_.remove_prefix(1);
    ++used_;
  }
  void skip_line() {
    while (!file_ended() && peek() != '\n') advance();
    if (!file_ended()) advance();
  }
  void skip_blanks() {
    while (!file_ended() && is_space(peek()) && !(stop_at_line_end_ && peek() == '\n')) advance();
  }
  void stop_at_line_end(bool wanted) { stop_at_line_end_ = wanted; }
  void new_budget() { used_ = 0; }
  [[nodiscard]] bool over_budget() const { return used_ > record_bytes; }
  [[nodiscard]] std::int64_t line() const { return line_; }

 private:
  LineReader& reader_;
  std::string_view block_;
  bool ended_ = false, stop_at_line_end_ = false;
  std::size_t used_ = 0;
  std::int64_t line_ = 1;
};

/// What nlohmann reads from: copies share the place, so that one value after the other can be read.
struct ByteIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  Bytes* bytes = nullptr;  ///< null = the end

  char operator*() const { return bytes->peek(); }
  ByteIterator& operator++() {
    bytes->advance();
    return *this;
  }
  ByteIterator operator++(int) {
    const ByteIterator before = *this;
    bytes->advance();
    return before;
  }
  friend bool operator==(const ByteIterator& a, const ByteIterator& b) { return a.ended() == b.ended(); }
  friend bool operator!=(const ByteIterator& a, const ByteIterator& b) { return !(a == b); }
  [[nodiscard]] bool ended() const { return bytes == nullptr || bytes->at_end(); }
};

/// Collects records while nlohmann reads; never throws into it.
class Collector final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Collector(Bytes& bytes, const RecordSink& sink) : bytes_(bytes), sink_(sink) {}
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }

  bool null() override { return true; }
  bool boolean(bool value) override { return scalar(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return scalar(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& written) override { return scalar(written); }
  bool string(string_t& value) override { return scalar(std::move(value)); }
  bool binary(binary_t&) override { return true; }
  bool key(string_t& name) override {
    key_ = plain_field_name(name);
    return true;
  }

  bool start_object(std::size_t) override {
    if (enter(Inside::object)) {
      open_.emplace_back();
      open_.back().record.line = bytes_.line();
      bytes_.new_budget();
    }
    return true;
  }
  bool end_object() override {
    if (leave() == Inside::skipped) return true;
    const Open ended = std::move(open_.back());
    open_.pop_back();
    bytes_.new_budget();
    if (!ended.record.value(address_fields).empty())
      stopped_ = !sink_.record(ended.record);
    else if (!ended.is_container)
      sink_.fault(ended.record.line, "no field is called address or email");
    return !stopped_;
  }
  bool start_array(std::size_t) override {
    enter(Inside::array);
    return true;
  }
  bool end_array() override {
    leave();
    bytes_.new_budget();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    fault_ = bytes_.over_budget() ? "longer than 1 MiB" : "not JSON";
    return false;
  }

 private:
  struct Open {
    FileRecord record;
    bool is_container = false;
  };

  /// What the reader is in: what may hold records, or what is passed over.
  enum class Inside : std::uint8_t { object, array, skipped };

  /// Whether what begins here may hold records.
  bool enter(Inside what) {
    const bool is_container =
        !inside_.empty() && inside_.back() == Inside::object &&
        std::find(container_fields.begin(), container_fields.end(), key_) != container_fields.end();
    const bool wanted = inside_.empty() || inside_.back() == Inside::array || is_container;
    if (is_container) open_.back().is_container = true;
    inside_.push_back(wanted ? what : Inside::skipped);
    return wanted;
  }
  Inside leave() {
    const Inside left = inside_.back();
    inside_.pop_back();
    return left;
  }
  bool scalar(std::string value) {
    if (inside_.empty() || inside_.back() == Inside::array)
      sink_.fault(bytes_.line(), "not a JSON object");
    else if (inside_.back() == Inside::object)
      open_.back().record.fields.emplace_back(key_, std::move(value));
    return true;
  }

  Bytes& bytes_;
  const RecordSink& sink_;
  std::vector<Open> open_;
  std::vector<Inside> inside_;  ///< the innermost one last
  std::string key_, fault_;
  bool stopped_ = false;
};

/// Whether the first line that holds anything is a whole value, as far as brackets tell.
bool is_json_lines(std::string_view start) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < start.size(); ++i) {
    const char c = start[i];
    if (in_text) {
      if (c == '\\') ++i;
      in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == '\n') {
      return depth <= 0;
    }
  }
  return true;
}

}  // namespace

Result<void> read_json_records(LineReader& reader, const RecordSink& sink) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::string_view start = reader.peek(json_lookahead);
  const std::size_t mark = start.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  const bool by_line = is_json_lines(trim_left(start.substr(mark)));
  Bytes bytes(reader);
  for (std::size_t i = 0; i < mark; ++i)
    if (!bytes.file_ended()) bytes.advance();
  bytes.stop_at_line_end(false);
  for (bytes.skip_blanks(); !bytes.file_ended(); bytes.skip_blanks()) {
    const std::int64_t line = bytes.line();
    bytes.new_budget();
    bytes.stop_at_line_end(by_line);
    Collector collector(bytes, sink);
    const bool read = nlohmann::json::sax_parse(ByteIterator{&bytes}, ByteIterator{}, &collector,
                                                nlohmann::json::input_format_t::json, false);
    if (collector.stopped()) return {};
    if (!read) {
      sink.fault(by_line ? line : bytes.line(), collector.fault());
      if (!by_line) return {};
      bytes.skip_line();
    } else if (by_line) {
      bytes.skip_blanks();
      if (!bytes.file_ended() && bytes.peek() != '\n') {
        sink.fault(line, "more than one value");
        bytes.skip_line();
      }
    }
    bytes.stop_at_line_end(false);
  }
  return {};
}

}  // namespace bounced
