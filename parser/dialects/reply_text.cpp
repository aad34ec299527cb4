#include "parser/dialects/reply_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "parser/charset.hpp"
#include "parser/dialects/labels.hpp"
#include "parser/dialects/returned_mail.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// What mail systems write behind a reply.
constexpr std::array<std::string_view, 18> enders{"(in reply to",
                                                  "[rcpt_to]",
                                                  "[mail_from]",
                                                  "[bodytransfer]",
                                                  "giving up on",
                                                  "i'm not going to try again",
                                                  "this has been a permanent failure",
                                                  "this is a permanent error",
                                                  "##",
                                                  "> #smtp#",
                                                  "no further delivery attempts",
                                                  "your message will be deleted",
                                                  "(other mxes tried",
                                                  "last-attempt-date:",
                                                  "final-log-id:",
                                                  "remote-mta:",
                                                  "[status: error",
                                                  "(delivery attempts:"};
/// Beginnings of lines that are no part of the reply above them.
constexpr std::array<std::string_view, 17> starters{">>>",
                                                    "warning: message still undelivered",
                                                    "will keep trying until",
                                                    "-->",
                                                    "in:",
                                                    "out:",
                                                    "sent:",
                                                    "sent ",
                                                    "---",
                                                    "===",
                                                    "***",
                                                    "++++",
                                                    "giving up on",
                                                    "for further",
                                                    "for assistance",
                                                    "(expanded from",
                                                    "(generated from"};
constexpr std::array<std::string_view, 7> verbs{"quit", "mail", "rcpt", "data", "ehlo", "helo", "rset"};
/// Words in front of the host that answered.
constexpr std::array<std::string_view, 14> host_words{"while talking to ",
                                                      "host ",
                                                      "connect to ",
                                                      "connected to ",
                                                      "server ",
                                                      "remote host ",
                                                      "host: ",
                                                      "communicating with ",
                                                      "reporting-mta: dns; ",
                                                      "gateway ",
                                                      "remote server ",
                                                      "generating server: ",
                                                      "mail server ",
                                                      "smtp server "};
constexpr std::array<std::pair<Meaning, std::string_view>, 6> stages{{{Meaning::at_rcpt, "RCPT"},
                                                                      {Meaning::at_mail, "MAIL"},
                                                                      {Meaning::at_end_of_data, "EOD"},
                                                                      {Meaning::at_data, "DATA"},
                                                                      {Meaning::at_helo, "HELO"},
                                                                      {Meaning::at_connect, "CONNECT"}}};

/// Lines of a paragraph that are looked at to either side; longer ones are no explanation of one reply.
constexpr std::size_t widest_paragraph = 16;

bool is_answer_arrow(std::string_view line) { return line.starts_with("<<<") || line.starts_with("<--"); }

/// "09:13:01: --> QUIT", "09:13:01 -> QUIT": the next command of a session log.
bool is_logged_command(std::string_view line) {
  const std::size_t arrow = line.find("-> ");
  if (arrow == std::string_view::npos) return line.find(" <-- ") != std::string_view::npos;
  const std::string_view sent = line.substr(arrow + 3);
  return std::any_of(verbs.begin(), verbs.end(),
                     [&](std::string_view verb) { return sent.starts_with(verb); });
}

bool starts_something_else(std::string_view line) {
  return is_logged_command(line) || std::any_of(starters.begin(), starters.end(),
                                                [&](std::string_view s) { return line.starts_with(s); });
}

std::string_view without_arrow(std::string_view line) {
  const std::size_t start = line.find_first_not_of("<- ");
  return start == std::string_view::npos ? std::string_view{} : line.substr(start);
}

/// True for "550-" and "550 " lines that belong to one reply.
bool continues_reply(std::string_view first, std::string_view next) {
  first = without_arrow(first);
  next = without_arrow(next);
  return first.size() > 3 && next.size() >= 3 && first.substr(0, 3) == next.substr(0, 3) && first[3] == '-';
}

void cut_at_enders(std::string& text) {
  const std::string low = lower_copy(text);
  std::size_t end = text.size();
  for (const std::string_view ender : enders) {
    const std::size_t at = low.find(ender);
    if (at != std::string::npos && at > 0) end = std::min(end, at);
  }
  text.resize(end);
}

/// Removes brackets and quotes at the end that are not opened inside the text.
void drop_unopened(std::string& text) {
  const auto count = [&](char c) { return std::count(text.begin(), text.end(), c); };
  while (!text.empty()) {
    const char last = text.back();
    const bool unopened = (last == ')' && count('(') < count(')')) ||
                          (last == ']' && count('[') < count(']')) ||
                          (last == '>' && count('<') < count('>')) || (last == '"' && count('"') % 2 == 1) ||
                          (last == '\'' && count('\'') % 2 == 1);
    if (!unopened && !is_space(last)) break;
    text.pop_back();
  }
}

/// "(user unknown)", "[User unknown]", "- no such user here." without what encloses them.
std::string_view without_frame(std::string_view text) {
  text = trim(text);
  if (text.starts_with("- ")) text = trim(text.substr(2));
  for (const auto& [open, close] : {std::pair{'(', ')'}, {'[', ']'}}) {
    if (text.size() < 2 || text.front() != open || text.find(close) != text.size() - 1) continue;
    text = trim(text.substr(1, text.size() - 2));
  }
  return text;
}

std::string finished(std::string text, std::size_t max_bytes) {
  cut_at_enders(text);
  drop_unopened(text);
  return std::string(cut_utf8(without_frame(text), max_bytes));
}

/// Text from `begin` over following lines while `goes_on` allows; stops at `limit`.
template <class GoesOn>
std::string gather(const Document& document, std::size_t begin, std::size_t limit, std::size_t max_bytes,
                   GoesOn goes_on) {
  std::size_t line = document.line_of(begin);
  if (line >= document.lines.size()) return {};
  std::string text;
  std::size_t from = begin;
  while (true) {
    const std::size_t end = std::min<std::size_t>(document.lines[line].end, limit);
    if (end > from) text += std::string_view(document.text).substr(from, end - from);
    ++line;
    if (text.size() > max_bytes || line >= document.lines.size() || document.lines[line].begin >= limit)
      break;
    if (!goes_on(line)) break;
    from = document.lines[line].begin;
    const std::string_view lower = document.line_lower(line);
    if (is_answer_arrow(lower)) from += lower.size() - without_arrow(lower).size();
    text += ' ';
  }
  return text;
}

bool is_host_char(char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == ':'; }

}  // namespace

std::string reply_text(const Document& document, std::size_t begin, std::size_t limit,
                       std::size_t max_bytes) {
  const std::size_t first_line = document.line_of(begin);
  const std::size_t first_indent = first_line < document.lines.size() ? document.lines[first_line].indent : 0;
  const auto goes_on = [&](std::size_t line) {
    const std::string_view lower = document.line_lower(line);
    const std::string_view above = document.line_lower(line - 1);
    if (document.lines[line].after_blank || document.lines[line].indent < first_indent) return false;
    if (is_answer_arrow(lower)) return is_answer_arrow(above) && continues_reply(above, lower);
    if (is_answer_arrow(above)) return false;
    return !starts_something_else(lower) && read_label(lower, lower).label == Label::none;
  };
  return finished(gather(document, begin, limit, max_bytes, goes_on), max_bytes);
}

std::string paragraph_text(const Document& document, std::size_t begin, std::size_t limit,
                           std::size_t max_bytes) {
  const std::size_t first = document.line_of(begin);
  if (first < document.lines.size() && document.lines[first].begin == begin) {
    const LabelledLine labelled = read_label(document.line_text(first), document.line_lower(first));
    if (labelled.label == Label::reason && !labelled.value.empty())
      begin = static_cast<std::size_t>(labelled.value.data() - document.text.data());
  }
  const auto goes_on = [&](std::size_t line) {
    return !document.lines[line].after_blank && !starts_something_else(document.line_lower(line));
  };
  return finished(gather(document, begin, limit, max_bytes, goes_on), max_bytes);
}

std::pair<std::size_t, std::size_t> paragraph_around(const Document& document, std::size_t at) {
  std::size_t first = document.line_of(at);
  if (first >= document.lines.size()) return {at, at};
  std::size_t last = first;
  const std::size_t line = first;
  while (first > 0 && line - first < widest_paragraph && !document.lines[first].after_blank) --first;
  while (last + 1 < document.lines.size() && last - line < widest_paragraph &&
         !document.lines[last + 1].after_blank)
    ++last;
  return {document.lines[first].begin, document.lines[last].end};
}

std::string command_in(const Document& document, std::size_t begin, std::size_t end,
                       const Vocabulary& vocabulary) {
  const std::string_view text = std::string_view(document.lower).substr(begin, end - begin);
  for (const std::string_view arrow : {">>> ", "--> ", "sent <<< ", "in: "}) {
    if (text.find(arrow) == std::string_view::npos) continue;  // much faster than rfind, and seldom there
    const std::size_t at = text.rfind(arrow);
    const std::string_view sent = trim_left(text.substr(at + arrow.size()));
    for (const auto& [word, command] : {std::pair{"rcpt", "RCPT"},
                                        {"mail", "MAIL"},
                                        {"data", "DATA"},
                                        {"helo", "HELO"},
                                        {"ehlo", "HELO"},
                                        {".", "EOD"}})
      if (sent.starts_with(word)) return command;
  }
  auto hit = std::lower_bound(document.hits.begin(), document.hits.end(), begin,
                              [](const PhraseHit& h, std::size_t at) { return h.begin < at; });
  for (; hit != document.hits.end() && hit->begin < end; ++hit)
    for (const auto& [meaning, command] : stages)
      if (vocabulary.means(*hit, meaning)) return std::string(command);
  return {};
}

std::string host_in(const Document& document, std::size_t begin, std::size_t end) {
  const std::string_view text = std::string_view(document.lower).substr(begin, end - begin);
  for (const std::string_view word : host_words) {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
      if (at > 0 && is_alnum(text[at - 1])) continue;
      const std::string_view name = trim_left(text.substr(at + word.size()));
      std::size_t length = 0;
      while (length < name.size() && is_host_char(name[length])) ++length;
      while (length > 0 && (name[length - 1] == '.' || name[length - 1] == ':')) --length;
      const std::string_view host = name.substr(0, length);
      if (host.find('.') != std::string_view::npos && host.find(':') == std::string_view::npos &&
          is_alnum(host.front()))
        return std::string(host);
    }
  }
  return {};
}

}  // namespace bounced::dialects
