#include <algorithm>
#include <string_view>

#include "storage/memory_state.hpp"
#include "storage/trend.hpp"

namespace bounced {
namespace {

class Counter {
 public:
  void add(std::string_view key) { ++counts_[std::string(key)]; }
  [[nodiscard]] std::vector<CountBy> sorted() const {
    std::vector<CountBy> rows;
    for (const auto& [key, count] : counts_) rows.push_back({key, count});
    std::stable_sort(rows.begin(), rows.end(),
                     [](const CountBy& a, const CountBy& b) { return a.count > b.count; });
    return rows;
  }

 private:
  std::map<std::string, std::int64_t> counts_;
};

void count_mails(const MemoryState& state, RunSummary& made) {
  Counter kinds;
  for (const JournalRow& mail : state.mails) {
    if (mail.seen_at < made.from || mail.seen_at >= made.until) continue;
    ++made.mails;
    kinds.add(to_string(mail.kind));
    if (mail.disposal == Disposal::unrecognised) ++made.unrecognised;
    if (mail.disposal == Disposal::quarantined) ++made.quarantined;
  }
  made.by_kind = kinds.sorted();
  for (const auto& [key, seen] : state.sightings)
    if (seen.again && seen.at >= made.from && seen.at < made.until) ++made.duplicates;
}

bool says_permanent(const BounceEvent& event) {
  const std::string& code = event.reply_code.empty() ? event.status : event.reply_code;
  return event.kind == Kind::bounce && code.starts_with('5');
}

UnixSeconds seen_at(const MemoryState& state, const BounceEvent& event) {
  return state.mails[static_cast<std::size_t>(event.mail_id - 1)].seen_at;
}

/// What the last change before a time made of an address.
bool was_suppressed(const MemoryState& state, const std::string& address, UnixSeconds before) {
  bool suppressed = false;
  for (const OutboxChange& change : state.outbox)
    if (change.address == address && change.at < before) suppressed = change.suppressed;
  return suppressed;
}

bool is_near_limit(const BounceEvent& event) {
  return event.outcome == "count" && event.threshold > 1 && event.counted == event.threshold - 1;
}

void add_soft(const std::map<std::string, const BounceEvent*>& last_failures, RunSummary& made) {
  for (const auto& [address, event] : last_failures) {
    if (!is_near_limit(*event)) continue;
    ++made.soft_near_limit;
    if (made.sample_soft.size() < summary_samples)
      made.sample_soft.push_back({address, event->reason, event->counted, event->threshold});
  }
}

void add_providers(const std::map<std::string, Counter>& reasons, RunSummary& made) {
  for (const CountBy& one : made.by_provider) {
    if (made.providers.size() == summary_samples) break;
    auto most = reasons.at(one.key).sorted();
    if (most.size() > provider_reasons) most.resize(provider_reasons);
    made.providers.push_back({one.key, one.count, std::move(most), {}});
  }
}

void count_events(const MemoryState& state, RunSummary& made) {
  Counter reasons, vendors, advices, providers, lists, distrusted;
  std::map<std::string, Counter> reasons_of_provider;
  std::set<std::string> permanent;
  std::map<std::string, const BounceEvent*> last_failures;
  for (const BounceEvent& event : state.events) {
    const UnixSeconds at = seen_at(state, event);
    if (at < made.from || at >= made.until) continue;
    if (event.distrusted) {
      distrusted.add(event.authenticity_because);
      continue;
    }
    ++made.events;
    reasons.add(to_string(event.reason));
    vendors.add(event.vendor);
    advices.add(to_string(event.advice));
    providers.add(event.provider);
    lists.add(event.list_id);
    reasons_of_provider[event.provider].add(to_string(event.reason));
    made.complaints += event.kind == Kind::complaint;
    made.hard_bounces += event.kind == Kind::bounce && event.advice == Advice::suppress;
    if (says_permanent(event)) permanent.insert(event.address);
    if (event.kind == Kind::bounce) last_failures[event.address] = &event;
  }
  made.distrusted = distrusted.sorted();
  made.by_reason = reasons.sorted();
  made.by_vendor = vendors.sorted();
  made.by_advice = advices.sorted();
  made.by_provider = providers.sorted();
  made.by_list = lists.sorted();
  add_providers(reasons_of_provider, made);
  add_soft(last_failures, made);
  for (const std::string& address : permanent)
    made.permanent_not_suppressed += !was_suppressed(state, address, made.until);
}

void add_trend(const MemoryState& state, RunSummary& made) {
  const TrendRanges ranges(made.from, made.until);
  TrendCounts all{};
  std::map<std::string, TrendCounts> by_provider;
  std::int64_t first_hour = INT64_MAX;
  for (const BounceEvent& event : state.events) {
    if (event.distrusted) continue;
    const std::int64_t hour = trend_hour(seen_at(state, event));
    first_hour = std::min(first_hour, hour);
    const auto range = ranges.range_of(hour);
    if (!range) continue;
    ++all[*range];
    ++by_provider[event.provider][*range];
  }
  made.usual_events = trend_of(all, ranges, first_hour);
  for (ProviderFigures& one : made.providers)
    one.usual = trend_of(by_provider[one.provider], ranges, first_hour);
}

/// Who made a suppression that no event made stands in the act.
std::string source_of(const MemoryState& state, const OutboxChange& change, std::int64_t event_id) {
  if (event_id != 0) return change.reason == Reason::complaint ? "complaint" : "policy";
  const auto acts = state.acts_on.find(change.address);
  if (acts != state.acts_on.end())
    for (const ActOnAddress& one : acts->second)
      if (one.decided_at == change.at) return one.source;
  return "manual";
}

Suppression sample_of(const MemoryState& state, const OutboxChange& change) {
  Suppression made;
  made.address = change.address;
  made.address_as_written = state.addresses.at(change.address).as_written;
  made.reason = change.reason;
  made.scope = change.scope;
  made.decided_at = change.at;
  made.note = change.why;
  made.event_id = change.event_id;
  made.source = source_of(state, change, made.event_id);
  if (made.event_id < 1 || made.event_id > static_cast<std::int64_t>(state.events.size())) return made;
  const BounceEvent& event = state.events[static_cast<std::size_t>(made.event_id - 1)];
  made.status = event.status;
  made.diagnostic = event.diagnostic;
  made.vendor = event.vendor;
  made.rule = event.rule;
  made.provider = event.provider;
  return made;
}

void add_changes(const MemoryState& state, RunSummary& made) {
  Counter reasons;
  std::vector<const OutboxChange*> news;
  made.active_suppressions = static_cast<std::int64_t>(state.suppressions.size());
  for (const OutboxChange& change : state.outbox) {
    const bool again = state.traces.again[static_cast<std::size_t>(change.number - 1)];
    if (change.at >= made.until) made.active_suppressions -= change.suppressed ? !again : -1;
    if (change.at < made.from || change.at >= made.until) continue;
    ++(change.suppressed ? made.new_suppressions : made.ended_suppressions);
    made.expired_suppressions += !change.suppressed && change.why == "expired";
    if (!change.suppressed) continue;
    reasons.add(to_string(change.reason));
    news.push_back(&change);
  }
  made.suppressions_by_reason = reasons.sorted();
  std::stable_sort(news.begin(), news.end(), [](const OutboxChange* a, const OutboxChange* b) {
    return std::tie(a->at, a->number) > std::tie(b->at, b->number);
  });
  std::map<Reason, int> sampled;
  for (const OutboxChange* change : news)
    if (++sampled[change->reason] <= summary_samples_of_reason &&
        made.sample_suppressions.size() < summary_samples)
      made.sample_suppressions.push_back(sample_of(state, *change));
}

void add_acts(const MemoryState& state, RunSummary& made) {
  for (const ManualAct& act : state.acts) {
    if (act.at < made.from || act.at >= made.until) continue;
    ActInSummary one{act, 0};
    for (const auto& [address, acts] : state.acts_on)
      one.addresses += std::any_of(acts.begin(), acts.end(),
                                   [&](const ActOnAddress& other) { return other.act.id == act.id; });
    made.acts.push_back(std::move(one));
  }
  if (made.acts.size() > summary_samples)
    made.acts.erase(made.acts.begin(), made.acts.end() - summary_samples);
}

}  // namespace

RunSummary memory_summary(const MemoryState& state, UnixSeconds from, UnixSeconds until) {
  RunSummary made;
  made.from = from;
  made.until = until;
  count_mails(state, made);
  count_events(state, made);
  add_trend(state, made);
  add_changes(state, made);
  add_acts(state, made);
  add_memory_state(state, made);
  return made;
}

}  // namespace bounced
