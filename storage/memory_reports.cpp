#include "storage/memory_reports.hpp"

#include <algorithm>

#include "storage/kept_text.hpp"

namespace bounced {
namespace {

/// When there are too many unknown replies: the rarest goes, but not the one that has just come.
void forget_the_rarest_but(MemoryState& state, UndoList& undo, std::int64_t id) {
  if (state.unknown.size() <= unknown_templates_kept) return;
  const auto rarest =
      std::min_element(state.unknown.begin(), state.unknown.end(), [&](const auto& a, const auto& b) {
        const bool a_is_new = a.second.id == id, b_is_new = b.second.id == id;
        return std::tie(a_is_new, a.second.count, a.second.last_seen, a.second.id) <
               std::tie(b_is_new, b.second.count, b.second.last_seen, b.second.id);
      });
  const MemoryState::UnknownKey key = rarest->first;
  undo.keep(state.unknown, key);
  state.unknown.erase(key);
}

void note_report(MemoryState& state, UndoList& undo, const OperatorIssue& issue, std::int64_t count) {
  undo.keep(state.traces.issue_reports);
  state.traces.issue_reports.push_back(
      {issue.id, count, std::max(issue.reported_at, issue.last_seen), issue.last_seen});
}

void note_state(MemoryState& state, UndoList& undo, std::int64_t issue, const std::string& name,
                UnixSeconds at) {
  undo.keep(state.traces.issue_states);
  state.traces.issue_states.push_back({issue, at, name});
}

void note_unknown_report(MemoryState& state, UndoList& undo, const UnknownTemplate& known) {
  undo.keep(state.traces.unknown_reports);
  state.traces.unknown_reports.push_back({known.id, std::max(known.reported_at, known.last_seen), 0});
}

}  // namespace

void memory_report_issue(MemoryState& state, UndoList& undo, const OperatorIssue& occurrence) {
  const MemoryState::IssueKey key{occurrence.provider, occurrence.reason, occurrence.normalised_text};
  undo.keep(state.issues, key);
  const auto [entry, is_new] = state.issues.try_emplace(key, occurrence);
  OperatorIssue& issue = entry->second;
  if (is_new) {
    issue.id = static_cast<std::int64_t>(state.issues.size());
    issue.state = "open";
    note_report(state, undo, issue, occurrence.count);
    return;
  }
  if (occurrence.last_seen >= issue.last_seen) {
    issue.vendor = occurrence.vendor;
    issue.rule = occurrence.rule;
    issue.sample_text = occurrence.sample_text;
  }
  if (!occurrence.remedy.empty()) issue.remedy = occurrence.remedy;
  if (!occurrence.remedy_url.empty()) issue.remedy_url = occurrence.remedy_url;
  if (issue.state == "closed") issue.state_at = occurrence.reported_at;
  if (issue.state == "closed") note_state(state, undo, issue.id, "open", occurrence.reported_at);
  if (issue.state != "muted") issue.state = "open";
  issue.count += occurrence.count;
  issue.first_seen = std::min(issue.first_seen, occurrence.first_seen);
  issue.last_seen = std::max(issue.last_seen, occurrence.last_seen);
  issue.reported_at = std::max(issue.reported_at, occurrence.reported_at);
  note_report(state, undo, issue, occurrence.count);
}

void memory_slow_down(MemoryState& state, UndoList& undo, const ProviderSlowdown& slowdown) {
  const MemoryState::SlowdownKey key{slowdown.provider, slowdown.reason};
  undo.keep(state.slowdowns, key);
  const auto [entry, is_new] = state.slowdowns.try_emplace(key, slowdown);
  ProviderSlowdown& running = entry->second;
  if (!is_new) {
    const bool starts_afresh = slowdown.since > running.until;
    running.count = starts_afresh ? slowdown.count : running.count + slowdown.count;
    running.since = starts_afresh ? slowdown.since : std::min(running.since, slowdown.since);
    running.until = std::max(running.until, slowdown.until);
  }
  running.reported_at = 0;
  undo.keep(state.traces.slowdowns);
  state.traces.slowdowns.push_back(running);
  state.traces.slowdowns.back().reported_at =
      slowdown.reported_at != 0 ? slowdown.reported_at : slowdown.since;
}

bool memory_set_issue_state(MemoryState& state, UndoList& undo, std::int64_t id, const std::string& name,
                            UnixSeconds at) {
  for (auto& [key, issue] : state.issues) {
    if (issue.id != id || issue.state == name) continue;
    undo.keep(state.issues, key);
    issue.state = name;
    issue.state_at = at;
    note_state(state, undo, id, name, at);
    return true;
  }
  return false;
}

std::int64_t memory_close_quiet_issues(MemoryState& state, UndoList& undo, UnixSeconds quiet_since,
                                       UnixSeconds at) {
  std::int64_t closed = 0;
  for (auto& [key, issue] : state.issues) {
    if (issue.state != "open" || std::max(issue.last_seen, issue.reported_at) >= quiet_since) continue;
    undo.keep(state.issues, key);
    issue.state = "closed";
    issue.state_at = at;
    note_state(state, undo, issue.id, "closed", at);
    ++closed;
  }
  return closed;
}

void memory_note_unknown(MemoryState& state, UndoList& undo, const UnknownTemplate& occurrence) {
  const MemoryState::UnknownKey key{kept_text(occurrence.text, unknown_text_bytes), occurrence.vendor};
  undo.keep(state.unknown, key);
  std::int64_t newest = 0;
  for (const auto& [other_key, other] : state.unknown) newest = std::max(newest, other.id);
  const auto [entry, is_new] = state.unknown.try_emplace(key, occurrence);
  UnknownTemplate& known = entry->second;
  if (is_new) {
    known.id = newest + 1;
    known.text = key.first;
    known.samples.clear();
    note_unknown_report(state, undo, known);
    forget_the_rarest_but(state, undo, known.id);
  } else {
    known.count += occurrence.count;
    known.first_seen = std::min(known.first_seen, occurrence.first_seen);
    known.last_seen = std::max(known.last_seen, occurrence.last_seen);
    known.reported_at = std::max(known.reported_at, occurrence.reported_at);
    note_unknown_report(state, undo, known);
  }
  for (const std::string& sample : occurrence.samples) {
    std::string kept = kept_text(sample, unknown_text_bytes);
    if (known.samples.size() < unknown_samples_kept &&
        std::find(known.samples.begin(), known.samples.end(), kept) == known.samples.end())
      known.samples.push_back(std::move(kept));
  }
}

void copy_memory_verdict(const BounceEvent& from, BounceEvent& to) {
  to.reason = from.reason;
  to.fault = from.fault;
  to.permanence = from.permanence;
  to.confidence = from.confidence;
  to.advice = from.advice;
  to.confirm = from.confirm;
  to.rule = from.rule;
  to.vendor = from.vendor;
  to.provider = from.provider;
}

BounceEvent memory_judgement(const BounceEvent& event) {
  BounceEvent kept;
  kept.id = event.id;
  kept.mail_id = event.mail_id;
  kept.at = event.at;
  kept.kind = event.kind;
  copy_memory_verdict(event, kept);
  kept.list_id = event.list_id;
  kept.original_from = event.original_from;
  kept.authenticity = event.authenticity;
  kept.signature = event.signature;
  kept.wave = event.wave;
  return kept;
}

}  // namespace bounced
