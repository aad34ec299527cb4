#include <algorithm>

#include "daemon/plain_text.hpp"
#include "daemon/summary/summary.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

constexpr std::size_t page_columns = 80;
// Rows of a list on the page; the rest is counted. The JSON form has all.
constexpr std::size_t rows_shown = 10;
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

void add_failed_runs(Page& page, const RunSummary& summary, int& number) {
  for (const auto& run : summary.runs) {
    if (run.error.empty()) continue;
    page.paragraph(" " + std::to_string(++number) + ". ",
                   "mailbox " + printable(run.mailbox) + " could not be read at " +
                       local_minute(run.ended_at) + ": " + printable(run.error));
  }
}

bool waits(const Wave& wave) { return wave.state == "open" || wave.held > 0; }

void add_waves(Page& page, const RunSummary& summary, int& number) {
  for (const auto& wave : summary.waves) {
    if (!waits(wave)) continue;
    const auto name = printable(wave.name);
    page.paragraph(" " + std::to_string(++number) + ". ",
                   counted(wave.held, "suppression is", "suppressions are") +
                       " held: " + (wave.kind == WaveKind::provider ? name : "“" + cut(name, 60) + "”") +
                       ", " + counted(wave.count, "address", "addresses") + " called dead from " +
                       local_minute(wave.first_at) + " to " + local_minute(wave.last_at) +
                       "; usual within the "
                       "breaker's window: at most " +
                       grouped(wave.usual));
    const auto sample = printable(wave.sample);
    if (!sample.empty()) page.paragraph("    “", sample + "”", sample_lines);
    const auto id = std::to_string(wave.id);
    page.paragraph("    → ", std::string("real: bounced review release ").append(id) +
                                 "; their failure: bounced review discard " + id);
  }
}

void add_decided_waves(Page& page, const RunSummary& summary) {
  for (const auto& wave : summary.waves)
    if (!waits(wave))
      page.paragraph("  · ", "wave " + std::to_string(wave.id) + " of " + cut(printable(wave.name), 60) +
                                 " (" + counted(wave.count, "address", "addresses") + ") was " + wave.state);
}

void add_issue(Page& page, const OperatorIssue& issue, int& number) {
  const auto who = issue.provider.empty() ? std::string("somebody") : printable(issue.provider);
  page.paragraph(" " + std::to_string(++number) + ". ",
                 who + ": " + std::string(facts(issue.reason).meaning) + " (" +
                     std::string(to_string(issue.reason)) + "), " + counted(issue.count, "reply", "replies") +
                     ", last " + local_minute(issue.last_seen));
  const auto sample = printable(issue.sample_text);
  if (!sample.empty()) page.paragraph("    “", sample + "”", sample_lines);
  const auto remedy = printable(issue.remedy);
  if (!remedy.empty()) page.paragraph("    → ", remedy);
  const auto url = printable(issue.remedy_url);
  if (!url.empty()) page.paragraph("      ", url);
}

/// True when something stands there.
bool add_needs(Page& page, const RunSummary& summary) {
  int number = 0;
  const bool failed = std::any_of(summary.runs.begin(), summary.runs.end(),
                                  [](const RunRecord& run) { return !run.error.empty(); });
  const bool waiting = std::any_of(summary.waves.begin(), summary.waves.end(), waits);
  if (!failed && !waiting && summary.issues.empty() && summary.quarantined == 0) return false;
  page.heading("WHAT NEEDS YOU");
  add_failed_runs(page, summary, number);
  add_waves(page, summary, number);
  const auto shown = std::min(summary.issues.size(), rows_shown);
  for (std::size_t i = 0; i < shown; ++i) add_issue(page, summary.issues[i], number);
  if (summary.issues.size() > shown)
    page.paragraph(
        "    ", "and " + counted(static_cast<long long>(summary.issues.size() - shown), "issue", "issues") +
                    " more: bounced issues list");
  if (summary.quarantined > 0)
    page.paragraph(" " + std::to_string(++number) + ". ", counted(summary.quarantined, "mail", "mails") +
                                                              " could not be read and went to quarantine");
  return true;
}

void add_changes(Page& page, const RunSummary& summary) {
  const bool decided =
      std::any_of(summary.waves.begin(), summary.waves.end(), [](const Wave& wave) { return !waits(wave); });
  if (summary.new_suppressions == 0 && summary.ended_suppressions == 0 && !decided) return;
  page.heading("WHAT CHANGED");
  page.paragraph("  ", counted(summary.new_suppressions, "address", "addresses") + " suppressed, " +
                           grouped(summary.ended_suppressions) + " mailed again; " +
                           grouped(summary.active_suppressions) + " suppressed in all");
  add_counts(page, summary.suppressions_by_reason, true);
  add_decided_waves(page, summary);
  const auto shown = std::min(summary.sample_suppressions.size(), rows_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& row = summary.sample_suppressions[i];
    page.paragraph("  · ", printable(row.address) + "  " + std::string(to_string(row.reason)));
    const auto reply = printable(row.diagnostic);
    if (!reply.empty()) page.paragraph("      ", reply, 2);
  }
  if (summary.new_suppressions > static_cast<std::int64_t>(shown))
    page.paragraph("    ", "all of them: bounced suppressions list");
}

void add_providers(Page& page, const RunSummary& summary) {
  if (summary.by_provider.empty()) return;
  page.heading("WHO REFUSED");
  add_counts(page, summary.by_provider, false);
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
  auto line = counted(summary.mails, "mail", "mails") + " read, " +
              counted(summary.events, "report about an address", "reports about addresses") + ", " +
              grouped(summary.new_suppressions) + " newly suppressed.";
  return needs_you ? line : line + " Nothing needs you.";
}

}  // namespace

std::int64_t sum_of(const std::vector<CountBy>& counts) {
  std::int64_t sum = 0;
  for (const auto& row : counts) sum += row.count;
  return sum;
}

std::string summary_text(const RunSummary& summary) {
  Page needs, rest;
  const bool needs_you = add_needs(needs, summary);
  add_changes(rest, summary);
  add_providers(rest, summary);
  add_lists(rest, summary);
  add_retries(rest, summary);
  add_distrusted(rest, summary);
  add_rest(rest, summary);
  Page top;
  top.paragraph("", "Bounces from " + local_minute(summary.from) + " to " + local_minute(summary.until));
  top.paragraph("", verdict_line(summary, needs_you));
  return top.take() + needs.take() + rest.take();
}

}  // namespace bounced
