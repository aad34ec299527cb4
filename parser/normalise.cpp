#include "parser/normalise.hpp"

#include <algorithm>
#include <array>

#include "parser/classify.hpp"
#include "parser/folding.hpp"
#include "parser/reply_codes.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_hex(char c) { return hex_value(c) >= 0; }

/// What the bytes of a run have in them, so that most runs, which are words, are asked for little else.
enum Has : std::uint8_t {
  run_end = 1,  ///< blanks, brackets, quotes, the punctuation that never stands inside an address or a host
  at_sign = 2,
  colon = 4,
  dot = 8,
  digit = 16,
  not_letter = 32,  ///< anything but ASCII letters
  capital = 64
};

constexpr std::array<std::uint8_t, 256> make_byte_kinds() {
  std::array<std::uint8_t, 256> kinds{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (!is_alpha(c)) kinds[byte] |= not_letter;
    if (is_digit(c)) kinds[byte] |= digit;
    if (is_upper(c)) kinds[byte] |= capital;
  }
  for (const char c : std::string_view(" \t\r\n<>()[]{}\"',;!?|`"))
    kinds[static_cast<unsigned char>(c)] |= run_end;
  kinds['@'] |= at_sign;
  kinds[':'] |= colon;
  kinds['.'] |= dot;
  return kinds;
}
constexpr auto byte_kinds = make_byte_kinds();
constexpr unsigned kind_of(char c) { return byte_kinds[static_cast<unsigned char>(c)]; }
constexpr bool ends_run(char c) { return (kind_of(c) & run_end) != 0; }

bool all_of(std::string_view text, bool (*test)(char)) { return std::all_of(text.begin(), text.end(), test); }

bool is_ipv4(std::string_view run) {
  int dots = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (is_digit(run[i])) {
      if (++digits > 3) return false;
    } else if (run[i] == '.' && digits > 0 && dots < 3) {
      ++dots;
      digits = 0;
    } else {
      // a port or a prefix length may follow
      return dots == 3 && digits > 0 && (run[i] == ':' || run[i] == '/') &&
             all_of(run.substr(i + 1), is_digit);
    }
  }
  return dots == 3 && digits > 0;
}

bool is_ipv6(std::string_view run) {
  if (run.starts_with("IPv6:") || run.starts_with("ipv6:")) run.remove_prefix(5);
  const auto colons = std::count(run.begin(), run.end(), ':');
  return colons >= 2 && colons <= 7 && run.size() > 4 &&
         std::all_of(run.begin(), run.end(), [](char c) { return is_hex(c) || c == ':' || c == '.'; }) &&
         (run.find("::") != std::string_view::npos || colons == 7);
}

bool is_time(std::string_view run) {
  const std::size_t colon = run.find(':');
  return colon != std::string_view::npos && colon >= 1 && colon <= 2 && run.size() >= colon + 3 &&
         run.size() <= 12 &&
         std::all_of(run.begin(), run.end(), [](char c) { return is_digit(c) || c == ':' || c == '.'; });
}

bool is_address(std::string_view run) {
  const std::size_t at = run.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < run.size() && run[at - 1] != '@';
}

/// "mx1.example.net", not "blocked.Please" (a missing blank) and not "e.g".
bool is_host(std::string_view run) {
  const std::size_t dot = run.rfind('.');
  if (dot == std::string_view::npos || dot < 1 || run.size() - dot < 3) return false;
  const std::string_view top = run.substr(dot + 1);
  if (!all_of(top, is_lower) && !all_of(top, is_upper) && !top.starts_with("xn--")) return false;
  return run[0] != '.' &&
         std::all_of(run.begin(), run.end(),
                     [](char c) {
                       return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_' ||
                              static_cast<unsigned char>(c) >= 0x80;
                     }) &&
         run.find("..") == std::string_view::npos;
}

/// An id: letters with two or more digits among them ("Tr1Xqwzx3", "G28s"), but not "utf8" or "7bit".
bool is_id(std::string_view run) {
  std::size_t digits = 0;
  bool letter = false;
  for (const char c : run) {
    digits += is_digit(c) ? 1U : 0U;
    letter = letter || is_alpha(c);
    if (!is_digit(c) && !is_alpha(c) && c != '_' && c != '-' && c != '+' && c != '=') return false;
  }
  return digits >= 2 && letter && run.size() > 3;
}

constexpr std::string_view cannot = "cannot";

bool is_url(std::string_view run) {
  return run.find("://") != std::string_view::npos || run.starts_with("www.");
}

class Splitter {
 public:
  Splitter(std::string_view text, Tokens& out) : text_(text), out_(out) {}

  void split() {
    out_.list.clear();
    // The words of ASCII letters stand here already; what others are folded to comes behind.
    out_.letters.assign(text_);
    make_lower(out_.letters);
    std::size_t at = 0;
    while (at < text_.size()) {
      if (ends_run(text_[at])) {
        at = punctuation(at);
        continue;
      }
      std::size_t end = at;
      unsigned has = 0;
      for (; end < text_.size() && !ends_run(text_[end]); ++end) has |= kind_of(text_[end]);
      if ((has & not_letter) == 0) {
        letters(at, end, has);
      } else if ((has & (colon | dot)) != 0 && is_url(text_.substr(at, end - at))) {
        end = url_end(end);
        add(TokenKind::url, at, end);
      } else {
        run(at, end, has);
      }
      at = end;
    }
  }

 private:
  void end_sentence() {
    if (!out_.list.empty() && out_.list.back().sentence == sentence_ && sentence_ < 0xFFFF) ++sentence_;
  }

  void add(TokenKind kind, std::size_t begin, std::size_t end) {
    Token token;
    token.kind = kind;
    token.sentence = sentence_;
    token.begin = static_cast<std::uint32_t>(begin);
    token.end = static_cast<std::uint32_t>(end);
    out_.list.push_back(token);
  }

  /// sendmail writes "<a@b.example>... User unknown": those dots end no sentence.
  [[nodiscard]] bool behind_bracket(std::size_t at) const { return at > 0 && text_[at - 1] == '>'; }

  /// URLs hold '?', ';' and ',' that end other runs.
  [[nodiscard]] std::size_t url_end(std::size_t at) const {
    constexpr std::string_view enders = " \t\r\n<>()[]\"'";
    while (at < text_.size() && enders.find(text_[at]) == std::string_view::npos) ++at;
    return at;
  }

  std::size_t punctuation(std::size_t at) {
    const char c = text_[at];
    if (c == ';' || c == '!' || c == '?' || c == '|' || c == '\n') end_sentence();
    // "n't": the run before it ended in a word
    if ((c == '\'' || c == '`') && at + 1 < text_.size() && (text_[at + 1] == 't' || text_[at + 1] == 'T') &&
        (at + 2 == text_.size() || !is_alpha(text_[at + 2])))
      return negate(at);
    return at + 1;
  }

  /// Turns "does" "n" before the apostrophe at `at` into "does" "not".
  std::size_t negate(std::size_t at) {
    if (!out_.list.empty() && out_.list.back().kind == TokenKind::word && out_.list.back().end == at) {
      Token& last = out_.list.back();
      const std::string_view letters = out_.word(last);
      if (letters.ends_with("n") && letters != "can") --last.folded_end;
      literal_word("not", at, at + 2);
    }
    return at + 2;
  }

  void literal_word(std::string_view letters, std::size_t begin, std::size_t end) {
    add(TokenKind::word, begin, end);
    out_.list.back().folded = static_cast<std::uint32_t>(out_.letters.size());
    out_.letters += letters;
    out_.list.back().folded_end = static_cast<std::uint32_t>(out_.letters.size());
  }

  /// A run of ASCII letters: one word, or several in camel case.
  void letters(std::size_t begin, std::size_t end, unsigned has) {
    std::size_t start = begin;
    if ((has & capital) != 0)
      for (std::size_t at = begin + 1; at < end; ++at)
        if (camel_border(text_[at - 1], text_[at], at + 1, end)) {
          ascii_word(start, at);
          start = at;
        }
    ascii_word(start, end);
  }

  void ascii_word(std::size_t begin, std::size_t end) {
    add(TokenKind::word, begin, end);
    out_.list.back().folded = static_cast<std::uint32_t>(begin);
    out_.list.back().folded_end = static_cast<std::uint32_t>(end);
    if (end - begin == cannot.size()) split_cannot(begin, end);
  }

  void run(std::size_t begin, std::size_t end, unsigned has) {
    const std::string_view whole = text_.substr(begin, end - begin);
    if (whole == "-" || whole == "--" || whole == "/" || whole == "->" ||
        (whole == "..." && !behind_bracket(begin)) || whole == "*") {
      end_sentence();
      return;
    }
    std::size_t last = end;
    while (last > begin && (text_[last - 1] == '.' || text_[last - 1] == ':')) --last;
    const bool full_stop = last < end && text_[last] == '.';
    if (last > begin) {
      if (!whole_token(begin, last, has)) words(begin, last);
    }
    if (full_stop && last > begin) end_sentence();
  }

  /// A run that is one thing: an address, a URL, a number …
  /// `has`: kinds of bytes that may be in the run.
  bool whole_token(std::size_t begin, std::size_t end, unsigned has) {
    const std::string_view run = text_.substr(begin, end - begin);
    const auto is = [&](TokenKind kind) {
      add(kind, begin, end);
      return true;
    };
    if ((has & at_sign) != 0 && is_address(run)) return is(TokenKind::address);
    if (is_digit(run[0]) || (has & colon) != 0) {
      if (all_of(run, is_digit)) return is(TokenKind::number);
      if (is_ipv4(run)) return is(TokenKind::ip);
      if (status_length(run) == run.size()) return is(TokenKind::status);
      if (is_time(run)) return is(TokenKind::time);
      if (is_ipv6(run)) return is(TokenKind::ip);
    }
    if (run[0] == '#' && status_length(run.substr(1)) == run.size() - 1 && run.size() > 1)
      return is(TokenKind::status);
    if ((has & dot) != 0 && is_host(run)) return is(TokenKind::host);
    if ((has & digit) != 0 && is_id(run)) return is(TokenKind::id);
    return false;
  }

  void words(std::size_t begin, std::size_t end) {
    std::size_t start = begin;  // of the current word
    bool open = false;
    char before = 0;
    std::size_t at = begin;
    while (at < end) {
      const Letter letter = next_letter(text_, at);
      std::size_t next = at + letter.length;
      if (!is_letter(letter.value)) {
        if (open) close(start, at, open);
        if (full_stop_at(at, next) || letter.value == 0x3002 || letter.value == 0xFF01 ||
            letter.value == 0xFF1B)
          end_sentence();
        if (apostrophe(letter.value, next)) ++next;
      } else {
        const char now = letter.length == 1 ? text_[at] : char(0);
        const bool alone = stands_alone(letter.value);
        if (open && (alone || camel_border(before, now, next, end))) close(start, at, open);
        if (!open) {
          open = true;
          start = at;
          add(TokenKind::word, at, next);
          out_.list.back().folded = static_cast<std::uint32_t>(out_.letters.size());
        }
        append_folded(letter.value, text_.substr(at, letter.length), out_.letters);
        if (alone) close(start, next, open);
        before = now;
      }
      at = next;
    }
    if (open) close(start, end, open);
  }

  /// "blocked.Please": a full stop whose blank is missing; "e.g" has none.
  [[nodiscard]] bool full_stop_at(std::size_t at, std::size_t next) const {
    return text_[at] == '.' && next < text_.size() && is_upper(text_[next]);
  }

  /// A typographic apostrophe before the "t" at `next`: "doesn’t". True when it was read, the "t" too.
  bool apostrophe(char32_t letter, std::size_t next) {
    if (letter != 0x2019 && letter != 0xB4) return false;
    if (next >= text_.size() || (text_[next] != 't' && text_[next] != 'T')) return false;
    if (next + 1 < text_.size() && is_alpha(text_[next + 1])) return false;
    if (out_.list.empty() || out_.list.back().kind != TokenKind::word) return false;
    Token& last = out_.list.back();
    if (out_.word(last).ends_with("n") && out_.word(last) != "can") --last.folded_end;
    literal_word("not", next, next + 1);
    return true;
  }

  /// "RecipientNotFound" has borders before N and F; "SMTPError" has none before E's run of capitals ends.
  [[nodiscard]] bool camel_border(char before, char now, std::size_t next, std::size_t end) const {
    return is_lower(before) && is_upper(now) && next < end && is_lower(text_[next]);
  }

  void close(std::size_t start, std::size_t end, bool& open) {
    open = false;
    Token& token = out_.list.back();
    token.end = static_cast<std::uint32_t>(end);
    token.folded_end = static_cast<std::uint32_t>(out_.letters.size());
    const std::string_view letters = out_.word(token);
    if (letters.empty()) {  // a mark that no letter stands before
      out_.list.pop_back();
      return;
    }
    if (is_digit(letters.front()) && all_of(letters, is_digit)) token.kind = TokenKind::number;
    split_cannot(start, end);
  }

  /// English writes it as one word.
  void split_cannot(std::size_t begin, std::size_t end) {
    Token& token = out_.list.back();
    if (out_.word(token) != cannot) return;
    token.folded_end = token.folded + 3;
    literal_word("not", begin, end);
  }

  std::string_view text_;
  Tokens& out_;
  std::uint16_t sentence_ = 0;
};

std::string_view placeholder(TokenKind kind) {
  switch (kind) {
    case TokenKind::address:
      return "<addr>";
    case TokenKind::ip:
      return "<ip>";
    case TokenKind::host:
      return "<host>";
    case TokenKind::url:
      return "<url>";
    case TokenKind::number:
      return "<n>";
    case TokenKind::id:
      return "<id>";
    case TokenKind::time:
      return "<time>";
    case TokenKind::word:
    case TokenKind::status:
      return {};
  }
  return {};
}

}  // namespace

void tokenise(std::string_view text, Tokens& out) { Splitter(text, out).split(); }

std::string fold_letters(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Letter letter = next_letter(text, at);
    append_folded(letter.value, text.substr(at, letter.length), out);
    at += letter.length;
  }
  return out;
}

std::string normalise_reply(const std::string& text) {
  std::string line;
  collapse_reply(text, line);
  std::replace(line.begin(), line.end(), '\n', ' ');
  Tokens tokens;
  tokenise(line, tokens);
  const std::size_t codes =
      leading_codes(line).length;  // reply codes stay: they are no accidents of one reply
  std::string out;
  std::size_t at = 0;
  const auto copy = [&](std::size_t end) {
    for (; at < end; ++at) out += is_upper(line[at]) ? static_cast<char>(line[at] + 32) : line[at];
  };
  for (const Token& token : tokens.list) {
    const std::string_view mark = placeholder(token.kind);
    if (mark.empty() || token.begin < codes || token.begin < at) continue;
    copy(token.begin);
    const bool bracketed = token.kind == TokenKind::address && !out.empty() && out.back() == '<' &&
                           token.end < line.size() && line[token.end] == '>';
    if (bracketed) out.pop_back();
    out += mark;
    at = token.end + (bracketed ? 1U : 0U);
  }
  copy(line.size());
  return out;
}

}  // namespace bounced
