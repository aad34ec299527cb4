#include "parser/unwrap.hpp"

#include <algorithm>
#include <array>

#include "parser/classify.hpp"
#include "parser/reply_codes.hpp"
#include "parser/text.hpp"

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

/// `word` is in lower case.
bool ends_with_nocase(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && same_word(text.substr(text.size() - word.size()), word);
}

/// Where the first word of `keeps_wrapped` stands; what is quoted behind it stays wrapped.
std::size_t wrapped_from(std::string_view text) {
  std::size_t first = std::string_view::npos;
  for (const std::string_view word : keeps_wrapped) first = std::min(first, find_word(text, word));
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
  constexpr ByteSet enders(":>;<dD");  // the last bytes of all announcements
  if (before.empty() || !enders.has(before.back())) return false;
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
    at = find_byte(
        text, at, [](ByteBlock block) { return bytes_within(block, '2', '5'); },
        [](char c) { return c >= '2' && c <= '5'; });
    if (at + 3 >= text.size()) break;
    if (is_digit(text[at - 1])) continue;
    if (quoted_by_dash(text, at)) {
      found = at + 5;
      at += 5;
    } else if ((text[at + 1] == '.' || is_digit(text[at + 1])) && announced(text, at) &&
               opens_with_code(text.substr(at))) {
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

/// Whether a sentence of `command_words` may stand in the text: programs write them always in the same
/// letters, and most replies have none.
bool may_tell_command(std::string_view text) {
  const auto stands_before = [&](std::size_t at) {
    const std::string_view before = text.substr(0, at);
    return text[at] == ' ' &&
           (before.ends_with("after") || before.ends_with("in reply to") || before.ends_with("esponse to"));
  };
  std::size_t at = 0;
  for (; at + sizeof(ByteBlock) < text.size(); at += sizeof(ByteBlock)) {
    const ByteBlock before = load_block(text.data() + at);
    const ByteBlock blanks = bytes_equal(load_block(text.data() + at + 1), ' ');
    if (!any_marked((bytes_equal(before, 'r') | bytes_equal(before, 'o')) & blanks)) continue;
    for (std::size_t blank = at + 1; blank <= at + sizeof(ByteBlock); ++blank)
      if (stands_before(blank)) return true;
  }
  for (; at < text.size(); ++at)
    if (stands_before(at)) return true;
  return false;
}

std::string_view command_in(std::string_view text) {
  if (!may_tell_command(text)) return {};
  for (const CommandWords& row : command_words)
    if (contains_word(text, row.words)) return row.command;
  return {};
}

/// Where what the wrapping adds behind the reply begins; the size when it adds nothing.
std::size_t tail_begin(std::string_view reply) {
  constexpr std::array<std::string_view, 6> tails{
      "(in reply to ", "' (delivery attempts", "(delivery attempts", "[RCPT_TO]", "Giving up on ", "(state "};
  for (std::size_t at = 1; at < reply.size(); ++at) {
    at += length_before(reply.substr(at), '(', '\'', '[', 'G');
    const std::string_view rest = reply.substr(std::min(at, reply.size()));
    if (std::any_of(tails.begin(), tails.end(),
                    [&](std::string_view tail) { return rest.starts_with(tail); }))
      return at;
  }
  return reply.size();
}

std::string_view without_tail(std::string_view reply) {
  reply = reply.substr(0, tail_begin(reply));
  while (!reply.empty() && (reply.back() == ' ' || reply.back() == '\n')) reply.remove_suffix(1);
  return reply;
}

/// Removes the diagnostic type (RFC 3464 2.3.6) that some reports leave in the text.
std::string_view without_type(std::string_view text) {
  constexpr std::array<std::string_view, 5> types{"smtp;", "x-postfix;", "x-unix;", "x-sendmail;",
                                                  "x-qmail;"};
  for (const std::string_view type : types) {
    if (!starts_with_word(text, type)) continue;
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
