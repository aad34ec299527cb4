// The options of [summary].
#include "config/option_checks.hpp"
#include "config/settings_table.hpp"

namespace bounced {
namespace {

using S = SummarySettings;

template <auto... Path>
Option<Settings> row(OptionFacts facts) {
  facts.section = "summary";
  return option<Settings, &Settings::summary, Path...>(std::move(facts));
}

void add_when(std::vector<Option<Settings>>& rows) {
  rows.push_back(row<&S::at>(
      {.key = "at",
       .check = check_time_of_day,
       .example = R"("07:00")",
       .documentation =
           "When bounced run sends the summary of the last 24 hours, as local time; empty for not at all. A "
           "time that the change of clocks skips is the moment of the change; of one that comes twice the "
           "first counts. Nights that were missed are sent when it can be, one mail for each, the last three "
           "at most."}));
  rows.push_back(row<&S::timezone>(
      {.key = "timezone",
       .check = check_timezone,
       .example = R"("Europe/Berlin")",
       .documentation = "The time zone of at, of days and of the times on the page, by its name in "
                        "/usr/share/zoneinfo; empty for the system's."}));
  rows.push_back(row<&S::formats>(
      {.key = "formats",
       .form = Form::words,
       .words = {"text", "html", "json"},
       .documentation = "The forms that are sent and written. In a mail, json is an attachment."}));
}

void add_sent(std::vector<Option<Settings>>& rows) {
  rows.push_back(row<&S::sent_per_day>(
      {.key = "sent_per_day",
       .form = Form::count,
       .maximum = 10'000'000'000,
       .example = "20000",
       .documentation = "How many mails you send in a day, for rates against the lines of Amazon SES and "
                        "Gmail; 0 for unknown: then there are counts and trends only."}));
  rows.push_back(row<&S::sent_count_file>(
      {.key = "sent_count_file",
       .check = check_path_or_empty,
       .example = R"("/var/lib/bounced/sent")",
       .documentation = "A file that says the same more exactly: lines such as 2026-03-01 48210, a day and "
                        "the mails sent on it. A day without a line is taken from sent_per_day. Keep the "
                        "lines of old days, so that their pages stay as they were."}));
}

void add_mail(std::vector<Option<Settings>>& rows) {
  rows.push_back(row<&S::to>({.key = "to",
                              .form = Form::texts,
                              .check = check_address,
                              .example = R"(["postmaster@example.org"])",
                              .documentation = "Who gets the mail; empty for no mail."}));
  rows.push_back(row<&S::from>({.key = "from",
                                .check = check_address_or_empty,
                                .example = R"("bounced@example.org")",
                                .documentation = "The From of the mail."}));
  rows.push_back(row<&S::envelope_from>(
      {.key = "envelope_from",
       .check = check_address_or_empty,
       .example = R"("postmaster@example.org")",
       .documentation = "Where its own bounces go; empty for the empty return path, so that it can't bounce "
                        "at all. Never an address that bounced reads."}));
  rows.push_back(row<&S::smtp_url>(
      {.key = "smtp_url",
       .check = check_smtp_url,
       .example = R"("smtp://mail.example.org:587")",
       .documentation = "The server that takes the mail: smtp://HOST[:PORT] (port 25), or smtps:// with TLS "
                        "from the start (465). DKIM is the server's work."}));
  rows.push_back(row<&S::tls>(
      {.key = "tls",
       .form = Form::word,
       .words = {"required", "never"},
       .documentation = "Of smtp://: required wants STARTTLS with a certificate that is right, never sends "
                        "in the clear, which is for a server on this machine. A password is never sent "
                        "without TLS."}));
  rows.push_back(row<&S::user>({.key = "user",
                                .check = check_line,
                                .example = R"("bounced@example.org")",
                                .documentation = "The name to sign in with; empty for no sign-in."}));
  rows.push_back(
      row<&S::password, &SecretSource::file>({.key = "password_file",
                                              .check = check_path,
                                              .example = R"("/etc/bounced/smtp.password")",
                                              .documentation = "A file whose only line is the password."}));
  rows.push_back(row<&S::password, &SecretSource::command>(
      {.key = "password_command",
       .check = check_line,
       .example = R"("pass show mail/bounced")",
       .documentation = "A command for /bin/sh whose first line of output is the password."}));
  rows.push_back(row<&S::password, &SecretSource::credential>(
      {.key = "credential",
       .check = check_credential_name,
       .example = R"("smtp")",
       .documentation = "The name of a systemd credential that holds the password."}));
  rows.push_back(row<&S::password, &SecretSource::inline_value>(
      {.key = "password",
       .secret = true,
       .check = check_path,
       .example = R"("correct horse")",
       .documentation = "The password itself. The settings file must then be readable by its owner alone."}));
  rows.push_back(row<&S::ca_file>({.key = "ca_file",
                                   .check = check_path_or_empty,
                                   .example = R"("/etc/bounced/ca.pem")",
                                   .documentation = "Certificates (PEM) that the server's must descend from; "
                                                    "empty for those that the system trusts."}));
  rows.push_back(row<&S::timeout>({.key = "timeout",
                                   .form = Form::duration,
                                   .minimum = 1,
                                   .maximum = 300,
                                   .documentation = "How long sending may take, a mail or the command."}));
}

void add_other_ways(std::vector<Option<Settings>>& rows) {
  rows.push_back(row<&S::file>(
      {.key = "file",
       .check = check_path_or_empty,
       .example = R"("/var/lib/bounced/summary-{night}")",
       .documentation = "Where the page is written, without the ending: .txt, .html and .json are added for "
                        "the formats. {night} stands for the date of the morning. A file that is there is "
                        "replaced as a whole. Empty for no file."}));
  rows.push_back(row<&S::command>(
      {.key = "command",
       .form = Form::texts,
       .example = R"(["/usr/sbin/sendmail", "-t", "-i"])",
       .documentation = "A program and its words, run without a shell, with the whole mail on its standard "
                        "input and the night in the variable BOUNCED_NIGHT. Exit code 0 means that it is "
                        "sent. Empty for none."}));
}

}  // namespace

void add_summary_options(std::vector<Option<Settings>>& rows) {
  add_when(rows);
  add_sent(rows);
  add_mail(rows);
  add_other_ways(rows);
}

}  // namespace bounced
