#include "config/settings_table.hpp"

#include <algorithm>

#include "config/option_checks.hpp"

namespace bounced {
namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour;

template <auto... Path>
Option<Settings> general(OptionFacts facts) {
  return option<Settings, Path...>(std::move(facts));
}

std::vector<std::string_view> convention_names() {
  std::vector<std::string_view> names;
  for (const auto& convention : verp_conventions()) names.push_back(convention.name);
  return names;
}

/// [reading] verp names the built-in conventions; those of [[verp]] are kept beside it.
Option<Settings> built_in_verp() {
  return {
      {.section = "reading",
       .key = "verp",
       .form = Form::words,
       .words = convention_names(),
       .example = R"(["mailman", "ezmlm"])",
       .documentation =
           "Which of the VERP conventions that bounced knows may be tried on the address that a bounce was "
           "sent to, to find the subscriber in it. Leave out what your list server does not use. VERP is the "
           "surest sign of whom a bounce is about: it survives forwarding. Your own forms go into [[verp]]."},
      [](const Settings& settings) -> OptionValue {
        std::vector<std::string> names;
        for (const auto& convention : settings.reading.verp)
          if (std::ranges::count(convention_names(), convention.name) > 0) names.push_back(convention.name);
        return names;
      },
      [](Settings& settings, const OptionValue& value) {
        settings.reading.verp.clear();
        for (const auto& name : std::get<std::vector<std::string>>(value))
          for (const auto& convention : verp_conventions())
            if (convention.name == name) settings.reading.verp.push_back(convention);
      }};
}

template <auto Limit>
Option<Settings> limit(OptionFacts facts) {
  facts.section = "limits";
  return general<&Settings::reading, &ReadOptions::limits, Limit>(std::move(facts));
}

void add_limits(std::vector<Option<Settings>>& rows) {
  using L = ReadLimits;
  rows.push_back(limit<&L::message_bytes>(
      {.key = "message_bytes",
       .form = Form::size,
       .minimum = 64 * kib,
       .maximum = gib,
       .documentation =
           "The largest mail that is fetched. A larger one is noted and goes to the quarantine folder."}));
  rows.push_back(
      limit<&L::mime_depth>({.key = "mime_depth",
                             .form = Form::count,
                             .minimum = 2,
                             .maximum = 1000,
                             .documentation = "How deep the MIME parts of a mail may be nested. What is "
                                              "deeper is read as plain text."}));
  rows.push_back(limit<&L::mime_parts>({.key = "mime_parts",
                                        .form = Form::count,
                                        .minimum = 3,
                                        .maximum = 1'000'000,
                                        .documentation = "How many MIME parts of a mail are looked at."}));
  rows.push_back(limit<&L::header_field_bytes>({.key = "header_field_bytes",
                                                .form = Form::size,
                                                .minimum = 998,
                                                .maximum = mib,
                                                .documentation = "The longest header field."}));
  rows.push_back(limit<&L::header_block_bytes>({.key = "header_block_bytes",
                                                .form = Form::size,
                                                .minimum = 4 * kib,
                                                .maximum = 64 * mib,
                                                .documentation = "The largest header of one part."}));
  rows.push_back(limit<&L::recipients>({.key = "recipients",
                                        .form = Form::count,
                                        .minimum = 1,
                                        .maximum = 10'000'000,
                                        .documentation = "How many recipients are read from one report."}));
  rows.push_back(limit<&L::diagnostic_bytes>({.key = "diagnostic_bytes",
                                              .form = Form::size,
                                              .minimum = 512,
                                              .maximum = mib,
                                              .documentation = "How much of a server's reply is kept."}));
  rows.push_back(limit<&L::free_text_bytes>(
      {.key = "free_text_bytes",
       .form = Form::size,
       .minimum = 4 * kib,
       .maximum = 64 * mib,
       .documentation = "How much of the text of a bounce in no standard form is searched."}));
}

void add_reading(std::vector<Option<Settings>>& rows) {
  rows.push_back(general<&Settings::reading, &ReadOptions::own_domains>(
      {.section = "reading",
       .key = "own_domains",
       .form = Form::texts,
       .check = check_domain,
       .example = R"(["lists.example.org"])",
       .documentation =
           "Domains of your side: the return path, the list server, the sending hosts. An address in "
           "one of them is never taken for the one that bounced."}));
  rows.push_back(general<&Settings::reading, &ReadOptions::own_addresses>(
      {.section = "reading",
       .key = "own_addresses",
       .form = Form::texts,
       .check = check_address,
       .example = R"(["news@example.org"])",
       .documentation =
           "Addresses of your side in domains that also have subscribers: the return path itself, list "
           "owners, senders."}));
  rows.push_back(built_in_verp());
  rows.push_back(general<&Settings::reading, &ReadOptions::extra_headers>(
      {.section = "reading",
       .key = "extra_headers",
       .form = Form::texts,
       .check = check_header_name,
       .example = R"(["X-Campaign"])",
       .documentation = "Header fields of the returned mail to keep with the report, by name."}));
}

void add_authenticity(std::vector<Option<Settings>>& rows) {
  rows.push_back(general<&Settings::authenticity, &AuthenticitySettings::sender_domains>(
      {.section = "authenticity",
       .key = "sender_domains",
       .form = Form::texts,
       .check = check_domain,
       .example = R"(["example.org", "lists.example.org"])",
       .documentation =
           "The domains that your mails bear in their From, Message-ID or List-Id; names below them are "
           "included. "
           "A returned mail with one of them is matched. Name all of them or none: where they are named, a "
           "returned mail with none of them, or with your From and a foreign Message-ID, is contradicted. A "
           "service that mails for you may write a Message-ID of its own: add its domain."}));
  rows.push_back(general<&Settings::authenticity, &AuthenticitySettings::verp_keys>(
      {.section = "authenticity",
       .key = "verp_keys",
       .form = Form::texts,
       .check = check_path,
       .example = R"(["/etc/bounced/verp.key"])",
       .documentation =
           "Files with the keys of signed return paths, one key a file, made by bounced verp key. The first "
           "one signs, all of them verify: put a new key in front, and drop the old one when verp_expires "
           "has "
           "passed. Let nobody but the daemon and what signs your mail read them."}));
  rows.push_back(general<&Settings::reading, &ReadOptions::signed_verp, &SignedVerpForm::return_paths>(
      {.section = "authenticity",
       .key = "verp_return_paths",
       .form = Form::texts,
       .check = check_address,
       .example = R"(["bounces@returns.example.net"])",
       .documentation =
           "The return paths that are signed, as they are without a signature. bounced verp sign takes the "
           "first one unless it is told another."}));
  rows.push_back(general<&Settings::reading, &ReadOptions::signed_verp, &SignedVerpForm::separator>(
      {.section = "authenticity",
       .key = "verp_separator",
       .form = Form::word,
       .words = {"+", "-", "_", "="},
       .documentation = "What stands between the return path and its signature: the recipient_delimiter of "
                        "the server that "
                        "receives your bounces."}));
  rows.push_back(general<&Settings::authenticity, &AuthenticitySettings::verp_expires>(
      {.section = "authenticity",
       .key = "verp_expires",
       .form = Form::duration,
       .minimum = day,
       .maximum = 365 * day,
       .plain_unit = day,
       .documentation =
           "How long a signature holds, in whole days. Mail servers try for up to two weeks before they give "
           "up, and "
           "complaints come later than that. Who has seen a return path can forge bounces of its recipient "
           "for "
           "as long."}));
}

void add_policy(std::vector<Option<Settings>>& rows) {
  rows.push_back(general<&Settings::policy, &PolicySettings::confirm_spacing>(
      {.section = "policy",
       .key = "confirm_spacing",
       .form = Form::duration,
       .maximum = 90 * day,
       .plain_unit = hour,
       .documentation =
           "Some rules want to see a failure twice before they suppress. The second one counts when it "
           "comes at least this long after the first."}));
  rows.push_back(general<&Settings::policy, &PolicySettings::never_suppress>(
      {.section = "policy",
       .key = "never_suppress",
       .form = Form::texts,
       .check = check_address_or_domain,
       .example = R"(["ceo@example.org", "@example.com"])",
       .documentation =
           "Addresses, and domains written @example.com, that are never suppressed whatever bounces. The "
           "decision is noted as refused."}));
}

template <auto Member>
Option<Settings> breaker(OptionFacts facts) {
  facts.section = "breaker";
  return general<&Settings::breaker, Member>(std::move(facts));
}

void add_breaker(std::vector<Option<Settings>>& rows) {
  using B = BreakerSettings;
  rows.push_back(breaker<&B::mode>(
      {.key = "mode",
       .form = Form::word,
       .words = {"hold", "off"},
       .documentation =
           "hold keeps suppressions that belong to a wave back until a person releases or discards them; off "
           "suppresses them like any other."}));
  rows.push_back(breaker<&B::minimum>(
      {.key = "minimum",
       .form = Form::count,
       .minimum = 5,
       .maximum = 1'000'000'000,
       .documentation =
           "How many addresses of one provider must be called dead within the window before it can be a "
           "wave, however quiet the provider was before."}));
  rows.push_back(breaker<&B::text_minimum>(
      {.key = "text_minimum",
       .form = Form::count,
       .minimum = 5,
       .maximum = 1'000'000'000,
       .documentation = "The same for one wording of replies, whoever says it. Many independent servers say "
                        "the same, so it is higher."}));
  rows.push_back(breaker<&B::factor>(
      {.key = "factor",
       .form = Form::count,
       .minimum = 2,
       .maximum = 1000,
       .documentation =
           "How many times as many as in the fullest window of the baseline. Both must be passed, this and "
           "the minimum."}));
  rows.push_back(breaker<&B::window>({.key = "window",
                                      .form = Form::duration,
                                      .minimum = 10 * minute,
                                      .maximum = day,
                                      .plain_unit = minute,
                                      .documentation =
                                          "The time within which verdicts add up, and for which a wave must "
                                          "have been quiet to be over. Counted in steps of ten minutes."}));
  rows.push_back(breaker<&B::baseline>(
      {.key = "baseline",
       .form = Form::duration,
       .minimum = day,
       .maximum = 366 * day,
       .plain_unit = day,
       .documentation =
           "How far back it is looked for what is usual. The last twelve hours are left out, so that a wave "
           "that grows slowly does not become usual."}));
  rows.push_back(breaker<&B::release_after>(
      {.key = "release_after",
       .form = Form::duration,
       .minimum = hour,
       .maximum = 366 * day,
       .plain_unit = day,
       .zero_word = "never",
       .example = R"("14d")",
       .documentation = "After which time without a person's word a wave is released: its suppressions are "
                        "made."}));
  rows.push_back(breaker<&B::command>(
      {.key = "command",
       .form = Form::texts,
       .example = R"(["/usr/local/bin/page", "bounced"])",
       .documentation =
           "A program and its words, run once for each wave, without a shell. What happened is on its "
           "standard input and in the variables BOUNCED_WAVE, BOUNCED_WAVE_KIND, BOUNCED_WAVE_NAME and "
           "BOUNCED_WAVE_COUNT; no address is among it. A failure is only logged."}));
  rows.push_back(breaker<&B::command_timeout>(
      {.key = "command_timeout",
       .form = Form::duration,
       .minimum = 1,
       .maximum = hour,
       .documentation = "How long the command may run; then it is killed. Mails wait meanwhile."}));
}

void add_issues(std::vector<Option<Settings>>& rows) {
  rows.push_back(general<&Settings::issues_close_after>(
      {.section = "issues",
       .key = "close_after",
       .form = Form::duration,
       .minimum = hour,
       .maximum = 366 * day,
       .plain_unit = day,
       .zero_word = "never",
       .documentation = "After which time without another occurrence an issue is closed. It opens again "
                        "when it occurs again."}));
}

void add_log(std::vector<Option<Settings>>& rows) {
  rows.push_back(
      general<&Settings::log, &LogSettings::level>({.section = "log",
                                                    .key = "level",
                                                    .form = Form::word,
                                                    .words = {"debug", "info", "warning", "error"},
                                                    .documentation = "The least that is logged."}));
  rows.push_back(general<&Settings::log, &LogSettings::format>(
      {.section = "log",
       .key = "format",
       .form = Form::word,
       .words = {"text", "json"},
       .documentation = "text for people and the journal, json for collectors: one object a line."}));
  rows.push_back(general<&Settings::log, &LogSettings::file>(
      {.section = "log",
       .key = "file",
       .check = check_path_or_empty,
       .example = R"("/var/log/bounced.log")",
       .documentation =
           "Where the log goes; empty for standard error, which systemd takes into its journal."}));
  rows.push_back(general<&Settings::log, &LogSettings::addresses>(
      {.section = "log",
       .key = "addresses",
       .form = Form::word,
       .words = {"full", "hashed", "none"},
       .documentation =
           "How addresses of recipients appear in the log. hashed lets two lines about one address be "
           "matched without naming it."}));
}

void add_mx_lookup(std::vector<Option<Settings>>& rows) {
  rows.push_back(general<&Settings::mx_lookup>(
      {.section = "rules",
       .key = "mx_lookup",
       .form = Form::word,
       .words = {"never", "when_unknown"},
       .documentation =
           "Whether the DNS is asked who receives mail for a recipient's domain, so that a reply that does "
           "not say who wrote it is read by the rules of the vendor behind the domain. when_unknown asks for "
           "replies whose author is not known otherwise; answers are kept. It tells your resolver the "
           "domains "
           "of addresses that bounce."}));
  rows.push_back(general<&Settings::resolver>(
      {.section = "rules",
       .key = "resolver",
       .check = check_resolver,
       .example = R"("192.0.2.53")",
       .documentation =
           "The DNS server for mx_lookup, with a port if it isn't 53. Empty for the system's own."}));
}

std::vector<Option<Settings>> make_general() {
  std::vector<Option<Settings>> rows;
  rows.push_back(general<&Settings::database_path>(
      {.section = "database",
       .key = "path",
       .check = check_path,
       .documentation =
           "The SQLite file that holds everything bounced knows. Its directory must exist and be "
           "writable for the daemon's user; two more files (-wal, -shm) appear beside it."}));
  rows.push_back(general<&Settings::poll_interval>(
      {.section = "run",
       .key = "poll_interval",
       .form = Form::duration,
       .minimum = 1,
       .maximum = 7 * day,
       .documentation = "How often bounced run looks into the mailboxes."}));
  rows.push_back(general<&Settings::rules_directory>(
      {.section = "rules",
       .key = "directory",
       .check = check_path_or_empty,
       .example = R"("/etc/bounced/rules")",
       .documentation =
           "A directory with your own rules: its *.toml files add to the built-in rules, or replace "
           "them by id. Empty for none."}));
  add_mx_lookup(rows);
  add_reading(rows);
  add_authenticity(rows);
  add_policy(rows);
  add_breaker(rows);
  add_issues(rows);
  add_log(rows);
  add_limits(rows);
  return rows;
}

}  // namespace

const std::vector<Section>& sections() {
  static const std::vector<Section> all{
      {"database", Shape::table, "Where decisions are kept."},
      {"mailbox", Shape::list,
       "A mailbox that bounces arrive in; write the section once for each. The password comes from exactly "
       "one of "
       "password_file, password_command, credential and password."},
      {"run", Shape::table, "The daemon."},
      {"reading", Shape::table, "What helps to tell in a bounce who is meant."},
      {"verp", Shape::list,
       "A VERP convention of your own: how the envelope sender of a mail names its recipient. Tried before "
       "the "
       "built-in ones, in the order of the file."},
      {"authenticity", Shape::table,
       "How a report about a mail of yours is told from a forged one, and from the bounce of a mail that "
       "somebody sent in your name. A report is signed when it came to a return path that was signed for its "
       "recipient (bounced verp), matched when the returned mail is yours by its looks, plausible when "
       "nothing "
       "speaks for it or against it, and contradicted when it can't be what it says. See require in "
       "[[mailbox]], and AUTHENTICITY in bounced(1)."},
      {"rules", Shape::table, "The rules that say what a server's reply means."},
      {"policy", Shape::table, "When an address is suppressed."},
      {"policy", Shape::per_reason,
       "Thresholds for one reason, such as [policy.mailbox_full]. Only reasons that count against an address "
       "have "
       "them: failures of yours, of the content or of the way never do."},
      {"breaker", Shape::table,
       "The circuit breaker: when one provider suddenly calls addresses dead by the hundred, it is more "
       "often "
       "its own fault than true. See `bounced review`."},
      {"issues", Shape::table, "What you have to mend, as `bounced issues` lists it."},
      {"log", Shape::table, "What is written while running."},
      {"limits", Shape::table,
       "Bounds on what a mail may make bounced do. A mail beyond them is no error: it is cut there, or goes "
       "to the "
       "quarantine folder, and is counted in the summary."},
  };
  return all;
}

const std::vector<Option<Settings>>& general_options() {
  static const std::vector<Option<Settings>> rows = make_general();
  return rows;
}

const std::vector<Option<VerpConvention>>& verp_options() {
  static const std::vector<Option<VerpConvention>> rows{
      option<VerpConvention, &VerpConvention::name>({.section = "verp",
                                                     .key = "name",
                                                     .required = true,
                                                     .check = check_name,
                                                     .example = R"("shop")",
                                                     .documentation = "What explain calls it."}),
      option<VerpConvention, &VerpConvention::pattern>(
          {.section = "verp",
           .key = "pattern",
           .required = true,
           .check = check_verp_pattern,
           .example = R"('^shop-return-(?P<local>[^=@]+)=(?P<domain>[^=@]+)@')",
           .documentation =
               "A regular expression (RE2) for the address that the bounce was sent to, with the groups "
               "local and domain, or one group address in which the last = stands for the @."}),
  };
  return rows;
}

const std::vector<Option<Threshold>>& threshold_options() {
  static const std::vector<Option<Threshold>> rows{
      option<Threshold, &Threshold::count>(
          {.section = "policy",
           .key = "count",
           .form = Form::count,
           .minimum = 1,
           .maximum = 1000,
           .documentation = "How many failures for this reason suppress the address."}),
      option<Threshold, &Threshold::distinct_days>(
          {.section = "policy",
           .key = "distinct_days",
           .form = Form::count,
           .minimum = 1,
           .maximum = 1000,
           .documentation = "On how many different days they must have happened; at most count."}),
      option<Threshold, &Threshold::window>(
          {.section = "policy",
           .key = "window",
           .form = Form::duration,
           .minimum = hour,
           .maximum = 3650 * day,
           .plain_unit = day,
           .documentation = "Within which time. A failure that is older no longer counts."}),
      option<Threshold, &Threshold::expires>({.section = "policy",
                                              .key = "expires",
                                              .form = Form::duration,
                                              .minimum = hour,
                                              .maximum = 3650 * day,
                                              .plain_unit = day,
                                              .zero_word = "never",
                                              .example = R"("180d")",
                                              .documentation = "How long the suppression lasts."}),
  };
  return rows;
}

std::vector<const OptionFacts*> options_of(const Section& section) {
  std::vector<const OptionFacts*> found;
  if (section.shape == Shape::table) {
    for (const auto& row : general_options())
      if (row.facts.section == section.name) found.push_back(&row.facts);
  } else if (section.shape == Shape::per_reason) {
    for (const auto& row : threshold_options()) found.push_back(&row.facts);
  } else {
    static const Settings none;  // only its lists' options are asked for
    for_each_list(none, [&](std::string_view name, const auto& options, const auto&) {
      if (name != section.name) return;
      for (const auto& row : options) found.push_back(&row.facts);
    });
  }
  return found;
}

}  // namespace bounced
