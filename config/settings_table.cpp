#include "config/settings_table.hpp"

#include <algorithm>

#include "config/option_checks.hpp"

namespace bounced {
namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
constexpr std::int64_t day = 24 * 60 * 60;

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
  return option<Settings, &Settings::reading, &ReadOptions::limits, Limit>(std::move(facts));
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
  rows.push_back(option<Settings, &Settings::reading, &ReadOptions::own_domains>(
      {.section = "reading",
       .key = "own_domains",
       .form = Form::texts,
       .check = check_domain,
       .example = R"(["lists.example.org"])",
       .documentation =
           "Domains of your side: the return path, the list server, the sending hosts. An address in "
           "one of them is never taken for the one that bounced."}));
  rows.push_back(option<Settings, &Settings::reading, &ReadOptions::own_addresses>(
      {.section = "reading",
       .key = "own_addresses",
       .form = Form::texts,
       .check = check_address,
       .example = R"(["news@example.org"])",
       .documentation =
           "Addresses of your side in domains that also have subscribers: the return path itself, list "
           "owners, senders."}));
  rows.push_back(built_in_verp());
  rows.push_back(option<Settings, &Settings::reading, &ReadOptions::extra_headers>(
      {.section = "reading",
       .key = "extra_headers",
       .form = Form::texts,
       .check = check_header_name,
       .example = R"(["X-Campaign"])",
       .documentation = "Header fields of the returned mail to keep with the report, by name."}));
}

void add_log(std::vector<Option<Settings>>& rows) {
  rows.push_back(
      option<Settings, &Settings::log, &LogSettings::level>({.section = "log",
                                                             .key = "level",
                                                             .form = Form::word,
                                                             .words = {"debug", "info", "warning", "error"},
                                                             .documentation = "The least that is logged."}));
  rows.push_back(option<Settings, &Settings::log, &LogSettings::format>(
      {.section = "log",
       .key = "format",
       .form = Form::word,
       .words = {"text", "json"},
       .documentation = "text for people and the journal, json for collectors: one object a line."}));
  rows.push_back(option<Settings, &Settings::log, &LogSettings::file>(
      {.section = "log",
       .key = "file",
       .check = check_path_or_empty,
       .example = R"("/var/log/bounced.log")",
       .documentation =
           "Where the log goes; empty for standard error, which systemd takes into its journal."}));
  rows.push_back(option<Settings, &Settings::log, &LogSettings::addresses>(
      {.section = "log",
       .key = "addresses",
       .form = Form::word,
       .words = {"full", "hashed", "none"},
       .documentation =
           "How addresses of recipients appear in the log. hashed lets two lines about one address be "
           "matched without naming it."}));
}

void add_mx_lookup(std::vector<Option<Settings>>& rows) {
  rows.push_back(option<Settings, &Settings::mx_lookup>(
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
  rows.push_back(option<Settings, &Settings::resolver>(
      {.section = "rules",
       .key = "resolver",
       .check = check_resolver,
       .example = R"("192.0.2.53")",
       .documentation =
           "The DNS server for mx_lookup, with a port if it isn't 53. Empty for the system's own."}));
}

std::vector<Option<Settings>> make_general() {
  std::vector<Option<Settings>> rows;
  rows.push_back(option<Settings, &Settings::database_path>(
      {.section = "database",
       .key = "path",
       .check = check_path,
       .documentation =
           "The SQLite file that holds everything bounced knows. Its directory must exist and be "
           "writable for the daemon's user; two more files (-wal, -shm) appear beside it."}));
  rows.push_back(option<Settings, &Settings::poll_interval>(
      {.section = "run",
       .key = "poll_interval",
       .form = Form::duration,
       .minimum = 1,
       .maximum = 7 * day,
       .documentation = "How often bounced run looks into the mailboxes."}));
  rows.push_back(option<Settings, &Settings::rules_directory>(
      {.section = "rules",
       .key = "directory",
       .check = check_path_or_empty,
       .example = R"("/etc/bounced/rules")",
       .documentation =
           "A directory with your own rules: its *.toml files add to the built-in rules, or replace "
           "them by id. Empty for none."}));
  add_mx_lookup(rows);
  add_reading(rows);
  add_decision_options(rows);
  add_summary_options(rows);
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
      {"policy.override", Shape::list,
       "Other thresholds for a recipient's domain, a list or a provider: sections [policy.override.REASON] "
       "behind it have the options of "
       "[policy.REASON]. It holds where all that it names fits. Where several hold, each value comes from "
       "the most specific that gives "
       "it: one that names more before one that names less, a list before a domain, a longer domain before a "
       "shorter one, a domain "
       "before a provider, and the later before the earlier."},
      {"breaker", Shape::table,
       "The circuit breaker: when one provider suddenly calls addresses dead by the hundred, it is more "
       "often "
       "its own fault than true. See `bounced review`."},
      {"issues", Shape::table, "What you have to mend, as `bounced issues` lists it."},
      {"target", Shape::list,
       "A list manager or another program that is told of suppressions and of their ends, as `bounced sync` "
       "describes; write the section once for each. Which keys mean something depends on type."},
      {"summary", Shape::table,
       "The summary of each night, and how it is sent: as a mail, to files, to a program, each once for a "
       "night. See `bounced summary`. The password comes from at most one of password_file, "
       "password_command, credential and password."},
      {"retention", Shape::table,
       "How long things are kept. What is older goes in small steps, at the end of each pass and by `bounced "
       "vacuum`."},
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
