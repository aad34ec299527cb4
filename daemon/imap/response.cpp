// Types one response. One function per kind, in a table; a scanner that never goes back.
#include "daemon/imap/response.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace bounced::imap {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string upper_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), upper);
  return result;
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A string of a response, or NIL.
struct Value {
  bool nil = false;
  std::string text;
  std::uint64_t size = 0;
  bool dropped = false;
};

/// Reads a RawResponse from front to back.
class Scanner {
 public:
  explicit Scanner(RawResponse& raw) : raw_(raw) {}

  [[nodiscard]] bool at_end() const { return at_ >= raw_.text.size() && !at_literal(); }
  [[nodiscard]] bool at_literal() const {
    return literal_ < raw_.literals.size() && raw_.literals[literal_].offset == at_;
  }
  [[nodiscard]] bool at(char c) const {
    return at_ < raw_.text.size() && raw_.text[at_] == c && !at_literal();
  }
  bool accept(char c) {
    if (!at(c)) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (accept(' ')) {
    }
  }
  [[nodiscard]] std::string_view rest() const {
    return std::string_view(raw_.text).substr(std::min(at_, raw_.text.size()));
  }

  /// Up to a blank, a bracket of either kind, a quote or a literal. May be empty.
  std::string_view atom() {
    return until([](char c) { return c == ' ' || c == '(' || c == ')' || c == '"'; });
  }

  /// A word of a FETCH reply: an atom in which brackets may hold blanks: BODY[HEADER.FIELDS (To)]<0>.
  std::string_view fetch_word() {
    bool in_brackets = false;
    return until([&in_brackets](char c) {
      if (c == '[') in_brackets = true;
      if (c == ']') in_brackets = false;
      return !in_brackets && (c == ' ' || c == '(' || c == ')');
    });
  }

  /// Quoted, literal, atom or NIL. Nothing when a list or the end stands here.
  std::optional<Value> value() {
    if (at_literal()) return literal();
    if (accept('"')) return quoted();
    const auto word = atom();
    if (word.empty()) return std::nullopt;
    Value value;
    value.text = word;
    value.size = word.size();
    value.nil = upper_case(word) == "NIL";
    return value;
  }

  /// "(" words ")". Nothing when no list stands here or it has no end.
  std::optional<std::vector<std::string>> words() {
    if (!accept('(')) return std::nullopt;
    std::vector<std::string> words;
    for (;;) {
      skip_blanks();
      if (accept(')')) return words;
      auto word = value();
      if (!word) return std::nullopt;
      words.push_back(std::move(word->text));
    }
  }

  /// Goes past one value of any shape, nested lists too.
  bool skip_value() {
    std::size_t depth = 0;
    do {
      skip_blanks();
      if (accept('(')) {
        ++depth;
      } else if (accept(')')) {
        if (depth == 0) return false;
        --depth;
      } else if (!value()) {
        return false;
      }
    } while (depth > 0);
    return true;
  }

 private:
  template <class Stop>
  std::string_view until(Stop stop) {
    const auto begin = at_;
    while (at_ < raw_.text.size() && !at_literal() && !stop(raw_.text[at_])) ++at_;
    return std::string_view(raw_.text).substr(begin, at_ - begin);
  }

  Value literal() {
    auto& from = raw_.literals[literal_++];
    Value value;
    value.text = std::move(from.bytes);
    value.size = from.size;
    value.dropped = from.dropped;
    return value;
  }

  /// After the opening quote. One without an end reaches to the end of the text.
  Value quoted() {
    Value value;
    while (at_ < raw_.text.size() && raw_.text[at_] != '"') {
      if (raw_.text[at_] == '\\' && at_ + 1 < raw_.text.size()) ++at_;
      value.text += raw_.text[at_++];
    }
    if (at_ < raw_.text.size()) ++at_;
    value.size = value.text.size();
    // A literal that claims to stand inside a quoted string can't be: the reader refuses it there.
    while (literal_ < raw_.literals.size() && raw_.literals[literal_].offset < at_) ++literal_;
    return value;
  }

  RawResponse& raw_;
  std::size_t at_ = 0;
  std::size_t literal_ = 0;
};

Response damaged(std::string_view word) { return Other{upper_case(word), true}; }

// --- status ---------------------------------------------------------------------------------------------

std::optional<StatusWord> status_word(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, StatusWord>, 5> words{{{"OK", StatusWord::ok},
                                                                          {"NO", StatusWord::no},
                                                                          {"BAD", StatusWord::bad},
                                                                          {"BYE", StatusWord::bye},
                                                                          {"PREAUTH", StatusWord::preauth}}};
  const auto name = upper_case(word);
  for (const auto& [text, value] : words) {
    if (text == name) return value;
  }
  return std::nullopt;
}

/// "[CODE arguments] text": the arguments may hold quoted strings with "]" in them.
Status read_status(StatusWord word, std::string_view rest) {
  Status status;
  status.word = word;
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  if (!rest.starts_with('[')) {
    status.text = rest;
    return status;
  }
  bool in_quotes = false;
  std::size_t end = 1;
  for (; end < rest.size() && (in_quotes || rest[end] != ']'); ++end) {
    if (in_quotes && rest[end] == '\\') {
      ++end;
    } else if (rest[end] == '"') {
      in_quotes = !in_quotes;
    }
  }
  if (end >= rest.size()) {
    status.text = rest;
    return status;
  }
  const auto code = rest.substr(1, end - 1);
  const auto blank = code.find(' ');
  status.code = upper_case(code.substr(0, blank));
  if (blank != std::string_view::npos) status.arguments = code.substr(blank + 1);
  auto text = rest.substr(end + 1);
  if (text.starts_with(' ')) text.remove_prefix(1);
  status.text = text;
  return status;
}

// --- data -----------------------------------------------------------------------------------------------

Response read_capabilities(Scanner& in) {
  Capabilities result;
  for (in.skip_blanks(); !in.at_end(); in.skip_blanks()) {
    const auto word = in.atom();
    if (word.empty()) return damaged("CAPABILITY");
    result.words.push_back(upper_case(word));
  }
  return result;
}

Response read_flags(Scanner& in) {
  in.skip_blanks();
  auto words = in.words();
  if (!words) return damaged("FLAGS");
  return Flags{std::move(*words)};
}

/// The delimiter of LIST and NAMESPACE: one quoted character or NIL.
std::optional<char> read_delimiter(Scanner& in) {
  in.skip_blanks();
  const auto value = in.value();
  if (!value || (!value->nil && value->text.size() > 1)) return std::nullopt;
  return value->nil || value->text.empty() ? '\0' : value->text[0];
}

Response read_list(Scanner& in) {
  ListEntry entry;
  in.skip_blanks();
  auto attributes = in.words();
  if (!attributes) return damaged("LIST");
  entry.attributes = std::move(*attributes);
  const auto delimiter = read_delimiter(in);
  in.skip_blanks();
  auto name = in.value();
  if (!delimiter || !name || name->dropped) return damaged("LIST");
  entry.delimiter = *delimiter;
  entry.name = std::move(name->text);
  return entry;
}

/// Three times NIL or ((prefix delimiter extensions…)…): personal, other users', shared. RFC 2342 section 5.
Response read_namespaces(Scanner& in) {
  Namespaces result;
  for (int kind = 0; kind < 3; ++kind) {
    in.skip_blanks();
    if (!in.accept('(')) {
      const auto nil = in.value();
      if (!nil || !nil->nil) return damaged("NAMESPACE");
      continue;
    }
    for (in.skip_blanks(); !in.accept(')'); in.skip_blanks()) {
      if (!in.accept('(')) return damaged("NAMESPACE");
      auto prefix = in.value();
      const auto delimiter = read_delimiter(in);
      if (!prefix || !delimiter) return damaged("NAMESPACE");
      for (in.skip_blanks(); !in.accept(')'); in.skip_blanks()) {
        if (!in.skip_value()) return damaged("NAMESPACE");
      }
      result.all.push_back({std::move(prefix->text), *delimiter, kind == 0});
    }
  }
  return result;
}

Response read_search(Scanner& in) {
  std::vector<UidRange> found;
  for (in.skip_blanks(); !in.at_end(); in.skip_blanks()) {
    if (in.at('(')) break;  // (MODSEQ n), RFC 7162 3.1.5
    const auto uid = read_number<Uid>(in.atom());
    if (!uid || *uid == 0) return damaged("SEARCH");
    if (!found.empty() && found.back().last + 1ULL == *uid) {
      found.back().last = *uid;
    } else {
      found.push_back({*uid, *uid});
    }
  }
  return SearchResult{{}, UidSet::of(std::move(found))};
}

/// (TAG "A1") UID ALL 1:5,9 COUNT 6 …, RFC 4466 2.6.2.
Response read_extended_search(Scanner& in) {
  SearchResult result;
  in.skip_blanks();
  if (in.at('(')) {
    auto correlator = in.words();
    if (!correlator || correlator->size() != 2) return damaged("ESEARCH");
    result.tag = std::move((*correlator)[1]);
  }
  for (in.skip_blanks(); !in.at_end(); in.skip_blanks()) {
    const auto word = upper_case(in.atom());
    if (word == "UID") continue;
    in.skip_blanks();
    if (word != "ALL") {
      if (word.empty() || !in.skip_value()) return damaged("ESEARCH");
      continue;
    }
    auto uids = UidSet::parse(in.atom());
    if (!uids) return damaged("ESEARCH");
    result.uids = std::move(*uids);
  }
  return result;
}

Response read_vanished(Scanner& in) {
  in.skip_blanks();
  if (in.at('(') && !in.words()) return damaged("VANISHED");
  in.skip_blanks();
  auto uids = UidSet::parse(in.atom());
  if (!uids) return damaged("VANISHED");
  return Vanished{std::move(*uids)};
}

// --- FETCH ----------------------------------------------------------------------------------------------

bool read_fetch_item(const std::string& name, Scanner& in, FetchData& fetch) {
  if (name == "FLAGS") {
    fetch.flags = in.words();
    return fetch.flags.has_value();
  }
  if (name == "UID" || name == "RFC822.SIZE") {
    const auto number = read_number<std::uint64_t>(in.atom());
    if (!number) return false;
    if (name == "RFC822.SIZE") {
      fetch.size = *number;
      return true;
    }
    fetch.uid = *number <= 0xFFFFFFFFULL ? static_cast<Uid>(*number) : 0;
    return fetch.uid != 0;
  }
  if (name == "INTERNALDATE") {
    const auto value = in.value();
    if (value) fetch.internal_date = read_internal_date(value->text);
    return value.has_value();
  }
  // iCloud answers BODY.PEEK[] with other section texts; we ask for nothing but the whole mail.
  if ((name.starts_with("BODY[") || name == "RFC822") && !in.at('(')) {
    auto value = in.value();
    if (!value) return false;
    fetch.body_told = true;
    fetch.body_size = value->size;
    fetch.body_dropped = value->dropped;
    if (!value->nil && !value->dropped) fetch.body = std::move(value->text);
    return true;
  }
  return in.skip_value();
}

Response read_fetch(std::uint32_t number, Scanner& in) {
  FetchData fetch;
  fetch.sequence_number = number;
  in.skip_blanks();
  if (!in.accept('(')) return damaged("FETCH");
  for (in.skip_blanks(); !in.accept(')'); in.skip_blanks()) {
    const auto name = upper_case(in.fetch_word());
    in.skip_blanks();
    if (name.empty() || !read_fetch_item(name, in, fetch)) return damaged("FETCH");
  }
  return fetch;
}

Response read_numbered(std::string_view number_text, Scanner& in) {
  const auto number = read_number<std::uint32_t>(number_text);
  in.skip_blanks();
  const auto word = upper_case(in.atom());
  if (!number) return damaged(word);
  if (word == "FETCH") return read_fetch(*number, in);
  if (word == "EXISTS") return Exists{*number};
  if (word == "EXPUNGE") return Expunged{*number};
  return Other{word, false};
}

Response read_untagged(Scanner& in) {
  using Read = Response (*)(Scanner&);
  constexpr std::array<std::pair<std::string_view, Read>, 9> table{{{"CAPABILITY", read_capabilities},
                                                                    {"FLAGS", read_flags},
                                                                    {"LIST", read_list},
                                                                    {"LSUB", read_list},
                                                                    {"XLIST", read_list},
                                                                    {"NAMESPACE", read_namespaces},
                                                                    {"SEARCH", read_search},
                                                                    {"ESEARCH", read_extended_search},
                                                                    {"VANISHED", read_vanished}}};
  in.skip_blanks();
  const auto word = in.atom();
  if (!word.empty() && word[0] >= '0' && word[0] <= '9') return read_numbered(word, in);
  if (const auto status = status_word(word)) return read_status(*status, in.rest());
  const auto name = upper_case(word);
  for (const auto& [text, read] : table) {
    if (text == name) return read(in);
  }
  return Other{name, false};
}

Response read_tagged(std::string_view tag, Scanner& in) {
  in.skip_blanks();
  const auto word = status_word(in.atom());
  if (!word || tag.empty()) return damaged("");
  return Tagged{std::string(tag), read_status(*word, in.rest())};
}

}  // namespace

Response read_response(RawResponse raw) {
  if (raw.text.empty() && raw.literals.empty()) return Other{};  // a stray empty line
  Scanner in(raw);
  const auto first = in.atom();
  if (first == "*") return read_untagged(in);
  if (first.starts_with('+')) {
    in.skip_blanks();
    return Continuation{std::string(in.rest())};
  }
  return read_tagged(first, in);
}

std::optional<CopyUid> read_copy_uid(const Status& status) {
  if (status.code != "COPYUID") return std::nullopt;
  const std::string_view text = status.arguments;
  const auto first = text.find(' ');
  const auto second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto validity = read_number<std::uint32_t>(text.substr(0, first));
  auto source = UidSet::parse(text.substr(first + 1, second - first - 1));
  auto target = UidSet::parse(text.substr(second + 1));
  if (!validity || !source || !target) return std::nullopt;
  return CopyUid{*validity, std::move(*source), std::move(*target)};
}

std::optional<std::uint32_t> read_code_number(const Status& status, std::string_view code) {
  if (status.code != code) return std::nullopt;
  return read_number<std::uint32_t>(status.arguments);
}

std::vector<std::string> read_code_words(const Status& status) {
  std::vector<std::string> words;
  std::string_view text = status.arguments;
  if (text.starts_with('(')) text.remove_prefix(1);
  if (text.ends_with(')')) text.remove_suffix(1);
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    if (!word.empty()) words.emplace_back(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return words;
}

std::optional<std::int64_t> read_internal_date(std::string_view text) {
  // "dd-Mon-yyyy hh:mm:ss +zzzz"
  if (text.size() != 26 || text[2] != '-' || text[6] != '-' || text[11] != ' ' || text[14] != ':' ||
      text[17] != ':' || text[20] != ' ') {
    return std::nullopt;
  }
  constexpr std::array<std::string_view, 12> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                    "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
  const auto month = std::find(months.begin(), months.end(), upper_case(text.substr(3, 3)));
  const auto day = read_number<unsigned>(text[0] == ' ' ? text.substr(1, 1) : text.substr(0, 2));
  const auto year = read_number<unsigned>(text.substr(7, 4));
  const auto hour = read_number<unsigned>(text.substr(12, 2));
  const auto minute = read_number<unsigned>(text.substr(15, 2));
  const auto second = read_number<unsigned>(text.substr(18, 2));
  const auto zone = read_number<unsigned>(text.substr(22, 4));
  const bool west = text[21] == '-';
  if (month == months.end() || !day || !year || !hour || !minute || !second || !zone ||
      (!west && text[21] != '+')) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year)),
      std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1), std::chrono::day(*day)};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60 || *zone % 100 > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const auto of_day =
      static_cast<std::int64_t>(*hour) * 3600 + static_cast<std::int64_t>(*minute) * 60 + *second;
  const auto offset =
      static_cast<std::int64_t>(*zone / 100) * 3600 + static_cast<std::int64_t>(*zone % 100) * 60;
  return days * 86400 + of_day - (west ? -offset : offset);
}

}  // namespace bounced::imap
