#include <nlohmann/json.hpp>

#include "daemon/summary/needs.hpp"
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
          {"in_range", issue.in_range},
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

/// -1 stands for what is not known.
Json json_of(const Trend& usual) { return {{"median_7", usual.median_7}, {"median_28", usual.median_28}}; }

Json json_of(const ProviderFigures& row) {
  return {{"provider", row.provider},
          {"count", row.count},
          {"reasons", counts(row.reasons)},
          {"usual", json_of(row.usual)}};
}

Json json_of(const SoftCounter& row) {
  return {{"address", row.address},
          {"reason", to_string(row.reason)},
          {"counted", row.counted},
          {"threshold", row.threshold}};
}

Json json_of(const ActInSummary& row) {
  return {{"at", rfc3339(row.act.at)}, {"what", row.act.what},     {"who", row.act.who},
          {"why", row.act.why},        {"detail", row.act.detail}, {"addresses", row.addresses}};
}

Json json_of(const MailboxHealth& row) {
  auto object = json_of(row.last);
  object["passes"] = row.passes;
  object["failed"] = row.failed;
  object["quarantined_in_range"] = row.quarantined;
  object["unrecognised_in_range"] = row.unrecognised;
  object["last_good"] = rfc3339(row.last_good);
  object["last_error"] = row.last_error;
  return object;
}

Json json_of(const SendingFailure& row) {
  return {{"at", rfc3339(row.at)}, {"night", row.night}, {"way", row.way}, {"error", row.error}};
}

Json json_of(const TargetTrouble& row) {
  return {
      {"target", row.target}, {"error", row.error}, {"waiting", row.waiting}, {"since", rfc3339(row.since)}};
}

Json json_of(const Need& row) {
  return {{"kind", to_string(row.kind)}, {"what", row.what},   {"detail", row.detail},
          {"sample", row.sample},        {"steps", row.steps}, {"url", row.url}};
}

Json json_of(const Rate& row) {
  return {{"name", row.name},      {"whose", row.whose},    {"count", row.count}, {"percent", row.percent},
          {"warn_from", row.warn}, {"stop_from", row.stop}, {"state", row.state}};
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
  const Json page = {
      {"schema", 1},
      {"from", rfc3339(summary.from)},
      {"until", rfc3339(summary.until)},
      {"needs", list(needs_of(summary))},
      {"sent", summary.sent},
      {"rates", list(rates_of(summary))},
      {"mails", summary.mails},
      {"events", summary.events},
      {"usual_events", json_of(summary.usual_events)},
      {"hard_bounces", summary.hard_bounces},
      {"complaints", summary.complaints},
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
        {"expired", summary.expired_suppressions},
        {"active", summary.active_suppressions},
        {"by_reason", counts(summary.suppressions_by_reason)},
        {"sample", list(summary.sample_suppressions)}}},
      {"acts", list(summary.acts)},
      {"soft_near_limit", {{"addresses", summary.soft_near_limit}, {"sample", list(summary.sample_soft)}}},
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
      {"providers", list(summary.providers)},
      {"unsent", list(summary.unsent)},
      {"failing_targets", list(summary.failing_targets)},
      {"mailboxes", summary.mailboxes.empty() ? list(summary.runs) : list(summary.mailboxes)}};
  return page.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bounced
