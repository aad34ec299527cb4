#include "storage/memory_waves.hpp"

#include <algorithm>

namespace bounced {

std::vector<VerdictCount> MemoryWaves::verdict_counts(WaveKind kind, const std::string& name) const {
  std::vector<VerdictCount> found;
  for (auto one = state_.verdict_counts.lower_bound({kind, name, INT64_MIN});
       one != state_.verdict_counts.end() && std::get<0>(one->first) == kind &&
       std::get<1>(one->first) == name;
       ++one)
    found.push_back(one->second.count);
  return found;
}

void MemoryWaves::count_verdicts(WaveKind kind, const std::string& name, const VerdictCount& more,
                                 UnixSeconds now) {
  const MemoryState::VerdictKey key{kind, name, more.slot};
  undo_.keep(state_.verdict_counts, key);
  MemoryState::CountedVerdicts& counted = state_.verdict_counts[key];
  counted.count.slot = more.slot;
  counted.count.usual = std::max<std::int64_t>(counted.count.usual + more.usual, 0);
  counted.count.in_wave = std::max<std::int64_t>(counted.count.in_wave + more.in_wave, 0);
  counted.written_at = std::max(counted.written_at, now);
}

void MemoryWaves::forget_verdict_counts(UnixSeconds before) {
  std::vector<MemoryState::VerdictKey> old;
  for (const auto& [key, counted] : state_.verdict_counts)
    if (counted.count.slot < before / slot_seconds && counted.written_at < before) old.push_back(key);
  for (const MemoryState::VerdictKey& key : old) {
    undo_.keep(state_.verdict_counts, key);
    state_.verdict_counts.erase(key);
  }
}

std::vector<Wave> MemoryWaves::waves_of(WaveKind kind, const std::string& name) const {
  std::vector<Wave> found;
  for (const Wave& wave : state_.waves)
    if (wave.kind == kind && wave.name == name) found.push_back(wave);
  return found;
}

std::int64_t MemoryWaves::put_wave(const Wave& wave) {
  if (wave.id == 0) {
    undo_.keep(state_.waves);
    state_.waves.push_back(wave);
    state_.waves.back().held = 0;
    note_report(wave, static_cast<std::int64_t>(state_.waves.size()));
    return state_.waves.back().id = static_cast<std::int64_t>(state_.waves.size());
  }
  const auto position = static_cast<std::size_t>(wave.id - 1);
  undo_.keep(state_.waves, position);
  Wave& known = state_.waves.at(position);
  known.first_at = wave.first_at;
  known.last_at = wave.last_at;
  known.told_at = std::max(known.told_at, wave.told_at);
  known.count = wave.count;
  note_report(wave, wave.id);
  return wave.id;
}

void MemoryWaves::note_report(const Wave& wave, std::int64_t id) {
  undo_.keep(state_.traces.wave_reports);
  state_.traces.wave_reports.push_back({id, wave.last_at, wave.count});
}

void MemoryWaves::close_wave(std::int64_t wave, const std::string& state, UnixSeconds at) {
  const auto position = static_cast<std::size_t>(wave - 1);
  undo_.keep(state_.waves, position);
  state_.waves.at(position).state = state;
  state_.waves.at(position).decided_at = at;
  if (state != "released") return;
  for (std::size_t i = 0; i < state_.events.size(); ++i) {
    if (state_.events[i].wave != wave) continue;
    undo_.keep(state_.events, i);
    state_.events[i].wave = 0;
  }
}

void MemoryWaves::hold(const Hold& held) {
  const MemoryState::HoldKey key{held.wave, held.suppression.address};
  undo_.keep(state_.holds, key);
  const auto [entry, is_new] = state_.holds.try_emplace(key, held);
  UnixSeconds& last_seen = entry->second.suppression.last_seen;
  last_seen = std::max(last_seen, held.suppression.last_seen);
  if (!is_new) return;
  const auto known = state_.addresses.find(held.suppression.address);
  if (known != state_.addresses.end())
    entry->second.suppression.address_as_written = known->second.as_written;
}

std::vector<Hold> MemoryWaves::holdable(std::int64_t wave, const std::string& provider, UnixSeconds from,
                                        UnixSeconds until,
                                        const std::function<bool(const Suppression&)>& belongs) const {
  std::vector<Hold> found;
  for (const auto& [address, one] : state_.suppressions) {
    const auto event = static_cast<std::size_t>(one.event_id - 1);
    if (one.source != "policy" || one.event_id == 0 || event >= state_.events.size()) continue;
    const UnixSeconds at = state_.events[event].at;
    if (at < from || at >= until || one.decided_at < from) continue;
    if ((provider.empty() || one.provider == provider) && belongs(one)) found.push_back({wave, at, one});
  }
  return found;
}

void MemoryWaves::mark(std::int64_t event_id, std::int64_t wave, const std::string& outcome) {
  const auto position = static_cast<std::size_t>(event_id - 1);
  undo_.keep(state_.events, position);
  state_.events[position].wave = wave;
  state_.events[position].outcome = outcome;
}

std::optional<Hold> MemoryWaves::settle(std::int64_t wave, const std::string& address, std::int64_t mark,
                                        const ManualAct& act) {
  const auto found = state_.holds.find({wave, address});
  if (found == state_.holds.end()) return {};
  const Hold held = found->second;
  undo_.keep(state_.holds, found->first);
  state_.holds.erase(found);
  undo_.keep(state_.traces.wave_settled);
  state_.traces.wave_settled.push_back({wave, act.at, 1});
  for (const std::size_t position : state_.addresses[address].events) {
    if (state_.events[position].wave != wave) continue;
    undo_.keep(state_.events, position);
    state_.events[position].wave = mark;
  }
  undo_.keep(state_.acts_on, address);
  const Suppression& one = held.suppression;
  state_.acts_on[address].push_back({act, one.reason, one.source, one.scope, one.decided_at});
  return held;
}

std::vector<Wave> memory_waves(const MemoryState& state, const std::string& state_name) {
  std::vector<Wave> found;
  for (auto wave = state.waves.rbegin(); wave != state.waves.rend(); ++wave) {
    if (!state_name.empty() && wave->state != state_name) continue;
    found.push_back(*wave);
    for (const auto& [key, held] : state.holds) found.back().held += key.first == wave->id;
  }
  return found;
}

}  // namespace bounced
