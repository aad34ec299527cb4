#include "parser/dialects/signals.hpp"

#include <algorithm>
#include <array>

#include "parser/address.hpp"
#include "parser/charset.hpp"
#include "parser/dialects/document.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Local parts and parts of display names of mail systems.
constexpr std::array<std::string_view, 22> daemon_locals{"mailer-daemon",  "mailerdaemon",
                                                         "mailer_daemon",  "mail-daemon",
                                                         "maildaemon",     "mdaemon",
                                                         "postmaster",     "post_master",
                                                         "postmaster-dsn", "bounce-daemon",
                                                         "mail.daemon",    "mailer",
                                                         "mailadmin",      "mail-admin",
                                                         "mailmaster",     "smtpd",
                                                         "smtp-daemon",    "delivery",
                                                         "mail-delivery",  "mail_delivery",
                                                         "mailsystem",     "system-administrator"};
constexpr std::array<std::string_view, 12> daemon_names{
    "mail delivery",        "mail deliver ", "mailer-daemon",    "mailer daemon",
    "system administrator", "postmaster",    "message delivery", "delivery subsystem",
    "mail administrator",   "mail system",   "content-filter",   "mail sieve"};
constexpr std::array<std::string_view, 18> robot_locals{
    "no-reply", "noreply",       "no_reply", "donotreply", "do-not-reply", "sysadmin",
    "admin",    "administrator", "mail",     "system",     "mailserver",   "ndr",
    "bounce",   "bounces",       "gateway",  "smtp",       "virus",        "interscan"};
constexpr std::array<std::string_view, 14> own_fields{
    "To",       "Delivered-To", "X-Original-To",  "Envelope-To", "X-Envelope-To", "Return-Path", "From",
    "Reply-To", "Sender",       "X-Delivered-To", "X-Rcpt-To",   "Apparently-To", "Errors-To",   "Cc"};
constexpr std::array<std::string_view, 14> answer_fields{
    "X-Autoreply",       "X-Autorespond", "X-Auto-Respond",  "X-Autoresponse",      "X-Mail-Autoreply",
    "X-Zarafa-Vacation", "X-OTRS-Loop",   "RT-Originator",   "X-Zendesk-Email-Id",  "X-Delivery-Agent",
    "X-Apple-Action",    "X-AskVersion",  "X-Boxbe-Request", "X-Bluebottle-Request"};
constexpr std::array<std::string_view, 11> answer_prefixes{
    "re:", "re :", "fw:", "fwd:", "aw:", "wg:", "sv:", "vs:", "antw:", "tr:", "rv:"};

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <std::size_t N>
bool holds_one_of(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

void add_addresses(std::vector<std::string>& out, std::string_view value) {
  for (const AddressSpan& span : find_addresses(value)) {
    std::string address = normal_address(value.substr(span.begin, span.end - span.begin));
    if (!address.empty() && std::find(out.begin(), out.end(), address) == out.end())
      out.push_back(std::move(address));
  }
}

void read_sender(Signals& signals, const HeaderFields& headers) {
  signals.from_field = lower_copy(headers.first("From"));
  const std::string from = decode_words(headers.first("From"));
  const std::string words = search_form(from);
  signals.from = find_addresses(from).empty() ? std::string{} : normal_address(from);
  std::string_view local = signals.from.empty() ? std::string_view(words) : std::string_view(signals.from);
  local = trim(local.substr(0, local.find('@')));
  local = local.substr(0, local.find_first_of(" <"));
  signals.daemon = one_of(daemon_locals, local) || local.starts_with("mailer-daemon") ||
                   local.starts_with("microsoftexchange329e") || local.starts_with("postmaster") ||
                   holds_one_of(daemon_names, words);
  signals.robot = one_of(robot_locals, local) || trim(words).empty() || trim(words) == "<>";
  const std::string_view path = trim(headers.first("Return-Path"));
  signals.null_sender = path == "<>" || path == "<#@[]>" ||
                        (path.find('@') == std::string_view::npos && contains_word(path, "mailer-daemon"));
}

void read_subject(Signals& signals, const HeaderFields& headers, const Vocabulary& vocabulary) {
  signals.subject = search_form(decode_words(headers.first("Subject")));
  const auto hits = vocabulary.find_all(signals.subject);
  signals.failure_subject = vocabulary.any(hits, Meaning::failure_subject);
  signals.delay_subject = vocabulary.any(hits, Meaning::delay_subject);
  signals.success_subject = vocabulary.any(hits, Meaning::success_subject);
  const std::string_view subject = trim(signals.subject);
  const bool answers = std::any_of(answer_prefixes.begin(), answer_prefixes.end(),
                                   [&](std::string_view prefix) { return subject.starts_with(prefix); });
  signals.reply_subject = answers || vocabulary.any(hits, Meaning::reply_subject);
}

void read_kind_of_mail(Signals& signals, const MimePart& part) {
  const HeaderFields& headers = part.headers;
  const std::string precedence = lower_copy(headers.first("Precedence"));
  signals.list_mail = headers.has("List-Id") || headers.has("List-Unsubscribe") || headers.has("List-Post") ||
                      headers.has("Feedback-ID") || headers.has("X-Campaign-Id") || precedence == "list";
  signals.auto_reply = std::any_of(answer_fields.begin(), answer_fields.end(),
                                   [&](std::string_view name) { return headers.has(name); }) ||
                       precedence == "auto_reply" || precedence == "auto-reply" ||
                       contains_word(headers.first("Auto-Submitted"), "vacation") ||
                       !headers.first("X-MS-Exchange-Inbox-Rules-Loop").empty();
  signals.complaint_or_report =
      part.type == "multipart/report" && !part.report_type.empty() && part.report_type != "delivery-status";
}

}  // namespace

Signals read_signals(const MimeTree& mail, int root, const Vocabulary& vocabulary) {
  Signals signals;
  const MimePart& part = mail.parts[static_cast<std::size_t>(root)];
  read_sender(signals, part.headers);
  read_subject(signals, part.headers, vocabulary);
  read_kind_of_mail(signals, part);
  for (const std::string_view value : part.headers.all("X-Failed-Recipients"))
    add_addresses(signals.failed, value);
  for (const std::string_view name : own_fields)
    for (const std::string_view value : part.headers.all(name)) add_addresses(signals.own, value);
  return signals;
}

}  // namespace bounced::dialects
