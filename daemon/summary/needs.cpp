#include "daemon/summary/needs.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

constexpr std::size_t name_columns = 60;  // of a wording that names a wave

void add_mailboxes(const RunSummary& summary, std::vector<Need>& needs) {
  for (const auto& run : summary.runs) {
    if (run.error.empty()) continue;
    Need need;
    need.kind = NeedKind::mailbox;
    need.what = "mailbox " + printable(run.mailbox) + " could not be read at " + local_minute(run.ended_at);
    for (const auto& health : summary.mailboxes) {
      if (health.mailbox != run.mailbox) continue;
      if (health.passes > 1)
        need.detail = grouped(health.failed) + " of " + grouped(health.passes) + " passes failed, ";
      need.detail += health.last_good == 0 ? "it has never been read"
                                           : "last read well " + local_minute(health.last_good);
    }
    need.sample = printable(run.error);
    need.steps = {"try it: bounced doctor"};
    needs.push_back(std::move(need));
  }
}

void add_waves(const RunSummary& summary, std::vector<Need>& needs) {
  for (const auto& wave : summary.waves) {
    if (!waits(wave)) continue;
    Need need;
    need.kind = NeedKind::wave;
    const auto name = printable(wave.name);
    need.what = counted(wave.held, "suppression is", "suppressions are") +
                " held: " + (wave.kind == WaveKind::provider ? name : "“" + cut(name, name_columns) + "”");
    need.detail = counted(wave.count, "address", "addresses") + " called dead from " +
                  local_minute(wave.first_at) + " to " + local_minute(wave.last_at) +
                  "; usual within the breaker's window: at most " + grouped(wave.usual);
    need.sample = printable(wave.sample);
    const auto id = std::to_string(wave.id);
    need.steps = {"real: bounced review release " + id, "their failure: bounced review discard " + id};
    needs.push_back(std::move(need));
  }
}

void add_targets(const RunSummary& summary, std::vector<Need>& needs) {
  for (const auto& target : summary.failing_targets) {
    Need need;
    need.kind = NeedKind::target;
    need.what = "sync target " + printable(target.target) + " has not taken " +
                counted(target.waiting, "change", "changes") + " since " + local_minute(target.since);
    need.sample = printable(target.error);
    need.steps = {"look: bounced sync status"};
    needs.push_back(std::move(need));
  }
}

void add_unsent(const RunSummary& summary, std::vector<Need>& needs) {
  if (summary.unsent.empty()) return;
  const auto& last = summary.unsent.back();
  Need need;
  need.kind = NeedKind::sending;
  need.what = "the summary could not be sent " +
              counted(static_cast<long long>(summary.unsent.size()), "time", "times") + ", last " +
              local_minute(last.at) + " (night " + printable(last.night) + ", " + printable(last.way) + ")";
  need.sample = printable(last.error);
  need.steps = {"see [summary] in the settings; by hand: bounced summary --send"};
  needs.push_back(std::move(need));
}

void add_rates(const RunSummary& summary, std::vector<Need>& needs) {
  for (const Rate& rate : rates_of(summary)) {
    const bool stop = rate.state == "stop";
    if (!stop && rate.state != "warn") continue;
    Need need;
    need.kind = NeedKind::rate;
    need.what = percent_text(rate.percent) + " " + std::string(rate.name) + ": " + std::string(rate.whose) +
                " " + std::string(stop ? rate.stops : rate.warns) + " from " +
                line_text(stop ? rate.stop : rate.warn);
    need.detail = grouped(rate.count) + " of " + grouped(summary.sent) + " mails";
    need.steps = {rate.name == "bounces"
                      ? "find the list that they came from, and stop mailing its old part"
                      : "stop the mailing that they are about, and look who signed up how"};
    needs.push_back(std::move(need));
  }
}

Need need_of(const OperatorIssue& issue) {
  Need need;
  const auto who = issue.provider.empty() ? std::string("somebody") : printable(issue.provider);
  const auto shown = issue.in_range > 0 ? issue.in_range : issue.count;
  need.what = who + ": " + std::string(facts(issue.reason).meaning);
  need.detail =
      std::string(to_string(issue.reason)) + ", " + counted(shown, "reply", "replies") +
      (shown < issue.count ? " of " + grouped(issue.count) + " since " + local_date(issue.first_seen) : "") +
      ", last " + local_minute(issue.last_seen);
  need.sample = printable(issue.sample_text);
  const auto remedy = printable(issue.remedy);
  if (!remedy.empty()) need.steps.push_back(remedy);
  need.url = printable(issue.remedy_url);
  return need;
}

}  // namespace

bool is_unusual(std::int64_t count, std::int64_t usual) {
  constexpr std::int64_t times = 3, least = 20;
  return usual >= 0 && count >= least && count >= times * usual;
}

bool waits(const Wave& wave) { return wave.state == "open" || wave.held > 0; }

std::vector<Need> needs_of(const RunSummary& summary) {
  std::vector<Need> needs;
  add_mailboxes(summary, needs);
  add_waves(summary, needs);
  add_targets(summary, needs);
  add_unsent(summary, needs);
  add_rates(summary, needs);
  if (summary.quarantined > 0) {
    Need need;
    need.kind = NeedKind::quarantine;
    need.what = counted(summary.quarantined, "mail", "mails") + " could not be read and went to quarantine";
    need.steps = {"look into the quarantine folder; [limits] in the settings says what is too large"};
    needs.push_back(std::move(need));
  }
  for (const auto& issue : summary.issues) needs.push_back(need_of(issue));
  return needs;
}

std::vector<Rate> rates_of(const RunSummary& summary) {
  std::vector<Rate> rates{
      {"bounces", "Amazon SES", summary.hard_bounces, 0, 5, 10, "reviews accounts", "may pause accounts", ""},
      {"complaints", "Amazon SES", summary.complaints, 0, 0.1, 0.5, "reviews accounts", "may pause accounts",
       ""},
      {"complaints", "Gmail", summary.complaints, 0, 0.1, 0.3, "wants fewer", "refuses senders", ""}};
  for (Rate& rate : rates) {
    if (summary.sent <= 0) {
      rate.state = "unknown";
      continue;
    }
    rate.percent = 100.0 * static_cast<double>(rate.count) / static_cast<double>(summary.sent);
    rate.state = rate.percent >= rate.stop ? "stop" : rate.percent >= rate.warn ? "warn" : "good";
  }
  return rates;
}

std::string line_text(double percent) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%g %%", percent);
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

std::string percent_text(double percent) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.2f %%", percent);
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

}  // namespace bounced
