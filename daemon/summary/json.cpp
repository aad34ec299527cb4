#include <nlohmann/json.hpp>

#include "daemon/summary/summary.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

using Json = nlohmann::ordered_json;

Json counts(const std::vector<CountBy>& rows) {
  auto out = Json::array();
  for (const auto& row : rows) out.push_back({{"key", row.key}, {"count", row.count}});
  return out;
}

Json json_of(const OperatorIssue& issue) {
  return {{"id", issue.id},
          {"provider", issue.provider},
          {"vendor", issue.vendor},
          {"category", to_string(facts(issue.reason).category)},
          {"reason", to_string(issue.reason)},
          {"meaning", facts(issue.reason).meaning},
          {"count", issue.count},
          {"first_seen", rfc3339(issue.first_seen)},
          {"last_seen", rfc3339(issue.last_seen)},
          {"sample", issue.sample_text},
          {"remedy", issue.remedy},
          {"remedy_url", issue.remedy_url},
          {"rule", issue.rule}};
}

Json json_of(const Suppression& row) {
  return {{"address", row.address}, {"reason", to_string(row.reason)},
          {"status", row.status},   {"diagnostic", row.diagnostic},
          {"vendor", row.vendor},   {"rule", row.rule},
          {"source", row.source},   {"scope", to_string(row.kind_of_scope())},
          {"sender", row.scope},    {"decided_at", rfc3339(row.decided_at)}};
}

Json json_of(const Retry& row) {
  return {{"address", row.address},
          {"retry_after", rfc3339(row.retry_after)},
          {"attempts", row.attempts},
          {"reason", to_string(row.reason)},
          {"provider", row.provider}};
}

Json json_of(const ProviderSlowdown& row) {
  return {{"provider", row.provider},
          {"reason", to_string(row.reason)},
          {"since", rfc3339(row.since)},
          {"until", rfc3339(row.until)},
          {"count", row.count}};
}

Json json_of(const Wave& wave) {
  return {{"wave", wave.id},
          {"kind", to_string(wave.kind)},
          {"name", wave.name},
          {"state", wave.state == "open" ? "waiting" : wave.state},
          {"held", wave.held},
          {"count", wave.count},
          {"usual", wave.usual},
          {"first_at", rfc3339(wave.first_at)},
          {"last_at", rfc3339(wave.last_at)},
          {"sample", wave.sample}};
}

Json json_of(const RunRecord& run) {
  return {{"mailbox", run.mailbox},
          {"started_at", rfc3339(run.started_at)},
          {"ended_at", rfc3339(run.ended_at)},
          {"mails", run.mails},
          {"bounces", run.bounces},
          {"duplicates", run.duplicates},
          {"unrecognised", run.unrecognised},
          {"quarantined", run.quarantined},
          {"suppressed", run.suppressed},
          {"error", run.error}};
}

template <class Row>
Json list(const std::vector<Row>& rows) {
  auto out = Json::array();
  for (const auto& row : rows) out.push_back(json_of(row));
  return out;
}

}  // namespace

std::string summary_json(const RunSummary& summary) {
  const auto distrusted = sum_of(summary.distrusted);
  const Json page = {{"schema", 1},
                     {"from", rfc3339(summary.from)},
                     {"until", rfc3339(summary.until)},
                     {"mails", summary.mails},
                     {"events", summary.events},
                     {"unrecognised", summary.unrecognised},
                     {"quarantined", summary.quarantined},
                     {"duplicates", summary.duplicates},
                     {"unknown_templates", summary.unknown_templates},
                     {"distrusted", {{"events", distrusted}, {"by_cause", counts(summary.distrusted)}}},
                     {"waves", list(summary.waves)},
                     {"issues", list(summary.issues)},
                     {"issues_closed", summary.issues_closed},
                     {"issues_muted", summary.issues_muted},
                     {"suppressions",
                      {{"new", summary.new_suppressions},
                       {"ended", summary.ended_suppressions},
                       {"active", summary.active_suppressions},
                       {"by_reason", counts(summary.suppressions_by_reason)},
                       {"sample", list(summary.sample_suppressions)}}},
                     {"retries",
                      {{"pending", summary.retries_pending},
                       {"due", summary.retries_due},
                       {"sample", list(summary.sample_retries)}}},
                     {"slowdowns", list(summary.slowdowns)},
                     {"permanent_not_suppressed", summary.permanent_not_suppressed},
                     {"by_kind", counts(summary.by_kind)},
                     {"by_reason", counts(summary.by_reason)},
                     {"by_decision", counts(summary.by_advice)},
                     {"by_vendor", counts(summary.by_vendor)},
                     {"by_provider", counts(summary.by_provider)},
                     {"by_list", counts(summary.by_list)},
                     {"mailboxes", list(summary.runs)}};
  return page.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bounced
