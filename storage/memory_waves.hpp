// The circuit breaker's memory, in the store in memory: counts of verdicts, waves, holds.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/memory_state.hpp"
#include "storage/memory_undo_list.hpp"

namespace bounced {

/// The part of a transaction that is about waves.
class MemoryWaves {
 public:
  MemoryWaves(MemoryState& state, UndoList& undo) : state_(state), undo_(undo) {}

  [[nodiscard]] std::vector<VerdictCount> verdict_counts(WaveKind kind, const std::string& name) const;
  void count_verdicts(WaveKind kind, const std::string& name, const VerdictCount& more, UnixSeconds now);
  void forget_verdict_counts(UnixSeconds before);
  [[nodiscard]] std::vector<Wave> waves_of(WaveKind kind, const std::string& name) const;
  std::int64_t put_wave(const Wave& wave);
  void close_wave(std::int64_t wave, const std::string& state, UnixSeconds at);
  void hold(const Hold& held);
  /// The suppressions in force that hold_made is about, as holds.
  [[nodiscard]] std::vector<Hold> holdable(std::int64_t wave, const std::string& provider, UnixSeconds from,
                                           UnixSeconds until,
                                           const std::function<bool(const Suppression&)>& belongs) const;
  /// Writes into an event that a wave made it.
  void mark(std::int64_t event_id, std::int64_t wave, const std::string& outcome);
  /// Takes a hold out, marks the address's events of the wave with `mark`, notes the act.
  std::optional<Hold> settle(std::int64_t wave, const std::string& address, std::int64_t mark,
                             const ManualAct& act);

 private:
  void note_report(const Wave& wave, std::int64_t id);

  MemoryState& state_;
  UndoList& undo_;
};

}  // namespace bounced
