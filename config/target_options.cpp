// The options of [[target]].
#include "config/option_checks.hpp"
#include "config/settings_table.hpp"

namespace bounced {
namespace {

constexpr std::int64_t day_seconds = 24 * 3600;

using T = TargetSettings;

template <auto... Path>
Option<T> row(OptionFacts facts) {
  facts.section = "target";
  return option<T, Path...>(std::move(facts));
}

std::vector<std::string_view> reason_names() {
  std::vector<std::string_view> names;
  names.reserve(reason_table.size());
  for (const auto& one : reason_table) names.push_back(one.name);
  return names;
}

void add_what(std::vector<Option<T>>& rows) {
  rows.push_back(row<&T::name>(
      {.key = "name",
       .required = true,
       .check = check_name,
       .example = R"("lists")",
       .documentation = "What sync, reports and logs call it. What it has been told is kept by this name: "
                        "under a new name it is told everything from the start."}));
  rows.push_back(row<&T::type>(
      {.key = "type",
       .form = Form::word,
       .words = {"file", "exec", "webhook", "mailman3", "listmonk", "mailgun", "ses", "phplist", "mautic",
                 "sendy"},
       .required = true,
       .example = R"("mailman3")",
       .documentation =
           "What it is. file: all suppressions as a file that is replaced whenever they change. exec: a "
           "program of yours, with addresses on its standard input. webhook: JSON by HTTP, signed. mailman3: "
           "the REST interface of GNU Mailman 3. listmonk, mautic, phplist (4, REST), sendy: these programs. "
           "mailgun: the bounces of a sending domain. ses: the suppression list of an Amazon SES account."}));
  rows.push_back(row<&T::mode>(
      {.key = "mode",
       .form = Form::word,
       .words = {"deliver", "dry_run", "off"},
       .documentation = "deliver: it is told. dry_run: what it would be told is counted, logged by bounced "
                        "run and printed by bounced sync, and stays to be told. off: it is left alone, and "
                        "what it misses stays to be told."}));
}

void add_filters(std::vector<Option<T>>& rows) {
  rows.push_back(row<&T::reasons>(
      {.key = "reasons",
       .form = Form::words,
       .words = reason_names(),
       .example = R"(["user_unknown", "complaint"])",
       .documentation =
           "Only suppressions for these reasons; empty for all. The end of a suppression is told "
           "whenever the target may have been told of the suppression itself."}));
  rows.push_back(row<&T::domains>(
      {.key = "domains",
       .form = Form::texts,
       .check = check_domain,
       .example = R"(["example.org"])",
       .documentation = "Only addresses of these domains and of those below them; empty for all."}));
  rows.push_back(row<&T::lists>(
      {.key = "lists",
       .form = Form::texts,
       .check = check_line,
       .example = R"(["news.example.org"])",
       .documentation = "Only what bounced from mail with one of these List-Ids; empty for all. What was "
                        "suppressed by hand or by an import is for every list."}));
  rows.push_back(
      row<&T::minimum_confidence>({.key = "minimum_confidence",
                                   .form = Form::word,
                                   .words = {"none", "weak", "strong", "exact"},
                                   .documentation = "Only suppressions that are at least so sure."}));
  rows.push_back(row<&T::scope>(
      {.key = "scope",
       .form = Form::word,
       .words = {"global", "all"},
       .documentation =
           "global: only suppressions that hold for every sender. all: also those that hold for the mail of "
           "a "
           "single sender; the target is told which one, and must look at it. Only for the types file, exec "
           "with input = \"json\", and webhook."}));
}

void add_delivery(std::vector<Option<T>>& rows) {
  rows.push_back(row<&T::batch>(
      {.key = "batch",
       .form = Form::count,
       .minimum = 1,
       .maximum = 10'000,
       .documentation = "At most so many changes are told at a time, where the target takes several."}));
  rows.push_back(row<&T::timeout>({.key = "timeout",
                                   .form = Form::duration,
                                   .minimum = 1,
                                   .maximum = 3600,
                                   .documentation = "How long one request, or one run of the program, may "
                                                    "take."}));
  rows.push_back(row<&T::attempts>(
      {.key = "attempts",
       .form = Form::count,
       .minimum = 1,
       .maximum = 100,
       .documentation = "A change that the target refuses is tried so many times in all, while others go on; "
                        "then it is put aside, and bounced sync status shows it. That the target can't be "
                        "reached does not count."}));
  rows.push_back(row<&T::retry_first>({.key = "retry_first",
                                       .form = Form::duration,
                                       .minimum = 1,
                                       .maximum = day_seconds,
                                       .documentation = "How long to wait after a failure; each further one "
                                                        "doubles it. A target that says how long to wait is "
                                                        "left alone for that long, a day at most."}));
  rows.push_back(row<&T::retry_longest>(
      {.key = "retry_longest",
       .form = Form::duration,
       .minimum = 1,
       .maximum = day_seconds,
       .documentation = "The longest such wait. Up to a quarter is added by chance."}));
}

void add_sign_in(std::vector<Option<T>>& rows) {
  rows.push_back(row<&T::url>(
      {.key = "url",
       .check = check_http_url,
       .example = R"("https://hooks.example.org/bounced")",
       .documentation =
           "Where it is, for the types that speak HTTP. For mailman3 the base of the REST "
           "interface, http://localhost:8001/3.1 when left empty. Redirects are not followed."}));
  rows.push_back(
      row<&T::user>({.key = "user",
                     .check = check_line,
                     .example = R"("restadmin")",
                     .documentation = "The name to sign in with. mailman3: the admin_user of "
                                      "mailman.cfg. ses: the id of the access key. mailgun: api."}));
  rows.push_back(row<&T::password, &SecretSource::file>(
      {.key = "password_file",
       .check = check_path,
       .example = R"("/etc/bounced/lists.password")",
       .documentation = "A file whose only line is the password. For a webhook that is the signing secret, "
                        "best in the form whsec_ and base64; for mailgun and sendy the API key, for ses the "
                        "secret of the access key. Let nobody but the daemon's user read it."}));
  rows.push_back(row<&T::password, &SecretSource::command>(
      {.key = "password_command",
       .check = check_line,
       .example = R"("pass show lists")",
       .documentation = "A command for /bin/sh whose first line of output is the password."}));
  rows.push_back(row<&T::password, &SecretSource::credential>(
      {.key = "credential",
       .check = check_credential_name,
       .example = R"("lists")",
       .documentation = "The name of a systemd credential that holds the password."}));
  rows.push_back(row<&T::password, &SecretSource::inline_value>(
      {.key = "password",
       .secret = true,
       .check = check_path,
       .example = R"("correct horse")",
       .documentation = "The password itself. The settings file must then be readable by its owner alone."}));
  rows.push_back(row<&T::ca_file>({.key = "ca_file",
                                   .check = check_path_or_empty,
                                   .example = R"("/etc/bounced/ca.pem")",
                                   .documentation = "Certificates (PEM) that an https server's must descend "
                                                    "from; empty for those that the system trusts."}));
}

void add_file(std::vector<Option<T>>& rows) {
  rows.push_back(row<&T::path>(
      {.key = "path",
       .check = check_path_or_empty,
       .example = R"("/var/lib/bounced/suppressed.csv")",
       .documentation = "file: the file to write. It is written under another name beside it, brought to the "
                        "disk and renamed, so that a reader sees the old one or the new one, whole."}));
  rows.push_back(row<&T::format>(
      {.key = "format",
       .form = Form::word,
       .words = {"csv", "jsonl", "plain"},
       .documentation = "file: csv and jsonl have the fields of bounced suppressions export; plain is the "
                        "addresses alone, one a line."}));
}

void add_exec(std::vector<Option<T>>& rows) {
  rows.push_back(row<&T::command>(
      {.key = "command",
       .form = Form::texts,
       .check = check_line,
       .example = R"(["/usr/lib/mailman/bin/remove_members", "-n", "-N", "-f", "-", "announce"])",
       .documentation =
           "exec: the program that is told of suppressions, and its words. It is started without "
           "a shell."}));
  rows.push_back(row<&T::undo_command>(
      {.key = "undo_command",
       .form = Form::texts,
       .check = check_line,
       .example = R"(["/usr/local/bin/enable-again"])",
       .documentation = "exec: the program that is told of the ends of suppressions. Empty: nobody is."}));
  rows.push_back(row<&T::input>(
      {.key = "input",
       .form = Form::word,
       .words = {"addresses", "json"},
       .documentation = "exec: what the program reads. addresses: one a line. json: a JSON object a line, as "
                        "a webhook gets it."}));
  rows.push_back(row<&T::success_codes>(
      {.key = "success_codes",
       .form = Form::texts,
       .check = check_exit_code,
       .documentation = "exec: the exit codes that mean that all was taken. With any other, all is told "
                        "again later."}));
}

void add_mailman(std::vector<Option<T>>& rows) {
  rows.push_back(row<&T::config_file>(
      {.key = "config_file",
       .check = check_path_or_empty,
       .example = R"("/etc/mailman3/mailman.cfg")",
       .documentation =
           "mailman3: where url, user and password stand in [webservice]; what is given here goes "
           "first."}));
  rows.push_back(row<&T::action>(
      {.key = "action",
       .form = Form::word,
       .words = {"disable", "unsubscribe", "ban"},
       .documentation =
           "mailman3: what becomes of an address. disable: its memberships stay and get no more mail; the "
           "end "
           "of the suppression lets them get it again. unsubscribe: it leaves the lists, and does not come "
           "back by itself. ban: it can't be subscribed, until the suppression ends; memberships stay as "
           "they "
           "are."}));
  rows.push_back(row<&T::delivery_status>(
      {.key = "delivery_status",
       .form = Form::word,
       .words = {"by_bounces", "by_moderator"},
       .documentation =
           "mailman3: what a disabled membership says. by_bounces: what it is; Mailman then sends its "
           "warnings "
           "and removes the member after the last one, unless process_bounces is off for the list. "
           "by_moderator: Mailman leaves it alone. Only memberships that say this are enabled again."}));
  rows.push_back(row<&T::target_lists>(
      {.key = "target_lists",
       .form = Form::texts,
       .check = check_line,
       .example = R"(["news.lists.example.org"])",
       .documentation =
           "mailman3: the lists there (by List-Id) on which anything is done; empty for all. sendy: "
           "the ids of the lists that addresses are unsubscribed from."}));
}

void add_services(std::vector<Option<T>>& rows) {
  rows.push_back(row<&T::api>(
      {.key = "api",
       .form = Form::word,
       .words = {"blocklist", "bounce"},
       .documentation =
           "listmonk: blocklist: subscribers are blocklisted, and enabled again at the end of the "
           "suppression. bounce: bounces are reported to its webhook, and its own bounce settings "
           "decide; bounce processing and bounce webhooks must be on there."}));
  rows.push_back(
      row<&T::sending_domain>({.key = "sending_domain",
                               .check = check_line,
                               .example = R"("mg.example.org")",
                               .documentation = "mailgun: the domain whose bounces are written."}));
  rows.push_back(row<&T::region>({.key = "region",
                                  .check = check_line,
                                  .example = R"("eu-west-1")",
                                  .documentation = "ses: the AWS region of the account."}));
}

}  // namespace

const std::vector<Option<TargetSettings>>& target_options() {
  static const std::vector<Option<TargetSettings>> rows = [] {
    std::vector<Option<TargetSettings>> all;
    add_what(all);
    add_filters(all);
    add_delivery(all);
    add_sign_in(all);
    add_file(all);
    add_exec(all);
    add_mailman(all);
    add_services(all);
    return all;
  }();
  return rows;
}

}  // namespace bounced
