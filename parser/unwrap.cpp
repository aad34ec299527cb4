#include "parser/unwrap.hpp"

#include <algorithm>
#include <array>

#include "parser/classify.hpp"
#include "parser/reply_codes.hpp"

namespace bounced {
namespace {

/// What stands before a quoted reply, in lower case and without the blanks after it. Sources: Postfix
/// smtp_proto.c ("said:"), Exim transports/smtp.c ("SMTP error from remote mail server after …: host h
/// [ip]:"), qmail-remote.c ("Remote host said:"), Exchange ("->", "#5.1.1 smtp;"), Gmail ("the response
/// was:"), sendmail ("(reason:"), hMailServer ("Remote server replied:"), Zoho ("ERROR_CODE :").
constexpr std::array<std::string_view, 22> announcements{
    "said:",         "->",           "replied:",  "replied",  "response was:", "server was:",
    "returned was:", "returned",     "responded", "with:",    "smtp;",         "reason:",
    "<<<",           ">>>",          "]:",        "error:",   "response:",     "reply:",
    "answer:",       "error_code :", "failed:",   "answered:"};

/// Bytes before a code in which an announcement with its quotes and blanks fits.
constexpr std::size_t announcement_bytes = 32;

/// Words before a quoted reply that make it an answer about our sender, or about an earlier attempt.
constexpr std::array<std::string_view, 8> keeps_wrapped{"sender",    "callout", "call-out",  "callback",
                                                        "mail from", "expired", "transfail", "timeout"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_nocase(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

bool ends_with_nocase(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && starts_with_nocase(text.substr(text.size() - word.size()), word);
}

std::size_t find_nocase(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; at + word.size() <= text.size(); ++at)
    if (lower(text[at]) == word[0] && starts_with_nocase(text.substr(at), word)) return at;
  return std::string_view::npos;
}

/// Where the first word of `keeps_wrapped` stands; what is quoted behind it stays wrapped.
std::size_t wrapped_from(std::string_view text) {
  std::size_t first = std::string_view::npos;
  for (const std::string_view word : keeps_wrapped) first = std::min(first, find_nocase(text, word));
  return first;
}

/// A reply code or a status opens `text`, and something follows.
bool opens_with_code(std::string_view text) {
  const ReplyCodes codes = leading_codes(text);
  return codes.length > 0 && codes.length < text.size();
}

/// True when the bytes before the code at `at` end by announcing a quoted reply.
bool announced(std::string_view text, std::size_t at) {
  constexpr std::string_view openers = " \n'\"<[";
  const std::size_t length = std::min(at, announcement_bytes);
  std::string_view before = text.substr(at - length, length);
  while (!before.empty() && openers.find(before.back()) != std::string_view::npos) before.remove_suffix(1);
  return std::any_of(announcements.begin(), announcements.end(),
                     [&](std::string_view words) { return ends_with_nocase(before, words); });
}

/// 550-'5.2.2 <a@b.example>... Mailbox Full': a code, a dash and a quote, as Cisco writes it.
bool quoted_by_dash(std::string_view text, std::size_t at) {
  return at + 5 < text.size() && is_reply_code(text.substr(at, 3)) && text[at + 3] == '-' &&
         (text[at + 4] == '\'' || text[at + 4] == '"') && (at == 0 || text[at - 1] == ' ');
}

/// The start of the innermost quoted reply: the last code that an announcement stands before.
std::size_t last_quoted(std::string_view text) {
  std::size_t found = std::string_view::npos;
  for (std::size_t at = 1; at + 3 < text.size(); ++at) {
    if (text[at] < '2' || text[at] > '5' || (text[at - 1] >= '0' && text[at - 1] <= '9')) continue;
    if (quoted_by_dash(text, at)) {
      found = at + 5;
      at += 5;
    } else if ((text[at + 1] == '.' || (text[at + 1] >= '0' && text[at + 1] <= '9')) &&
               opens_with_code(text.substr(at)) && announced(text, at)) {
      found = at;
    }
  }
  if (found == std::string_view::npos) return found;
  return found > wrapped_from(text) ? std::string_view::npos : found;
}

struct CommandWords {
  std::string_view words;
  std::string_view command;
};
constexpr std::array<CommandWords, 17> command_words{{{"in reply to rcpt to", "RCPT"},
                                                      {"in reply to end of data", "EOD"},
                                                      {"in reply to mail from", "MAIL"},
                                                      {"in reply to data", "DATA"},
                                                      {"in reply to ehlo", "HELO"},
                                                      {"in reply to helo", "HELO"},
                                                      {"after rcpt to", "RCPT"},
                                                      {"after rcpt command", "RCPT"},
                                                      {"after end of data", "EOD"},
                                                      {"after pipelined end of data", "EOD"},
                                                      {"after mail from", "MAIL"},
                                                      {"after data", "DATA"},
                                                      {"after initial connection", "CONNECT"},
                                                      {"response to the rcpt", "RCPT"},
                                                      {"response to rcpt", "RCPT"},
                                                      {"response to end of data", "EOD"},
                                                      {"response to mail from", "MAIL"}}};

std::string_view command_in(std::string_view text) {
  // Programs write these sentences, always in the same letters; most replies have none of them.
  if (text.find("in reply to ") == std::string_view::npos && text.find("after ") == std::string_view::npos &&
      text.find("esponse to ") == std::string_view::npos)
    return {};
  for (const CommandWords& row : command_words)
    if (find_nocase(text, row.words) != std::string_view::npos) return row.command;
  return {};
}

/// Removes what the wrapping adds behind the reply.
std::string_view without_tail(std::string_view reply) {
  constexpr std::array<std::string_view, 6> tails{
      "(in reply to ", "' (delivery attempts", "(delivery attempts", "[RCPT_TO]", "Giving up on ", "(state "};
  for (const std::string_view tail : tails)
    if (const std::size_t at = reply.find(tail); at != std::string_view::npos && at > 0)
      reply = reply.substr(0, at);
  while (!reply.empty() && (reply.back() == ' ' || reply.back() == '\n')) reply.remove_suffix(1);
  return reply;
}

/// Removes the diagnostic type (RFC 3464 2.3.6) that some reports leave in the text.
std::string_view without_type(std::string_view text) {
  constexpr std::array<std::string_view, 5> types{"smtp;", "x-postfix;", "x-unix;", "x-sendmail;",
                                                  "x-qmail;"};
  for (const std::string_view type : types) {
    if (!starts_with_nocase(text, type)) continue;
    text.remove_prefix(type.size());
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  return text;
}

}  // namespace

Unwrapped unwrap(std::string_view text) {
  Unwrapped out;
  out.reply = without_type(text);
  out.command = command_in(out.reply);
  const std::size_t inner = last_quoted(out.reply);
  if (inner != std::string_view::npos) out.reply = out.reply.substr(inner);
  out.reply = without_tail(out.reply);
  return out;
}

std::string unwrap_reply(const std::string& text) { return std::string(unwrap(text).reply); }

}  // namespace bounced
