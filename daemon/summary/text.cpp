#include <algorithm>

#include "daemon/plain_text.hpp"
#include "daemon/summary/needs.hpp"
#include "daemon/summary/summary.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

constexpr std::size_t page_columns = 80;
// Rows of a list on the page; the rest is counted. The JSON form has all.
constexpr std::size_t rows_shown = 10;
// Needs with their sample and remedy; more of them are a line or two each, and more than these are counted.
constexpr std::size_t needs_explained = 8, needs_shown = 25;
// Samples of one reason.
constexpr std::size_t samples_of_reason = 3;
// Lines of one sample text.
constexpr std::size_t sample_lines = 3;

class Page {
 public:
  void heading(std::string_view text) { out_ += "\n" + std::string(text) + "\n"; }
  /// Text, wrapped; lines after the first are indented like the text behind `mark`.
  void paragraph(std::string_view mark, std::string_view text, std::size_t most_lines = SIZE_MAX) {
    const auto margin = display_width(mark);
    auto lines = wrapped(text, page_columns - margin);
    if (lines.size() > most_lines) {
      lines.resize(most_lines);
      lines.back() = cut(lines.back(), page_columns - margin - 2) + " …";
    }
    for (std::size_t i = 0; i < lines.size(); ++i)
      out_ += (i == 0 ? std::string(mark) : std::string(margin, ' ')) + lines[i] + "\n";
  }
  /// "   1,234  user_unknown          the mailbox does not exist"
  void count(std::int64_t number, std::string_view key, std::string_view meaning = "") {
    const auto digits = grouped(number);
    auto line = std::string(digits.size() < 9 ? 9 - digits.size() : 0, ' ') + digits + "  ";
    line += meaning.empty() ? std::string(key) : fitted(key, 24) + std::string(meaning);
    line = cut(line, page_columns);
    while (line.ends_with(' ')) line.pop_back();
    out_ += line + "\n";
  }
  void more(std::size_t shown, std::size_t all) {
    if (all > shown) out_ += "           and " + grouped(static_cast<long long>(all - shown)) + " more\n";
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string meaning_of(std::string_view reason) {
  const auto found = reason_named(reason);
  return found ? std::string(facts(*found).meaning) : "";
}

void add_counts(Page& page, const std::vector<CountBy>& counts, bool reasons) {
  const auto shown = std::min(counts.size(), rows_shown);
  for (std::size_t i = 0; i < shown; ++i)
    page.count(counts[i].count, printable(counts[i].key), reasons ? meaning_of(counts[i].key) : "");
  page.more(shown, counts.size());
}

void add_decided_waves(Page& page, const RunSummary& summary) {
  for (const auto& wave : summary.waves)
    if (!waits(wave))
      page.paragraph("  · ", "wave " + std::to_string(wave.id) + " of " + cut(printable(wave.name), 60) +
                                 " (" + counted(wave.count, "address", "addresses") + ") was " + wave.state);
}

/// True when something stands there.
bool add_needs(Page& page, const RunSummary& summary) {
  const auto needs = needs_of(summary);
  if (needs.empty()) return false;
  page.heading("WHAT NEEDS YOU");
  const auto shown = std::min(needs.size(), needs_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Need& need = needs[i];
    const auto mark = (i + 1 < 10 ? " " : "") + std::to_string(i + 1) + ". ";
    const auto line = need.detail.empty() ? need.what : need.what + " – " + need.detail;
    page.paragraph(mark, line, i < needs_explained ? SIZE_MAX : 2);
    if (i >= needs_explained) continue;
    if (!need.sample.empty()) page.paragraph("    “", need.sample + "”", sample_lines);
    for (const auto& step : need.steps) page.paragraph("    → ", step);
    if (!need.url.empty()) page.paragraph("      ", need.url);
  }
  if (needs.size() > shown)
    page.paragraph("    ", "and " + grouped(static_cast<long long>(needs.size() - shown)) +
                               " more: bounced issues list");
  return true;
}

void add_rates(Page& page, const RunSummary& summary) {
  if (summary.sent <= 0) return;
  page.heading("OF " + grouped(summary.sent) + " MAILS SENT");
  for (const Rate& rate : rates_of(summary)) {
    const auto mark = std::string(rate.state == "good" ? "  · " : "  ! ");
    page.paragraph(mark, percent_text(rate.percent) + " " + std::string(rate.name) + " (" +
                             grouped(rate.count) + "); the lines of " + std::string(rate.whose) + ": " +
                             line_text(rate.warn) + " and " + line_text(rate.stop));
  }
}

void add_acts(Page& page, const RunSummary& summary) {
  const auto shown = std::min(summary.acts.size(), rows_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& one = summary.acts[i];
    auto line = local_minute(one.act.at) + " " + printable(one.act.who) + ": " + printable(one.act.what);
    if (one.addresses > 0) line += ", " + counted(one.addresses, "address", "addresses");
    const auto why = printable(one.act.why);
    page.paragraph("  · ", why.empty() ? line : line + " – " + why, 2);
  }
  page.more(shown, summary.acts.size());
}

void add_soft(Page& page, const RunSummary& summary) {
  if (summary.soft_near_limit == 0) return;
  page.paragraph("  ", counted(summary.soft_near_limit, "address", "addresses") +
                           " will be suppressed by one more failure:");
  const auto shown = std::min(summary.sample_soft.size(), rows_shown / 2);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& one = summary.sample_soft[i];
    page.paragraph("  · ", printable(one.address) + "  " + std::string(to_string(one.reason)) + ", " +
                               std::to_string(one.counted) + " of " + std::to_string(one.threshold));
  }
  page.more(shown, static_cast<std::size_t>(summary.soft_near_limit));
}

/// Each reason with its newest samples.
void add_suppressed(Page& page, const RunSummary& summary) {
  const auto reasons = std::min(summary.suppressions_by_reason.size(), rows_shown);
  for (std::size_t i = 0; i < reasons; ++i) {
    const auto& reason = summary.suppressions_by_reason[i];
    page.count(reason.count, printable(reason.key), meaning_of(reason.key));
    std::size_t shown = 0;
    for (const auto& row : summary.sample_suppressions) {
      if (to_string(row.reason) != reason.key || shown == samples_of_reason) continue;
      ++shown;
      page.paragraph("         · ", printable(row.address), 2);
      const auto reply = printable(row.diagnostic);
      if (!reply.empty()) page.paragraph("           ", reply, 2);
    }
  }
  page.more(reasons, summary.suppressions_by_reason.size());
  if (summary.new_suppressions > 0) page.paragraph("           ", "all of them: bounced suppressions list");
}

void add_changes(Page& page, const RunSummary& summary) {
  const bool decided =
      std::any_of(summary.waves.begin(), summary.waves.end(), [](const Wave& wave) { return !waits(wave); });
  if (summary.new_suppressions == 0 && summary.ended_suppressions == 0 && !decided &&
      summary.soft_near_limit == 0 && summary.acts.empty())
    return;
  page.heading("WHAT CHANGED");
  page.paragraph("  ", counted(summary.new_suppressions, "address", "addresses") + " suppressed, " +
                           grouped(summary.ended_suppressions) + " mailed again" +
                           (summary.expired_suppressions > 0
                                ? " (" + grouped(summary.expired_suppressions) + " by expiry)"
                                : "") +
                           "; " + grouped(summary.active_suppressions) + " suppressed in all");
  add_suppressed(page, summary);
  add_decided_waves(page, summary);
  add_acts(page, summary);
  add_soft(page, summary);
}

/// What is usual: the median of 28 days, of 7 where the database is younger; -1 = not known.
std::int64_t usual_of(const Trend& trend) { return trend.median_28 >= 0 ? trend.median_28 : trend.median_7; }

/// "1,300  microsoft               usual 120; ip_blocked 1,214, user_unknown 40"
void add_providers(Page& page, const RunSummary& summary) {
  if (summary.by_provider.empty()) return;
  page.heading("WHO REFUSED");
  const auto shown = std::min(summary.by_provider.size(), rows_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& row = summary.by_provider[i];
    std::string beside;
    if (i < summary.providers.size()) {
      const auto usual = usual_of(summary.providers[i].usual);
      if (usual >= 0) beside = (is_unusual(row.count, usual) ? "! usual " : "usual ") + grouped(usual);
      for (const auto& reason : summary.providers[i].reasons)
        beside += (beside.empty()                                   ? ""
                   : &reason == summary.providers[i].reasons.data() ? "; "
                                                                    : ", ") +
                  printable(reason.key) + " " + grouped(reason.count);
    }
    page.count(row.count, row.key.empty() ? "(not said)" : printable(row.key), beside);
  }
  page.more(shown, summary.by_provider.size());
  if (summary.by_reason.empty()) return;
  page.heading("WHY");
  add_counts(page, summary.by_reason, true);
}

void add_lists(Page& page, const RunSummary& summary) {
  const bool any = std::any_of(summary.by_list.begin(), summary.by_list.end(),
                               [](const CountBy& row) { return !row.key.empty(); });
  if (!any) return;
  page.heading("LISTS");
  auto lists = summary.by_list;
  for (auto& row : lists)
    if (row.key.empty()) row.key = "(no list)";
  add_counts(page, lists, false);
}

void add_retries(Page& page, const RunSummary& summary) {
  if (summary.retries_pending == 0 && summary.slowdowns.empty()) return;
  page.heading("TO MAIL AGAIN");
  if (summary.retries_pending > 0)
    page.paragraph("  ", counted(summary.retries_pending, "address", "addresses") + " to mail again, " +
                             grouped(summary.retries_due) + " of them now: bounced retries --due");
  for (const auto& slow : summary.slowdowns)
    page.paragraph("  · ", "send to " + printable(slow.provider) + " more slowly until " +
                               local_minute(slow.until) + " (" + std::string(to_string(slow.reason)) + ", " +
                               counted(slow.count, "reply", "replies") + ")");
}

void add_distrusted(Page& page, const RunSummary& summary) {
  const auto all = sum_of(summary.distrusted);
  if (all == 0) return;
  page.heading("FORGED OR BACKSCATTER: " + grouped(all));
  page.paragraph("  ", counted(all, "report about an address is", "reports about addresses are") +
                           " not sure enough to be about your mail, and decided nothing:");
  add_counts(page, summary.distrusted, false);
}

void add_settled_issues(Page& page, const RunSummary& summary) {
  if (summary.issues_closed == 0 && summary.issues_muted == 0) return;
  page.heading("ISSUES THAT NEED NOBODY");
  page.paragraph("  ", counted(summary.issues_closed, "issue was", "issues were") +
                           " closed, by a person or because of silence; " + grouped(summary.issues_muted) +
                           " muted: bounced issues list --all");
}

/// Only what is worth a line: a mailbox whose passes all went well says so in one word.
void add_mailboxes(Page& page, const RunSummary& summary) {
  if (summary.mailboxes.empty()) return;
  page.heading("MAILBOXES");
  for (const auto& one : summary.mailboxes) {
    auto line = printable(one.mailbox) + ": " + counted(one.passes, "pass", "passes");
    if (one.failed > 0) line += ", " + grouped(one.failed) + " failed";
    if (one.quarantined > 0) line += ", " + grouped(one.quarantined) + " to quarantine";
    line += one.last_good > 0 ? ", last well at " + local_minute(one.last_good) : ", never well";
    page.paragraph("  · ", line);
    if (one.failed > 0 && !one.last_error.empty()) page.paragraph("      ", printable(one.last_error), 2);
  }
}

void add_rest(Page& page, const RunSummary& summary) {
  add_settled_issues(page, summary);
  if (summary.permanent_not_suppressed > 0) {
    page.heading("SAVED");
    page.paragraph("  ",
                   counted(summary.permanent_not_suppressed, "permanent refusal", "permanent refusals") +
                       " did not suppress anybody: the text blames something else than the address");
  }
  if (summary.unknown_templates > 0) {
    page.heading("REPLIES THAT NO RULE KNOWS");
    page.paragraph("  ", counted(summary.unknown_templates, "wording", "wordings") +
                             ": bounced rules suggest makes rules of them, for you to finish");
  }
  if (summary.unrecognised == 0 && summary.duplicates == 0) return;
  page.heading("MAIL THAT IS NO BOUNCE");
  if (summary.unrecognised > 0)
    page.paragraph("  ",
                   counted(summary.unrecognised, "mail was", "mails were") + " not recognised as a bounce");
  if (summary.duplicates > 0)
    page.paragraph("  ", counted(summary.duplicates, "mail", "mails") + " had been counted before");
}

std::string verdict_line(const RunSummary& summary, bool needs_you) {
  if (summary.mails == 0 && summary.events == 0)
    return needs_you ? "No mail was read." : "No mail came; nothing needs you.";
  const auto usual = usual_of(summary.usual_events);
  auto line = counted(summary.mails, "mail", "mails") + " read, " +
              counted(summary.events, "report about an address", "reports about addresses") +
              (usual >= 0 ? " (usual " + grouped(usual) + ")" : "") + ", " +
              grouped(summary.new_suppressions) + " newly suppressed.";
  return needs_you ? line : line + " Nothing needs you.";
}

}  // namespace

std::int64_t sum_of(const std::vector<CountBy>& counts) {
  std::int64_t sum = 0;
  for (const auto& row : counts) sum += row.count;
  return sum;
}

std::string summary_subject(const RunSummary& summary) {
  const auto needs = static_cast<long long>(needs_of(summary).size());
  const auto date = local_date(summary.until - 1);
  if (needs > 0) return "bounced, " + date + ": " + counted(needs, "thing needs", "things need") + " you";
  if (summary.mails == 0 && summary.events == 0) return "bounced, " + date + ": a quiet night";
  return "bounced, " + date + ": nothing needs you, " + grouped(summary.new_suppressions) + " suppressed";
}

std::string summary_text(const RunSummary& summary) {
  Page needs, rest;
  const bool needs_you = add_needs(needs, summary);
  add_rates(rest, summary);
  add_changes(rest, summary);
  add_providers(rest, summary);
  add_lists(rest, summary);
  add_retries(rest, summary);
  add_distrusted(rest, summary);
  add_rest(rest, summary);
  if (summary.mails > 0 || needs_you) add_mailboxes(rest, summary);
  Page top;
  top.paragraph("", "Bounces from " + local_minute(summary.from) + " to " + local_minute(summary.until));
  top.paragraph("", verdict_line(summary, needs_you));
  return top.take() + needs.take() + rest.take();
}

}  // namespace bounced
