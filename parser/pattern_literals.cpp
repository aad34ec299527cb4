#include "parser/pattern_literals.hpp"

#include <algorithm>

#include "parser/text.hpp"

namespace bounced {
namespace {

/// Strings that one part of a pattern may stand for before it counts as "anything".
constexpr std::size_t most_strings = 256;
/// Strings of one part that are joined to what stands before even if that is long enough by itself.
constexpr std::size_t few_strings = 4;
/// Strings of a second condition that are looked up one by one.
constexpr std::size_t most_filters = 8;
/// Bytes of what these have in common before it is worth a look-up.
constexpr std::size_t least_common = 2;
/// Groups inside groups; more are written by nobody.
constexpr int deepest_group = 24;
/// Bytes of a pattern that is read at all, since the work on one grows with the square of its length; those
/// of rules have less than half.
constexpr std::size_t longest_pattern = 1024;
/// Stand in strings for what takes no room: a word border, and an anchor of another kind. Patterns that hold
/// these bytes are not understood.
constexpr char border_mark = '\x01';
constexpr char anchor_mark = '\x02';

/// What is known of a part of a pattern.
struct Known {
  bool exact = true;                     ///< it is one of `strings`
  std::vector<std::string> strings{""};  ///< then: all that it may be; else: all that it may begin with
  std::vector<std::string> needed;       ///< else: each match holds one of these; empty = nothing known
  std::vector<std::string> also;         ///< and one of these

  static Known anything() { return {false, {""}, {}, {}}; }
};

/// The longest run of bytes without a mark.
std::string longest_run(std::string_view text) {
  std::string_view best;
  while (!text.empty()) {
    const std::size_t end = length_before(text, border_mark, anchor_mark);
    if (end > best.size()) best = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::string(best);
}

std::size_t shortest(const std::vector<std::string>& strings) {
  std::size_t length = std::string::npos;
  for (const std::string& one : strings) length = std::min(length, longest_run(one).size());
  return strings.empty() ? 0 : length;
}

/// Strings of which each match holds one; none when one of them is too short to look for.
std::vector<std::string> needed_by(const Known& part) {
  const std::vector<std::string>& strings = part.exact ? part.strings : part.needed;
  return shortest(strings) >= min_literal_bytes ? strings : std::vector<std::string>{};
}

/// Whether the first of two conditions that both hold is the better one: longer strings, then fewer.
bool is_better(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::size_t length_a = shortest(a);
  const std::size_t length_b = shortest(b);
  return length_a != length_b ? length_a > length_b : a.size() <= b.size();
}

/// Conditions that all hold: the two best of them.
struct Needs {
  std::vector<std::string> best;
  std::vector<std::string> second;

  void add(std::vector<std::string> next) {
    if (!is_better(best, next)) std::swap(best, next);
    if (!is_better(second, next)) second = std::move(next);
  }
};

Known joined(const Known& a, const Known& b) {
  if (a.exact && b.exact && a.strings.size() * b.strings.size() <= most_strings) {
    Known out;
    out.strings.clear();
    for (const std::string& first : a.strings)
      for (const std::string& second : b.strings) out.strings.push_back(first + second);
    return out;
  }
  Needs needs;
  needs.add(needed_by(a));
  needs.add(needed_by(b));
  return {false, {""}, std::move(needs.best), {}};
}

/// Both lists in one, or "anything" where that is too much.
std::vector<std::string> beginnings(const Known& a, const Known& b) {
  if (a.strings.size() + b.strings.size() > most_strings) return {""};
  std::vector<std::string> all = a.strings;
  all.insert(all.end(), b.strings.begin(), b.strings.end());
  return all;
}

Known either(const Known& a, const Known& b) {
  if (a.exact && b.exact && a.strings.size() + b.strings.size() <= most_strings) {
    Known out = a;
    out.strings.insert(out.strings.end(), b.strings.begin(), b.strings.end());
    return out;
  }
  std::vector<std::string> needed = needed_by(a);
  const std::vector<std::string> others = needed_by(b);
  if (needed.empty() || others.empty()) return {false, beginnings(a, b), {}, {}};
  needed.insert(needed.end(), others.begin(), others.end());
  return {false, beginnings(a, b), std::move(needed), {}};
}

/// A reader of the part of RE2's syntax that rules use, by recursive descent. `failed_` is set at what it
/// doesn't know.
class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : rest_(pattern) {}

  /// Nothing is known when the pattern was not understood.
  Known read() {
    if (rest_.size() > longest_pattern) return Known::anything();
    if (rest_.starts_with("(?i)")) rest_.remove_prefix(4);
    Known known = alternatives(0);
    return failed_ || !rest_.empty() ? Known::anything() : known;
  }

 private:
  Known fail() {
    failed_ = true;
    return Known::anything();
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  Known alternatives(int depth) {
    Known all = sequence(depth);
    while (!failed_ && take("|")) all = either(all, sequence(depth));
    return all;
  }

  Known sequence(int depth) {
    // A run that is exact is kept whole as long as it goes, since longer strings are rarer.
    Known run;
    std::vector<std::string> first;  // the first run, once it has ended
    Needs needs;
    const auto end_run = [&](const Known& next) {
      if (first.empty()) first = run.strings;
      needs.add(needed_by(run));
      if (!next.exact) needs.add(needed_by(next));
      run = next.exact ? next : Known{};
    };
    while (!failed_ && !rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      int repeats = 1;
      const Known part = repeated(atom(depth), repeats);
      for (int i = 0; i < std::max(repeats, 1); ++i) {
        // Any digit behind "abc" makes ten strings of one that is rare already.
        const bool fits = run.strings.size() * part.strings.size() <= most_strings;
        const bool worth = part.strings.size() <= few_strings || shortest(run.strings) < min_literal_bytes;
        if (fits && worth) run = joined(run, Known{true, part.strings, {}, {}});
        if (!fits || !worth || !part.exact) end_run(part);
      }
      if (repeats != 1) end_run(part);
    }
    if (first.empty()) return run;
    needs.add(needed_by(run));
    return {false, std::move(first), std::move(needs.best), std::move(needs.second)};
  }

  /// The part with the quantifier behind it. `repeats`: 1 for just once, 2 for twice and maybe more,
  /// `or_more` for once and maybe more.
  Known repeated(Known part, int& repeats) {
    while (!failed_ && !rest_.empty()) {
      const char c = rest_.front();
      if (c == '*') {
        part = Known::anything();
      } else if (c == '+') {
        repeats = or_more;
      } else if (c == '?') {
        part = rest_.starts_with("??") ? Known::anything() : optional(std::move(part));
      } else if (c == '{') {
        const std::size_t close = count_length(rest_);
        if (close == 0) return fail();  // for RE2 these brackets are text
        const bool some = rest_[1] != '0';
        if (!some) part = Known::anything();
        repeats = some && rest_[1] > '1' ? 2 : or_more;
        rest_.remove_prefix(close);
      } else {
        break;
      }
      rest_.remove_prefix(1);
      take("?");  // lazy
    }
    return part;
  }

  /// Position of the bracket that ends a count, "{2}", "{2,}", "{2,5}", at the front; 0 when there is none.
  static std::size_t count_length(std::string_view text) {
    std::size_t at = 1;
    const auto number = [&] {
      const std::size_t from = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      return at > from && (text[from] != '0' || at == from + 1);
    };
    if (!number()) return 0;
    if (at < text.size() && text[at] == ',' && text.substr(++at, 1) != "}" && !number()) return 0;
    return at < text.size() && text[at] == '}' ? at : 0;
  }

  static Known optional(Known part) {
    if (!part.exact || part.strings.size() == most_strings) return Known::anything();
    part.strings.emplace_back();
    return part;
  }

  Known atom(int depth) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    switch (c) {
      case '(':
        return group(depth);
      case '[':
        return char_class();
      case '.':
        return Known::anything();
      case '^':
      case '$':
        return exactly(anchor_mark);
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
      case '{':
        return fail();
      default:
        if (c >= 0 && c < ' ') return fail();
        if (is_ascii(c)) return exactly(lower(c));
        return beyond_ascii(c);
    }
  }

  /// RE2 knows the capitals of letters beyond ASCII, and a look-up of bytes does not: only characters that
  /// have none, kana, Han, Hangul and their like, stand for themselves.
  Known beyond_ascii(char first) {
    std::string character(1, first);
    for (; !rest_.empty() && (static_cast<unsigned char>(rest_.front()) & 0xC0U) == 0x80U;
         rest_.remove_prefix(1))
      character += rest_.front();
    const auto lead = static_cast<unsigned char>(first);
    const bool caseless = (lead >= 0xE3 && lead <= 0xE9) || (lead >= 0xEB && lead <= 0xED);
    return caseless && character.size() == 3 ? Known{true, {std::move(character)}, {}, {}}
                                             : Known::anything();
  }

  static Known exactly(char c) { return {true, {std::string(1, c)}, {}, {}}; }
  static Known one_of(std::string_view bytes) {
    Known out;
    out.strings.clear();
    for (const char c : bytes) out.strings.emplace_back(1, c);
    return out;
  }

  Known group(int depth) {
    if (depth == deepest_group) return fail();
    if (rest_.starts_with('?') && !take("?:") && !take_name()) return fail();
    Known inner = alternatives(depth + 1);
    return take(")") ? inner : fail();
  }

  /// "?P<name>": a group whose match is wanted.
  bool take_name() {
    const std::size_t end = rest_.find('>');
    if (!rest_.starts_with("?P<") || end == std::string_view::npos) return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  Known escape() {
    if (rest_.empty()) return fail();
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == 'b') return exactly(border_mark);
    if (c == 'B' || c == 'A' || c == 'z') return exactly(anchor_mark);
    if (c == 'd') return one_of("0123456789");
    if (std::string_view("DwWsS").find(c) != std::string_view::npos) return Known::anything();
    if (is_alnum(c) || !is_ascii(c) || c < ' ') return fail();
    return exactly(c);
  }

  /// A few letters and digits, one by one; everything else is anything.
  Known char_class() {
    std::string members;
    bool simple = !rest_.starts_with('^');
    if (rest_.starts_with(']') || rest_.starts_with("^]")) return fail();
    while (!rest_.empty() && rest_.front() != ']') {
      const char c = rest_.front();
      if (rest_.starts_with("[:")) return fail();
      const bool range = rest_.size() > 2 && rest_[1] == '-' && rest_[2] != ']';
      if (range && is_alnum(c) && is_alnum(rest_[2]) && c <= rest_[2]) {
        for (char member = c; member <= rest_[2]; ++member) members += lower(member);
        rest_.remove_prefix(3);
        continue;
      }
      if (c == '\\' || range || !is_ascii(c) || c < ' ') simple = false;
      members += lower(c);
      rest_.remove_prefix(c == '\\' && rest_.size() > 1 ? 2 : 1);
    }
    if (!take("]")) return fail();
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    return simple && members.size() <= most_strings ? one_of(members) : Known::anything();
  }

  static constexpr int or_more = 0;

  std::string_view rest_;
  bool failed_ = false;
};

std::string cut_run(std::string_view text) { return longest_run(text).substr(0, longest_literal_bytes); }

/// What all strings have in common at their beginning; the marks in them are cut off.
std::string common_beginning(const std::vector<std::string>& strings) {
  std::string_view common = strings.front();
  for (const std::string& one : strings) {
    const auto differ = std::mismatch(common.begin(), common.end(), one.begin(), one.end());
    common = common.substr(0, static_cast<std::size_t>(differ.first - common.begin()));
  }
  return cut_run(common);
}

std::string common_end(std::vector<std::string> strings) {
  for (std::string& one : strings) std::reverse(one.begin(), one.end());
  std::string common = common_beginning(strings);
  std::reverse(common.begin(), common.end());
  return common;
}

/// The strings of a condition, or one that is in all of them, so that few look-ups tell whether it may hold;
/// none where that is not to be had.
std::vector<std::string> filter_of(const std::vector<std::string>& strings) {
  std::vector<std::string> out;
  if (strings.size() <= most_filters) {
    for (const std::string& one : strings) out.push_back(cut_run(one));
    return out;
  }
  std::string begin = common_beginning(strings);
  std::string end = common_end(strings);
  std::string& longer = begin.size() > end.size() ? begin : end;
  if (longer.size() >= least_common) out.push_back(std::move(longer));
  return out;
}

/// Bytes of the class of characters at the front, its brackets included.
std::size_t class_length(std::string_view text) {
  std::size_t at = text.starts_with("[^") ? 2 : 1;
  if (text.substr(at, 1) == "]") ++at;  // a bracket that stands first is a member
  for (; at < text.size() && text[at] != ']'; ++at) {
    if (text[at] == '\\') ++at;
    if (text.substr(at).starts_with("[:"))
      if (const std::size_t close = text.find(":]", at + 2); close != std::string_view::npos) at = close + 1;
  }
  return std::min(at + 1, text.size());
}

/// The literal without the borders at its ends; not plain when a mark stands elsewhere.
bool make_literal(std::string_view text, PatternLiteral& out) {
  out.border_before = text.starts_with(border_mark);
  if (out.border_before) text.remove_prefix(1);
  out.border_after = text.ends_with(border_mark);
  if (out.border_after) text.remove_suffix(1);
  out.text = text;
  return text.size() >= min_literal_bytes && text.size() <= longest_literal_bytes &&
         length_before(text, border_mark, anchor_mark) == text.size();
}

}  // namespace

PatternLiterals read_pattern_literals(std::string_view pattern) {
  const Known known = PatternReader(pattern).read();
  PatternLiterals out;
  if (known.exact) {
    out.exact = true;
    for (const std::string& text : known.strings) {
      PatternLiteral literal;
      out.exact = out.exact && make_literal(text, literal);
      out.any.push_back(std::move(literal));
    }
    if (out.exact) return out;
  }
  out = {};
  for (const std::string& text : needed_by(known)) out.any.push_back({cut_run(text), false, false});
  if (!known.exact) out.also = filter_of(known.also);
  return out;
}

std::vector<std::string_view> top_alternatives(std::string_view pattern) {
  if (pattern.starts_with("(?i)")) pattern.remove_prefix(4);
  std::vector<std::string_view> whole{pattern};
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const std::string_view rest = pattern.substr(at);
    switch (rest.front()) {
      case '\\':
        if (rest.substr(1, 1) == "Q") return whole;  // quotes what follows, bars too
        ++at;
        break;
      case '[':
        at += class_length(rest) - 1;
        break;
      case '(':
        if (rest.starts_with("(?") && !rest.starts_with("(?:")) return whole;  // flags may go on behind a bar
        ++depth;
        break;
      case ')':
        --depth;
        break;
      case '|':
        if (depth > 0) break;
        out.push_back(pattern.substr(begin, at - begin));
        begin = at + 1;
        break;
      default:
        break;
    }
  }
  out.push_back(pattern.substr(std::min(begin, pattern.size())));
  return out;
}

bool is_word_border(std::string_view text, std::size_t at) {
  const auto is_word = [&](std::size_t i) { return is_alnum(text[i]) || text[i] == '_'; };
  const bool before = at > 0 && is_word(at - 1);
  const bool after = at < text.size() && is_word(at);
  return before != after;
}

}  // namespace bounced
