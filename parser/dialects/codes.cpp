#include "parser/dialects/codes.hpp"

#include <algorithm>
#include <array>

#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Words after which a three-digit number is a reply.
constexpr std::array<std::string_view, 26> announcers{
    "said",     "says",   "reply",      "replied",      "response",   "responded", "returned",
    "error",    "code",   "reason",     "with",         "smtp",       "status",    "was",
    "answered", "failed", "diagnostic", "responsecode", "error_code", "got",       "message",
    "received", "issued", "recipient",  "is",           "remote"};
/// Words after a number that make it a measure.
constexpr std::array<std::string_view, 26> units{
    "bytes",   "byte",    "kb",      "mb",       "kbytes",      "hours", "hour",   "days",      "day",
    "minutes", "minute",  "seconds", "messages", "recipients",  "lines", "emails", "kilobytes", "characters",
    "times",   "percent", "%",       "users",    "connections", "mails", "jan",    "attempts"};
/// Words in front of a version number.
constexpr std::array<std::string_view, 8> versioned{"exim", "version", "postfix", "sendmail",
                                                    "v",    "release", "ver",     "id"};

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view last_word(std::string_view text) {
  text = trim_right(text);
  std::size_t begin = text.size();
  while (begin > 0 && (is_alnum(text[begin - 1]) || text[begin - 1] == '_')) --begin;
  return text.substr(begin);
}

std::string_view first_word(std::string_view text) {
  text = trim_left(text);
  if (text.starts_with('%')) return text.substr(0, 1);
  std::size_t end = 0;
  while (end < text.size() && is_alpha(text[end])) ++end;
  return text.substr(0, end);
}

/// Length of an enhanced code at `at`; 0 when there is none.
std::size_t enhanced_length(std::string_view text, std::size_t at) {
  const char first = text[at];
  if ((first != '2' && first != '4' && first != '5') || at + 4 >= text.size() || text[at + 1] != '.')
    return 0;
  std::size_t end = at + 1;
  for (int group = 0; group < 2; ++group) {
    if (end >= text.size() || text[end] != '.') return 0;
    const std::size_t digits = ++end;
    while (end < text.size() && end - digits < 4 && is_digit(text[end])) ++end;
    if (end == digits || end - digits > 3) return 0;
  }
  if (end < text.size() && (is_alnum(text[end]) || text[end] == '_')) return 0;
  if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) return 0;
  return end - at;
}

bool begins_number(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char before = text[at - 1];
  return !is_alnum(before) && before != '.' && before != '_' && before != '@' && is_ascii(before);
}

bool is_reply_digits(std::string_view text, std::size_t at) {
  if (at + 3 > text.size()) return false;
  const char second = text[at + 1];
  if (text[at] != '2' && text[at] != '4' && text[at] != '5') return false;
  if (!((second >= '0' && second <= '5') || second == '7') || !is_digit(text[at + 2])) return false;
  if (at + 3 == text.size()) return true;
  const char after = text[at + 3];
  if (after == '.' || after == ',') return at + 4 == text.size() || !is_digit(text[at + 4]);
  return std::string_view(" -:);#'\"]>=").find(after) != std::string_view::npos;
}

bool announced(std::string_view before) {
  before = trim_right(before);
  const std::size_t start = before.find_first_not_of("<>-*|[('\" .=#+:");
  if (start == std::string_view::npos) return true;
  if (std::string_view(":;<>()'\"[,=#|").find(before.back()) != std::string_view::npos) return true;
  if (before.ends_with(" -") || before.ends_with("->") || before.ends_with("<-") || before.ends_with("--") ||
      before.ends_with("\xEF\xBC\x9A"))
    return true;  // "："
  return one_of(announcers, last_word(before));
}

/// True when the three digits at `at` are a reply; `line` is the line's text in search form up to there.
bool is_reply(std::string_view text, std::size_t at, std::string_view before) {
  if (!is_reply_digits(text, at)) return false;
  const std::string_view rest = text.substr(at + 3);
  const std::size_t next = rest.find_first_not_of(" -:#(;");
  if (next != std::string_view::npos && next > 0 && next <= 3 && text[at] == rest[next] &&
      enhanced_length(rest, next) > 0)
    return true;
  if (!announced(before)) return false;
  return !(rest.starts_with(' ') && one_of(units, first_word(rest)));
}

}  // namespace

std::vector<Code> find_codes(const Document& document) {
  std::vector<Code> codes;
  const std::string_view text = document.lower;
  for (std::size_t line = 0; line < document.lines.size(); ++line) {
    const Line& here = document.lines[line];
    for (std::size_t i = here.begin; i < here.end; ++i) {
      if (text[i] != '2' && text[i] != '4' && text[i] != '5') continue;
      if (!begins_number(text, i)) continue;
      const std::string_view before = text.substr(here.begin, i - here.begin);
      const std::size_t length = enhanced_length(text, i);
      const bool enhanced = length > 0 && !one_of(versioned, last_word(before));
      if (!enhanced && !is_reply(text, i, before)) continue;
      const std::size_t end = i + (enhanced ? length : 3);
      codes.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(end), enhanced, text[i],
                       static_cast<std::uint32_t>(line)});
      i = end - 1;
    }
  }
  return codes;
}

}  // namespace bounced::dialects
