// The options of [[mailbox]].
#include "config/option_checks.hpp"
#include "config/settings_table.hpp"

namespace bounced {
namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib;

template <auto... Path>
Option<MailboxSettings> row(OptionFacts facts) {
  facts.section = "mailbox";
  return option<MailboxSettings, Path...>(std::move(facts));
}

void add_sign_in(std::vector<Option<MailboxSettings>>& rows) {
  using M = MailboxSettings;
  rows.push_back(
      row<&M::name>({.key = "name",
                     .required = true,
                     .check = check_name,
                     .example = R"("returns")",
                     .documentation = "What reports and logs call it. How far a mailbox has been read is "
                                      "kept by this name: with a new name it is read from the start, and "
                                      "mails that were counted before are not counted again."}));
  rows.push_back(row<&M::url>({.key = "url",
                               .required = true,
                               .check = check_mailbox_url,
                               .example = R"("imaps://mail.example.org/INBOX")",
                               .documentation = "Where it is. imaps://HOST[:PORT]/FOLDER is IMAP over TLS "
                                                "(port 993), imap:// the same with STARTTLS (port "
                                                "143). dir:PATH is a directory of mails, one a file; "
                                                "maildir:PATH a Maildir; mbox:PATH an mbox file."}));
  rows.push_back(row<&M::user>({.key = "user",
                                .check = check_line,
                                .example = R"("bounces@example.org")",
                                .documentation = "The name to sign in with; IMAP only."}));
  rows.push_back(row<&M::password, &SecretSource::file>(
      {.key = "password_file",
       .check = check_path,
       .example = R"("/etc/bounced/password")",
       .documentation =
           "A file whose only line is the password. Let nobody but the daemon's user read it."}));
  rows.push_back(row<&M::password, &SecretSource::command>(
      {.key = "password_command",
       .check = check_line,
       .example = R"("pass show mail/bounces")",
       .documentation =
           "A command for /bin/sh whose first line of output is the password. It has 30 seconds, and is "
           "run at each sign-in."}));
  rows.push_back(row<&M::password, &SecretSource::credential>(
      {.key = "credential",
       .check = check_credential_name,
       .example = R"("returns")",
       .documentation =
           "The name of a systemd credential (LoadCredential= or LoadCredentialEncrypted= in the unit) "
           "that holds the password."}));
  rows.push_back(row<&M::password, &SecretSource::inline_value>(
      {.key = "password",
       .secret = true,
       .check = check_path,
       .example = R"("correct horse")",
       .documentation =
           "The password itself. The settings file must then be readable by its owner alone (chmod "
           "600)."}));
  rows.push_back(
      row<&M::ca_file>({.key = "ca_file",
                        .check = check_path_or_empty,
                        .example = R"("/etc/bounced/ca.pem")",
                        .documentation = "Certificates (PEM) that the server's must descend from; empty for "
                                         "those that the system trusts."}));
  rows.push_back(row<&M::login_options>(
      {.key = "login_options",
       .check = check_login_options,
       .example = R"("AUTH=PLAIN")",
       .documentation =
           "Which way of signing in to use, as AUTH= and the name of a SASL mechanism; empty for the best "
           "that both sides know. With AUTH=EXTERNAL or AUTH=GSSAPI no password is needed."}));
}

void add_settling(std::vector<Option<MailboxSettings>>& rows) {
  using M = MailboxSettings;
  rows.push_back(
      row<&M::after_read>({.key = "after_read",
                           .form = Form::word,
                           .words = {after_read_names.begin(), after_read_names.end()},
                           .documentation = "What becomes of a mail once its decision is safe in the "
                                            "database. move: it goes to one of the three folders "
                                            "below. flag: it stays and gets the keyword. leave: it stays as "
                                            "it is. remove: a processed mail is deleted; "
                                            "unrecognised and quarantined mail is still moved."}));
  const auto folder = [&rows]<auto Member>(std::string_view key, std::string_view documentation) {
    rows.push_back(row<Member>({.key = key, .check = check_folder, .documentation = documentation}));
  };
  folder.template operator()<&M::processed_folder>(
      "processed_folder",
      "Where bounces go that were understood. It is made when it is missing; a / stands for the server's own "
      "separator.");
  folder.template operator()<&M::unrecognised_folder>("unrecognised_folder",
                                                      "Where mail goes that is no bounce.");
  folder.template operator()<&M::quarantine_folder>(
      "quarantine_folder", "Where mail goes that is beyond a limit (see [limits]) and was not read.");
  rows.push_back(
      row<&M::keyword>({.key = "keyword",
                        .check = check_keyword,
                        .documentation = "The IMAP keyword that marks a mail as done: for after_read = "
                                         "\"flag\", and on servers that can neither MOVE nor UIDPLUS."}));
  rows.push_back(row<&M::disable>(
      {.key = "disable",
       .form = Form::words,
       .words = {"MOVE", "UIDPLUS", "PIPELINING", "IDLE"},
       .example = R"(["MOVE"])",
       .documentation =
           "IMAP extensions not to use though the server offers them. PIPELINING "
           "stands for asking for the next mails while the last ones are being "
           "read, which every server should bear; without IDLE new mail is noticed at the next poll."}));
}

void add_authenticity(std::vector<Option<MailboxSettings>>& rows) {
  rows.push_back(row<&MailboxSettings::require>(
      {.key = "require",
       .form = Form::word,
       .words = {"plausible", "matched", "signed"},
       .documentation =
           "How sure it must be that a report is about a mail of yours before it decides anything; see "
           "[authenticity]. What is below, and what is contradicted, is kept and counted as forged or "
           "backscatter, and suppresses, counts, retries and resets nothing. matched wants sender_domains or "
           "another sign of your side, signed wants verp_keys, and return paths that are signed on all of "
           "your "
           "mail."}));
}

void add_transfer(std::vector<Option<MailboxSettings>>& rows) {
  using M = MailboxSettings;
  rows.push_back(
      row<&M::batch_mails>({.key = "batch_mails",
                            .form = Form::count,
                            .minimum = 1,
                            .maximum = 10'000,
                            .documentation = "At most so many mails are fetched and committed at a time."}));
  rows.push_back(row<&M::batch_bytes>(
      {.key = "batch_bytes",
       .form = Form::size,
       .minimum = 64 * kib,
       .maximum = 512 * mib,
       .documentation =
           "At most so much mail is fetched at a time; one mail may be larger. Memory use follows it."}));
  rows.push_back(row<&M::connect_timeout>({.key = "connect_timeout",
                                           .form = Form::duration,
                                           .minimum = 1,
                                           .maximum = 3600,
                                           .documentation = "How long connecting and signing in may take."}));
  rows.push_back(row<&M::read_timeout>({.key = "read_timeout",
                                        .form = Form::duration,
                                        .minimum = 1,
                                        .maximum = 3600,
                                        .documentation = "How long the server may stay silent."}));
  rows.push_back(
      row<&M::idle_renewal>({.key = "idle_renewal",
                             .form = Form::duration,
                             .minimum = 10,
                             .maximum = 29 * 60,
                             .documentation = "bounced run watches the folder by IDLE, on a second "
                                              "connection, and reads new mail as it comes. So "
                                              "often the IDLE is renewed: servers end one after half an hour "
                                              "(RFC 2177), and some routers forget "
                                              "a connection that is silent for ten minutes."}));
}

}  // namespace

const std::vector<Option<MailboxSettings>>& mailbox_options() {
  static const std::vector<Option<MailboxSettings>> rows = [] {
    std::vector<Option<MailboxSettings>> all;
    add_sign_in(all);
    add_settling(all);
    add_authenticity(all);
    add_transfer(all);
    return all;
  }();
  return rows;
}

}  // namespace bounced
