#include "parser/reply_codes.hpp"

#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr bool is_word_byte(char c) { return is_alnum(c) || !is_ascii(c); }
constexpr bool is_gap(char c) { return is_blank(c) || c == '\r' || c == '\n'; }

/// Neither a blank nor a control character.
constexpr bool is_printed(char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; }

/// No control characters.
bool all_printed_or_blank(std::string_view text) {
  return find_byte(
             text, 0,
             [](ByteBlock block) { return bytes_within(block, '\0', '\x1F') | bytes_equal(block, '\x7F'); },
             [](char c) { return c != ' ' && !is_printed(c); }) == text.size();
}

/// Bytes of inner text in which a displaced status is looked for: "554 mx.example cmsmtp 5.7.1 …".
constexpr std::size_t displaced_status_bytes = 48;

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_gap(text[at])) ++at;
  return at;
}

/// Whether the text is one line whose words single blanks part, without a code that is said twice: most are.
bool is_collapsed(std::string_view text, const ReplyCodes& first) {
  if (!all_printed_or_blank(text) || text.find("  ") != std::string_view::npos) return false;
  if (!text.empty() && (text.front() == ' ' || text.back() == ' ')) return false;
  return first.reply_code.empty() || text.find(first.reply_code, first.length) == std::string_view::npos;
}

/// A reply code at `at` that a blank, '-', ':' or the end follows.
bool code_at(std::string_view text, std::size_t at) {
  if (at + 3 > text.size() || !is_reply_code(text.substr(at, 3))) return false;
  return at + 3 == text.size() || is_gap(text[at + 3]) || text[at + 3] == '-' || text[at + 3] == ':';
}

/// A status at `at` that ends at a word border. "192.0.2.1" has a fourth number and is none.
std::size_t status_at(std::string_view text, std::size_t at) {
  const std::size_t length = status_length(text.substr(at));
  if (length == 0) return 0;
  const std::size_t end = at + length;
  if (end == text.size()) return length;
  if (is_word_byte(text[end]) || text[end] == '_' || text[end] == '/') return 0;
  if (text[end] == '.' && end + 1 < text.size() && is_digit(text[end + 1])) return 0;
  return length;
}

std::size_t after_separator(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_gap(text[at]) || text[at] == '-' || text[at] == ':')) {
    // "550 : User unknown" and "550 - Requested …": what follows the blank is text of the server.
    if (text[at] != ' ' && at > 0 && is_gap(text[at - 1])) return at;
    ++at;
  }
  return at;
}

}  // namespace

bool is_reply_code(std::string_view text) {
  return text.size() == 3 && text[0] >= '2' && text[0] <= '5' && text[1] >= '0' && text[1] <= '9' &&
         is_digit(text[2]);
}

std::size_t status_length(std::string_view text) {
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.') return 0;
  std::size_t at = 2;
  for (int part = 0; part < 2; ++part) {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at]) && at - start < 3) ++at;
    if (at == start) return 0;
    if (part == 0 && (at >= text.size() || text[at++] != '.')) return 0;
  }
  return at < text.size() && is_digit(text[at]) ? 0 : at;
}

ReplyCodes leading_codes(std::string_view text) {
  ReplyCodes codes;
  std::size_t at = skip_blanks(text, 0);
  while (at < text.size()) {
    if (code_at(text, at)) {
      codes.reply_code = text.substr(at, 3);
      at = after_separator(text, at + 3);
    } else {
      const std::size_t start = text[at] == '#' ? at + 1 : at;
      const std::size_t length = status_at(text, start);
      if (length == 0) break;
      codes.status = text.substr(start, length);
      at = after_separator(text, start + length);
    }
    codes.length = at;
  }
  return codes;
}

std::string_view inner_status(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at >= displaced_status_bytes) at += length_before(text.substr(at - 1), '#', '(');
    if (at >= text.size()) break;
    const char before = at == 0 ? ' ' : text[at - 1];
    const bool marked = before == '#' || before == '(';
    if (!marked && !is_gap(before)) continue;
    const std::size_t length = status_at(text, at);
    if (length == 0) continue;
    if (before == '(' && (at + length >= text.size() || text[at + length] != ')')) continue;
    return text.substr(at, length);
  }
  return {};
}

void collapse_reply(std::string_view text, std::string& out) {
  const ReplyCodes first = leading_codes(text);
  const std::string_view code = first.reply_code;
  if (is_collapsed(text, first)) {
    out.assign(text);
    return;
  }
  out.clear();
  out.reserve(text.size());
  bool blank = false;
  bool border = false;
  for (std::size_t at = 0; at < text.size();) {
    if (is_gap(text[at])) {
      blank = true;
      ++at;
      continue;
    }
    if (blank && at > first.length && !code.empty() && code_at(text, at) && text.substr(at, 3) == code) {
      std::size_t next = after_separator(text, at + 3);
      const std::size_t start = next < text.size() && text[next] == '#' ? next + 1 : next;
      const std::size_t length = start < text.size() ? status_at(text, start) : 0;
      if (length > 0) next = after_separator(text, start + length);
      border = border || length == 0;
      at = next;
      continue;
    }
    const std::size_t start = at;
    while (at < text.size() && is_printed(text[at])) ++at;
    if (at > start) {
      if ((blank || border) && !out.empty()) out += border ? '\n' : ' ';
      out += text.substr(start, at - start);
      blank = border = false;
    } else {
      ++at;
    }
  }
}

}  // namespace bounced
