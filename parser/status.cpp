#include "parser/status.hpp"

#include <array>
#include <utility>

#include "parser/phrase_index.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// Replies begin early; what stands behind this many bytes is no first code.
constexpr std::size_t code_window = 4096;

bool is_reply_code(std::string_view at) {
  if (at.size() < 3) return false;
  const bool first = at[0] == '2' || at[0] == '4' || at[0] == '5';
  const bool second =
      (at[1] >= '0' && at[1] <= '5') || at[1] == '7';  // RFC 5321 4.2.1, and 57x of some servers
  if (!first || !second || !is_digit(at[2])) return false;
  return at.size() == 3 || is_space(at[3]) ||
         std::string_view("-:;,)'\"#<").find(at[3]) != std::string_view::npos ||
         (at[3] == '.' && (at.size() == 4 || is_space(at[4])));
}

/// True when a reply may begin behind these bytes: nothing, a mark, or a word that introduces a reply.
bool introduces_reply(std::string_view before) {
  const std::string_view text = trim_right(before);
  if (text.empty() || before.back() == '\n') return true;
  if (std::string_view(":;'\"([=>|").find(text.back()) != std::string_view::npos) return true;
  constexpr std::array<std::string_view, 14> words{"said",    "returned", "reply", "response", "responded",
                                                   "replied", "error",    "code",  "reason",   "answered",
                                                   "command", "status",   "got",   "host"};
  const std::size_t start = text.find_last_of(" \t\n");
  const std::string_view last = start == std::string_view::npos ? text : text.substr(start + 1);
  for (const std::string_view word : words)
    if (same_word(last, word)) return true;
  return false;
}

struct StatusSpan {
  std::size_t start = 0;
  std::size_t length = 0;  ///< 0: no status here
};

/// RFC 3463 2: class "." subject "." detail, the last two of 1 to 3 digits.
StatusSpan status_at(std::string_view text, std::size_t at) {
  const StatusSpan none;
  if (text[at] != '2' && text[at] != '4' && text[at] != '5') return none;
  std::size_t i = at + 1;
  for (int part = 0; part < 2; ++part) {
    if (i >= text.size() || text[i] != '.') return none;
    std::size_t digits = 0;
    for (++i; i < text.size() && is_digit(text[i]); ++i) ++digits;
    if (digits == 0 || digits > 3) return none;
  }
  const bool fourth = i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1]);
  const bool glued = i < text.size() && (is_alnum(text[i]) || text[i] == '_' || text[i] == '@');
  if (fourth || glued) return none;
  if (at > 0) {
    const char before = text[at - 1];
    if (is_alnum(before) || before == '.' || before == '_' || before == '/' || before == '@') return none;
    if (before == '-' && !(at >= 4 && is_reply_code(text.substr(at - 4, 3)))) return none;
  }
  return {at, i - at};
}

/// Programs print versions in the same form: "Exim 4.5.1", "version 5.5.2".
bool is_version(std::string_view before) {
  const std::string_view text = trim_right(before);
  if (text.size() == before.size()) return false;
  constexpr std::array<std::string_view, 8> words{"exim", "version", "postfix", "sendmail",
                                                  "ver",  "release", "server",  "v"};
  const std::size_t start = text.find_last_of(" \t\n(");
  const std::string_view last = start == std::string_view::npos ? text : text.substr(start + 1);
  for (const std::string_view word : words)
    if (same_word(last, word)) return true;
  return false;
}

/// The status behind a reply code that ends at `at`: blanks, '-', '#', '(' and quotes may stand between.
StatusSpan status_behind(std::string_view text, std::size_t at) {
  while (at < text.size() && std::string_view(" \t-#('\"").find(text[at]) != std::string_view::npos) ++at;
  return at < text.size() ? status_at(text, at) : StatusSpan{};
}

/// A code that quotes what follows it ("550-'Unknown user'") or has an enhanced status of its class behind it
/// is one, whatever stands before.
bool is_sure_code(std::string_view text, std::size_t at) {
  const std::string_view behind = text.substr(at + 3, 2);
  if (behind == "-'" || behind == "-\"" || behind == " '") return true;
  const StatusSpan span = status_behind(text, at + 3);
  return span.length > 0 && text[span.start] == text[at];
}

std::size_t find_reply_code(std::string_view text, std::size_t from) {
  for (std::size_t i = from; i + 3 <= text.size(); ++i) {
    if (!is_digit(text[i]) || (i > 0 && (is_alnum(text[i - 1]) || text[i - 1] == '.'))) continue;
    if (!is_reply_code(text.substr(i))) continue;
    if (introduces_reply(text.substr(0, i)) || is_sure_code(text, i)) return i;
  }
  return std::string_view::npos;
}

/// What Postfix, Exim, Sendmail, qmail, SES and Yahoo print, with the SMTP command it tells.
constexpr std::array<std::pair<std::string_view, std::string_view>, 34> command_phrases{{
    {"end of data", "EOD"},
    {"end-of-data", "EOD"},
    {"after data", "EOD"},
    {"message body", "EOD"},
    {"in reply to rcpt", "RCPT"},
    {"in reply to mail", "MAIL"},
    {"in reply to data", "DATA"},
    {"in reply to ehlo", "HELO"},
    {"in reply to helo", "HELO"},
    {"in reply to auth", "AUTH"},
    {"in reply to starttls", "STARTTLS"},
    {"in reply to vrfy", "RCPT"},
    {"after rcpt", "RCPT"},
    {"after mail from", "MAIL"},
    {"after pipelined data", "DATA"},
    {"after ehlo", "HELO"},
    {"after helo", "HELO"},
    {"after starttls", "STARTTLS"},
    {"after initial connection", "CONNECT"},
    {">>> rcpt", "RCPT"},
    {">>> mail", "MAIL"},
    {">>> data", "DATA"},
    {">>> ehlo", "HELO"},
    {">>> helo", "HELO"},
    {">>> starttls", "STARTTLS"},
    {"[rcpt_to]", "RCPT"},
    {"[mail_from]", "MAIL"},
    {"in rcpt to", "RCPT"},
    {"for rcpt command", "RCPT"},
    {"for mail command", "MAIL"},
    {"refused to talk to me", "CONNECT"},
    {"while receiving the initial server greeting", "CONNECT"},
    {"while performing the helo handshake", "HELO"},
    {"connect to ", "CONNECT"},
}};

PhraseIndex index_of_commands() {
  PhraseIndex index;
  for (const auto& [phrase, command] : command_phrases) index.add(phrase);
  index.seal();
  return index;
}

}  // namespace

std::string reply_code_in(std::string_view text) {
  text = text.substr(0, code_window);
  std::string_view found;
  for (std::size_t at = find_reply_code(text, 0); at != std::string_view::npos;
       at = find_reply_code(text, at + 3)) {
    const std::string_view code = text.substr(at, 3);
    if (code.front() != '2') return std::string(code);
    if (found.empty()) found = code;
  }
  return std::string(found);
}

std::string status_behind_reply_code(std::string_view text) {
  text = text.substr(0, code_window);
  for (std::size_t at = find_reply_code(text, 0); at != std::string_view::npos;
       at = find_reply_code(text, at + 3))
    if (const StatusSpan span = status_behind(text, at + 3); span.length > 0)
      return std::string(text.substr(span.start, span.length));
  return {};
}

std::string enhanced_status_in(std::string_view text) {
  text = text.substr(0, code_window);
  if (std::string status = status_behind_reply_code(text); !status.empty()) return status;
  for (std::size_t i = 0; i + 5 <= text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    const StatusSpan span = status_at(text, i);
    if (span.length > 0 && !is_version(text.substr(0, i)))
      return std::string(text.substr(span.start, span.length));
  }
  return {};
}

std::string status_of_field(std::string_view value) {
  value = value.substr(0, code_window);
  for (std::size_t i = 0; i + 5 <= value.size(); ++i)
    if (const StatusSpan span = status_at(value, i); span.length > 0)
      return std::string(value.substr(span.start, span.length));
  return {};
}

bool says_nothing(std::string_view status) { return status.empty() || status.substr(1) == ".0.0"; }

std::string command_in(std::string_view text) {
  static const PhraseIndex index = index_of_commands();
  const std::vector<PhraseHit> hits = index.find_all(lower_copy(text.substr(0, code_window)));
  return hits.empty() ? std::string{} : std::string(command_phrases.at(hits.front().id).second);
}

}  // namespace bounced
