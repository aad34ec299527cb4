// The options of what is decided, and what is believed: [authenticity], [policy], [policy.REASON], [breaker],
// [issues], [retention].
#include "config/option_checks.hpp"
#include "config/settings_table.hpp"

namespace bounced {
namespace {

constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour;

void add_authenticity(std::vector<Option<Settings>>& rows) {
  rows.push_back(option<Settings, &Settings::authenticity, &AuthenticitySettings::sender_domains>(
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
  rows.push_back(option<Settings, &Settings::authenticity, &AuthenticitySettings::verp_keys>(
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
  rows.push_back(option<Settings, &Settings::reading, &ReadOptions::signed_verp,
                        &SignedVerpForm::return_paths>(
      {.section = "authenticity",
       .key = "verp_return_paths",
       .form = Form::texts,
       .check = check_address,
       .example = R"(["bounces@returns.example.net"])",
       .documentation =
           "The return paths that are signed, as they are without a signature. bounced verp sign takes the "
           "first one unless it is told another."}));
  rows.push_back(option<Settings, &Settings::reading, &ReadOptions::signed_verp, &SignedVerpForm::separator>(
      {.section = "authenticity",
       .key = "verp_separator",
       .form = Form::word,
       .words = {"+", "-", "_", "="},
       .documentation = "What stands between the return path and its signature: the recipient_delimiter of "
                        "the server that "
                        "receives your bounces."}));
  rows.push_back(option<Settings, &Settings::authenticity, &AuthenticitySettings::verp_expires>(
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
  rows.push_back(option<Settings, &Settings::policy, &PolicySettings::confirm_spacing>(
      {.section = "policy",
       .key = "confirm_spacing",
       .form = Form::duration,
       .maximum = 90 * day,
       .plain_unit = hour,
       .documentation =
           "Some rules want to see a failure twice before they suppress. The second one counts when it "
           "comes at least this long after the first."}));
  rows.push_back(option<Settings, &Settings::policy, &PolicySettings::never_suppress>(
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
  return option<Settings, &Settings::breaker, Member>(std::move(facts));
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
  rows.push_back(option<Settings, &Settings::issues_close_after>(
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

void add_retention(std::vector<Option<Settings>>& rows) {
  using R = RetentionSettings;
  rows.push_back(option<Settings, &Settings::retention, &R::events>(
      {.section = "retention",
       .key = "events",
       .form = Form::duration,
       .minimum = 7 * day,
       .maximum = 36500 * day,
       .plain_unit = day,
       .zero_word = "forever",
       .documentation =
           "How long events are kept, counted from when their mail was read. Then they become counts by day, "
           "which summaries go on using. The evidence of a suppression stays as long as the suppression. "
           "Windows of "
           "[policy] that are longer count no further back than this."}));
  rows.push_back(option<Settings, &Settings::retention, &R::journal>(
      {.section = "retention",
       .key = "journal",
       .form = Form::duration,
       .minimum = 7 * day,
       .maximum = 36500 * day,
       .plain_unit = day,
       .zero_word = "forever",
       .documentation = "How long it is known which mails were read: one that comes again later, or lies in "
                        "its mailbox for "
                        "longer and is read anew, counts again."}));
  rows.push_back(option<Settings, &Settings::retention, &R::warn_bytes>(
      {.section = "retention",
       .key = "warn_size",
       .form = Form::size,
       .minimum = 1024 * 1024,
       .maximum = 100'000'000'000'000,
       .zero_word = "never",
       .example = R"("20GiB")",
       .documentation = "A database larger than this is warned of, by the log and by bounced doctor."}));
}

}  // namespace

void add_decision_options(std::vector<Option<Settings>>& rows) {
  add_authenticity(rows);
  add_policy(rows);
  add_breaker(rows);
  add_issues(rows);
  add_retention(rows);
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
      option<Threshold, &Threshold::weight>(
          {.section = "policy",
           .key = "weight",
           .form = Form::share,
           .minimum = 0,
           .maximum = 100,
           .example = "0.5",
           .documentation =
               "What one failure for this reason adds to its counter: soft failures of different reasons add "
               "up with each other, and not all of them say as much. 0 counts it never."}),
  };
  return rows;
}

const std::vector<Option<PolicyOverride>>& override_options() {
  using P = PolicyOverride;
  static const std::vector<Option<P>> rows{
      option<P, &P::domain>({.section = "policy.override",
                             .key = "domain",
                             .form = Form::text,
                             .check = check_domain_or_nothing,
                             .example = R"("example.com")",
                             .documentation = "The domain of the recipient; names below it are included."}),
      option<P, &P::list>(
          {.section = "policy.override",
           .key = "list",
           .form = Form::text,
           .example = R"("news.example.org")",
           .documentation = "The List-Id of the mail that came back, without its angle brackets."}),
      option<P, &P::provider>(
          {.section = "policy.override",
           .key = "provider",
           .form = Form::text,
           .example = R"("google")",
           .documentation =
               "Who answered, as bounced why says it: a vendor's name, or the organisational domain of the "
               "server."}),
      option<P, &P::suppress>(
          {.section = "policy.override",
           .key = "suppress",
           .form = Form::word,
           .words = {"as usual", "never", "allowed"},
           .documentation =
               "never suppresses nobody whom the override is about, whatever bounces and whoever complains: "
               "the decision is noted as refused. allowed takes back the never of a less specific override, "
               "and as usual says nothing."}),
  };
  return rows;
}

}  // namespace bounced
