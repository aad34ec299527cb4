// The summary as one HTML file: no scripts, no remote parts, nothing that a mail program would take away and
// leave the page unreadable. Simple blocks and tables; what matters for reading is inline style or plain
// HTML, the style sheet only adds colours and the dark form. All text from outside goes through html_escaped.
#include <algorithm>

#include "daemon/plain_text.hpp"
#include "daemon/summary/html_chart.hpp"
#include "daemon/summary/needs.hpp"
#include "daemon/summary/summary.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

// Rows of a list on the page; the rest is counted. The JSON form has all.
constexpr std::size_t rows_shown = 15, bars_shown = 8;
// Needs with their sample and remedy; more of them are a line or two each, and more than these are counted.
constexpr std::size_t needs_explained = 8, needs_shown = 25;
constexpr std::size_t sample_bytes = 400;  // of a reply; all of it stands in the database
constexpr std::size_t name_columns = 60;   // of a provider, a list, a wording

constexpr std::string_view style = R"(
:root{color-scheme:light dark}
body{margin:0;padding:0;background:#f4f5f7;color:#1d2430;
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:720px;margin:0 auto;padding:20px 16px 40px}
h1{font-size:22px;line-height:1.25;margin:0 0 4px}
h2{font-size:17px;margin:0 0 10px}
p{margin:0 0 10px}
section{background:#fff;border:1px solid #dde1e7;border-radius:8px;padding:16px 18px;margin:0 0 14px}
.needs{border-left:5px solid #b3261e}
.calm{border-left:5px solid #2e7d46}
.lead{font-size:16px;color:#4a5464;margin-bottom:16px}
.figures{width:100%;border-collapse:separate;border-spacing:0;margin:0 0 14px}
.figures td{background:#fff;border:1px solid #dde1e7;padding:10px 12px;width:25%;vertical-align:top}
.figures b{display:block;font-size:22px;line-height:1.2}
.figures span,.quiet{color:#5a6474;font-size:13px}
ol,ul{margin:0;padding-left:22px}
li{margin:0 0 10px;overflow-wrap:anywhere}
.words{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;background:#f0f2f5;
border-radius:4px;padding:6px 8px;margin:6px 0;overflow-wrap:anywhere}
table.list{width:100%;border-collapse:collapse;margin:0 0 6px}
table.list caption{text-align:left;color:#5a6474;font-size:13px;padding:0 0 4px}
table.list th,table.list td{text-align:left;padding:5px 8px 5px 0;border-bottom:1px solid #e6e9ee;
vertical-align:top;overflow-wrap:anywhere;font-weight:normal}
table.list thead th{color:#5a6474;font-size:13px;border-bottom:1px solid #c6ccd5}
table.list .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding-right:14px}
.warn{color:#9a5b00;font-weight:600}.stop{color:#b3261e;font-weight:600}.good{color:#256b3a}
table.list tbody th{width:34%}
a{color:#1a5fa8}
.chart{display:block;margin:4px 0 12px}
@media (max-width:520px){main{padding:14px 10px 30px}section{padding:13px 13px}.figures td{display:block;
width:auto;border-bottom:0}.figures tr td:last-child{border-bottom:1px solid #dde1e7}
.figures b{display:inline;margin-right:6px}.chart text{font-size:19px}.wide{display:none}}
@media (prefers-color-scheme:dark){body{background:#14181e;color:#e4e8ee}
section,.figures td{background:#1c222b;border-color:#333c49}
.figures tr td:last-child{border-color:#333c49}.needs{border-left-color:#f2857c}
.calm{border-left-color:#6cc48a}
.lead,.figures span,.quiet,table.list caption,table.list thead th{color:#a5afbd}
.words{background:#262e39}table.list th,table.list td{border-color:#2f3744}a{color:#83b9f2}
.warn{color:#f0b45c}.stop{color:#f2857c}.good{color:#7fcf9a}.bar{fill:#5f9bd8}.usual{fill:#f0a25c}}
)";

/// Escaped, with places where a narrow column may break a name.
std::string shown(std::string_view text, std::size_t columns = name_columns) {
  std::string out;
  for (const char c : html_escaped(cut(printable(text), columns))) {
    out += c;
    if (c == '_' || c == '.' || c == '@') out += "<wbr>";
  }
  return out;
}

std::string words(std::string_view text) {
  if (text.empty()) return {};
  return "<div class=\"words\">" + html_escaped(cut(printable(text), sample_bytes)) + "</div>\n";
}

std::string paragraph(std::string_view html) { return "<p>" + std::string(html) + "</p>\n"; }
std::string quiet(std::string_view html) { return "<p class=\"quiet\">" + std::string(html) + "</p>\n"; }

std::string section(std::string_view heading, const std::string& content, std::string_view kind = "") {
  if (content.empty()) return {};
  return "<section" + (kind.empty() ? "" : " class=\"" + std::string(kind) + "\"") + ">\n<h2>" +
         std::string(heading) + "</h2>\n" + content + "</section>\n";
}

std::string more_than(std::size_t shown_rows, std::size_t all) {
  return all > shown_rows ? quiet("and " + grouped(static_cast<long long>(all - shown_rows)) + " more") : "";
}

std::string known(std::int64_t number) { return number < 0 ? "–" : grouped(number); }

std::string meaning_of(std::string_view reason) {
  const auto found = reason_named(reason);
  return found ? std::string(facts(*found).meaning) : "";
}

/// A table whose first column is a number; a head that begins with + is of a column that phones leave out.
/// `rows` are finished cells, without the row's own tags.
std::string table(std::string_view caption, const std::vector<std::string_view>& heads,
                  const std::vector<std::string>& rows) {
  if (rows.empty()) return {};
  std::string out = "<table class=\"list\">\n<caption>" + std::string(caption) + "</caption>\n<thead><tr>";
  for (std::size_t i = 0; i < heads.size(); ++i)
    out += "<th scope=\"col\"" +
           std::string(i == 0                      ? " class=\"n\" align=\"right\""
                       : heads[i].starts_with('+') ? " class=\"wide\""
                                                   : "") +
           ">" + std::string(heads[i].substr(heads[i].starts_with('+') ? 1 : 0)) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) out += "<tr>" + row + "</tr>\n";
  return out + "</tbody>\n</table>\n";
}

std::string number_cell(std::int64_t number) {
  return "<td class=\"n\" align=\"right\">" + grouped(number) + "</td>";
}
std::string head_cell(const std::string& html) {
  return "<th scope=\"row\" align=\"left\">" + html + "</th>";
}
std::string cell(const std::string& html) { return "<td>" + html + "</td>"; }
std::string wide_cell(const std::string& html) { return "<td class=\"wide\">" + html + "</td>"; }

std::string link(const std::string& url) {
  const bool safe = url.starts_with("https://") || url.starts_with("http://");
  const auto text = html_escaped(url);
  return safe ? "<a href=\"" + text + "\" rel=\"noreferrer\">" + text + "</a>" : text;
}

std::string needs_html(const std::vector<Need>& needs) {
  if (needs.empty()) return {};
  std::string out = "<ol>\n";
  const auto many = std::min(needs.size(), needs_shown);
  for (std::size_t i = 0; i < many; ++i) {
    const Need& need = needs[i];
    out += "<li><strong>" + html_escaped(cut(need.what, sample_bytes)) + "</strong>";
    if (!need.detail.empty())
      out += "<div class=\"quiet\">" + html_escaped(cut(need.detail, sample_bytes)) + "</div>";
    out += "\n";
    if (i < needs_explained) {
      out += words(need.sample);
      for (const auto& step : need.steps)
        out += "<div>→ " + html_escaped(cut(step, sample_bytes)) + "</div>\n";
      if (!need.url.empty()) out += "<div>" + link(cut(need.url, sample_bytes)) + "</div>\n";
    }
    out += "</li>\n";
  }
  return out + "</ol>\n" + more_than(many, needs.size());
}

std::string figure(std::int64_t number, std::string_view what, const std::string& beside) {
  return "<td><b>" + grouped(number) + "</b> " + std::string(what) +
         (beside.empty() ? "" : " <span>" + beside + "</span>") + "</td>";
}

std::string figures_html(const RunSummary& summary) {
  if (summary.mails == 0 && summary.events == 0) return {};
  const auto usual = summary.usual_events.median_28 >= 0  ? "usual " + grouped(summary.usual_events.median_28)
                     : summary.usual_events.median_7 >= 0 ? "usual " + grouped(summary.usual_events.median_7)
                                                          : "";
  return "<table class=\"figures\" role=\"presentation\" width=\"100%\" cellpadding=\"8\"><tr>" +
         figure(summary.events, "reports", usual) +
         figure(summary.new_suppressions, "suppressed", grouped(summary.active_suppressions) + " in all") +
         figure(summary.permanent_not_suppressed, "saved", "a 5xx, but not about the address") +
         figure(summary.retries_pending, "to mail again", grouped(summary.retries_due) + " due") +
         "</tr></table>\n";
}

std::string rates_html(const RunSummary& summary) {
  if (summary.sent <= 0) return {};
  std::vector<std::string> rows;
  for (const Rate& rate : rates_of(summary))
    rows.push_back(
        number_cell(rate.count) + head_cell(std::string(rate.name) + ", " + std::string(rate.whose)) +
        cell("<span class=\"" + std::string(rate.state) + "\">" + percent_text(rate.percent) + "</span>") +
        cell(line_text(rate.warn) + " / " + line_text(rate.stop)));
  return table("of " + grouped(summary.sent) + " mails sent", {"count", "what", "rate", "lines"}, rows);
}

std::string samples_html(const RunSummary& summary) {
  constexpr std::size_t of_reason = 4;
  std::string items;
  std::size_t all = 0;
  for (const auto& reason : summary.suppressions_by_reason) {
    std::size_t of_this = 0;
    for (const auto& row : summary.sample_suppressions) {
      if (to_string(row.reason) != reason.key || of_this == of_reason || all == rows_shown) continue;
      ++of_this;
      ++all;
      items += "<li>" + shown(row.address, 100) + " <span class=\"quiet\">" + shown(to_string(row.reason)) +
               ", " + html_escaped(local_minute(row.decided_at)) + "</span>" +
               words(cut(printable(row.diagnostic), 200)) + "</li>\n";
    }
  }
  if (items.empty()) return {};
  return quiet("Of each reason the newest; all of them: <code>bounced suppressions list</code>") + "<ul>\n" +
         items + "</ul>\n";
}

std::string acts_html(const RunSummary& summary) {
  std::vector<std::string> rows;
  const auto many = std::min(summary.acts.size(), rows_shown);
  for (std::size_t i = 0; i < many; ++i) {
    const auto& one = summary.acts[i];
    rows.push_back(number_cell(one.addresses) + head_cell(shown(one.act.what) + " by " + shown(one.act.who)) +
                   wide_cell(html_escaped(local_minute(one.act.at))) + cell(shown(one.act.why, 200)));
  }
  return table("what people did", {"addresses", "what", "+when", "why"}, rows) +
         more_than(many, summary.acts.size());
}

std::string soft_html(const RunSummary& summary) {
  std::vector<std::string> rows;
  const auto many = std::min(summary.sample_soft.size(), rows_shown / 3);
  for (std::size_t i = 0; i < many; ++i) {
    const auto& one = summary.sample_soft[i];
    rows.push_back("<td class=\"n\" align=\"right\">" + std::to_string(one.counted) + " of " +
                   std::to_string(one.threshold) + "</td>" + head_cell(shown(one.address, 80)) +
                   cell(shown(to_string(one.reason))));
  }
  return table("one more failure suppresses them", {"counted", "address", "reason"}, rows) +
         more_than(many, static_cast<std::size_t>(summary.soft_near_limit));
}

std::string reasons_table(std::string_view caption, const std::vector<CountBy>& counts) {
  std::vector<std::string> rows;
  const auto many = std::min(counts.size(), rows_shown);
  for (std::size_t i = 0; i < many; ++i)
    rows.push_back(number_cell(counts[i].count) + head_cell(shown(counts[i].key)) +
                   cell(html_escaped(meaning_of(counts[i].key))));
  return table(caption, {"count", "reason", "meaning"}, rows) + more_than(many, counts.size());
}

std::string changes_html(const RunSummary& summary) {
  std::string out;
  if (summary.new_suppressions > 0 || summary.ended_suppressions > 0)
    out += paragraph(counted(summary.new_suppressions, "address", "addresses") + " suppressed, " +
                     grouped(summary.ended_suppressions) + " mailed again" +
                     (summary.expired_suppressions > 0
                          ? " (" + grouped(summary.expired_suppressions) + " by expiry)"
                          : "") +
                     "; " + grouped(summary.active_suppressions) + " suppressed in all.");
  out += reasons_table("new suppressions by reason", summary.suppressions_by_reason) + samples_html(summary);
  for (const auto& wave : summary.waves)
    if (!waits(wave))
      out +=
          paragraph("Wave " + std::to_string(wave.id) + " of " + shown(wave.name) + " (" +
                    counted(wave.count, "address", "addresses") + ") was " + html_escaped(wave.state) + ".");
  return out + acts_html(summary) + soft_html(summary);
}

std::string provider_name(std::string_view key) { return key.empty() ? "(not said)" : std::string(key); }

std::string providers_html(const RunSummary& summary) {
  std::vector<Bar> bars;
  std::vector<std::string> rows;
  const auto many = std::min(summary.by_provider.size(), rows_shown);
  for (std::size_t i = 0; i < many; ++i) {
    const auto& one = summary.by_provider[i];
    const auto* figures = i < summary.providers.size() ? &summary.providers[i] : nullptr;
    const Trend usual = figures == nullptr ? Trend{} : figures->usual;
    if (bars.size() < bars_shown)
      bars.push_back(
          {provider_name(one.key), one.count, usual.median_28 >= 0 ? usual.median_28 : usual.median_7});
    std::string reasons;
    if (figures != nullptr)
      for (const auto& reason : figures->reasons)
        reasons += (reasons.empty() ? "" : ", ") + shown(reason.key) + " " + grouped(reason.count);
    rows.push_back(number_cell(one.count) + head_cell(shown(provider_name(one.key))) +
                   cell((is_unusual(one.count, usual.median_28 >= 0 ? usual.median_28 : usual.median_7)
                             ? "<span class=\"warn\">unusual</span> "
                             : "") +
                        known(usual.median_7) + " / " + known(usual.median_28)) +
                   wide_cell(reasons));
  }
  if (rows.empty()) return {};
  return bar_chart(
             "providers", "Reports by provider",
             "Bars of the providers with most reports; an upright mark is what is usual. The table below "
             "has the same figures.",
             bars) +
         table("reports by provider", {"reports", "provider", "usual, 7 / 28 days", "+top reasons"}, rows) +
         more_than(many, summary.by_provider.size());
}

std::string lists_html(const RunSummary& summary) {
  std::vector<std::string> rows;
  bool any = false;
  const auto many = std::min(summary.by_list.size(), rows_shown);
  for (std::size_t i = 0; i < many; ++i) {
    any = any || !summary.by_list[i].key.empty();
    rows.push_back(number_cell(summary.by_list[i].count) +
                   head_cell(summary.by_list[i].key.empty() ? "(no list)" : shown(summary.by_list[i].key)));
  }
  return any ? table("reports by list", {"reports", "list"}, rows) + more_than(many, summary.by_list.size())
             : "";
}

std::string retries_html(const RunSummary& summary) {
  std::string out;
  if (summary.retries_pending > 0)
    out += paragraph(counted(summary.retries_pending, "address", "addresses") + " to mail again, " +
                     grouped(summary.retries_due) + " of them due: <code>bounced retries --due</code>");
  if (summary.slowdowns.empty()) return out;
  out += "<ul>\n";
  for (const auto& slow : summary.slowdowns)
    out += "<li>send to " + shown(slow.provider) + " more slowly until " +
           html_escaped(local_minute(slow.until)) + " (" + shown(to_string(slow.reason)) + ", " +
           counted(slow.count, "reply", "replies") + ")</li>\n";
  return out + "</ul>\n";
}

std::string mail_html(const RunSummary& summary) {
  std::string out;
  const auto distrusted = sum_of(summary.distrusted);
  if (distrusted > 0) {
    std::vector<std::string> rows;
    for (const auto& cause : summary.distrusted)
      if (rows.size() < rows_shown)
        rows.push_back(number_cell(cause.count) + head_cell(shown(cause.key, 120)));
    out += table("forged or backscatter: decided nothing", {"reports", "cause"}, rows);
  }
  if (summary.unknown_templates > 0)
    out += paragraph(counted(summary.unknown_templates, "wording", "wordings") +
                     " that no rule knows: <code>bounced rules suggest</code> begins rules for them");
  if (summary.unrecognised > 0)
    out += paragraph(counted(summary.unrecognised, "mail was", "mails were") + " not recognised as a bounce");
  if (summary.duplicates > 0)
    out += paragraph(counted(summary.duplicates, "mail", "mails") + " had been counted before");
  if (summary.issues_closed > 0 || summary.issues_muted > 0)
    out += paragraph(counted(summary.issues_closed, "issue was", "issues were") + " closed, " +
                     grouped(summary.issues_muted) + " muted");
  return out;
}

std::string mailboxes_html(const RunSummary& summary) {
  std::vector<std::string> rows;
  for (const auto& one : summary.mailboxes) {
    auto health = one.failed > 0 ? "<span class=\"warn\">" + grouped(one.failed) + " failed</span>" +
                                       words(cut(printable(one.last_error), 200))
                                 : std::string("<span class=\"good\">well</span>");
    if (one.quarantined > 0) health += ", " + grouped(one.quarantined) + " to quarantine";
    rows.push_back(number_cell(one.passes) + head_cell(shown(one.mailbox)) +
                   cell(one.last_good > 0 ? html_escaped(local_minute(one.last_good)) : "never") +
                   cell(health));
  }
  return table("passes in the range", {"passes", "mailbox", "last read well", "health"}, rows);
}

}  // namespace

std::string summary_html(const RunSummary& summary) {
  const auto needs = needs_of(summary);
  const bool nothing = summary.mails == 0 && summary.events == 0;
  const auto title = summary_subject(summary);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
      html_escaped(title) + "</title>\n<style>" + std::string(style) +
      "</style>\n</head>\n<body>\n<main>\n<h1>" + html_escaped(title) + "</h1>\n<p class=\"lead\">" +
      html_escaped(local_minute(summary.from)) + " to " + html_escaped(local_minute(summary.until)) +
      (nothing ? ". No mail came." : ". " + counted(summary.mails, "mail", "mails") + " read.") + "</p>\n";
  out += figures_html(summary);
  out += needs.empty() ? section("Nothing needs you",
                                 quiet("Nothing is broken, and nothing waits for your word."), "calm")
                       : section("What needs you", needs_html(needs), "needs");
  out += section("Against the lines", rates_html(summary));
  out += section("What changed", changes_html(summary));
  out += section("Who refused", providers_html(summary));
  out += section("Why", reasons_table("reports by reason", summary.by_reason));
  out += section("Lists", lists_html(summary)) + section("To mail again", retries_html(summary));
  out += section("Other mail", mail_html(summary)) + section("Mailboxes", mailboxes_html(summary));
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace bounced
