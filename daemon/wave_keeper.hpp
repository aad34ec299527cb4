// The circuit breaker at work: counts each suppressing verdict by its provider and its wording, finds waves,
// and says which events belong to one. What it knows is the database's; it keeps a copy between batches.
//
// One event after the other, whatever batch it comes in: the same events give the same waves. Where an event
// belongs to a provider's wave it isn't counted for its wording, so that one failure is one wave.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/breaker.hpp"
#include "daemon/policy.hpp"
#include "storage/store.hpp"

namespace bounced {

/// What the breaker makes of one event.
struct WaveJudgement {
  std::int64_t wave = 0;   ///< Wave::id; 0 = it belongs to none that counts
  bool discarded = false;  ///< a person has discarded the wave: what belongs to it goes
};

class WaveKeeper {
 public:
  explicit WaveKeeper(BreakerSettings settings) : settings_(std::move(settings)) {}

  /// Begins a batch, in a transaction that outlives it. Forgets its copy when a person has acted since.
  Result<void> begin(Transaction& transaction, UnixSeconds now);
  /// Judges an event that `decide` has decided about; holds what was suppressed before, when it is the one
  /// with which a wave is noticed. Does nothing about the event itself.
  Result<WaveJudgement> judge(const BounceEvent& event, const Decision& decision,
                              const AddressHistory& history);
  /// Writes what was counted.
  Result<void> flush();
  /// After a transaction that was not committed: what was counted in it never was.
  void forget();
  /// Suppressions made before that this batch turned into holds.
  [[nodiscard]] std::int64_t withdrawn() const { return withdrawn_; }

 private:
  /// A provider or a wording.
  struct Tracked {
    WaveKind kind = WaveKind::provider;
    std::string name;
    VerdictSeries series;
    std::vector<Wave> waves;
    VerdictSeries unwritten;                    ///< what is to be added to the database's counts
    std::vector<std::int64_t> unwritten_waves;  ///< ids
    bool dirty = false;
  };
  /// An event, and what it is counted by; a null pointer where it tells none.
  struct Sighting {
    const BounceEvent& event;
    Tracked* provider = nullptr;
    Tracked* text = nullptr;
    std::int64_t slot = 0;
    bool counted = false;  ///< the first word of the address within the window
  };

  Result<Tracked*> tracked(WaveKind kind, const std::string& name);
  [[nodiscard]] bool is_counted(const BounceEvent& event, const Decision& decision,
                                const AddressHistory& history) const;
  Wave* wave_around(Tracked& of, std::int64_t slot) const;
  Result<WaveJudgement> join(Tracked& of, Wave& wave, const Sighting& seen);
  Result<WaveJudgement> count_as_usual(const Sighting& seen);
  Result<WaveJudgement> notice(Tracked& of, const Jump& jump, const Sighting& seen);
  Result<void> hold_made(Tracked& of, const Wave& wave, SlotSpan span);
  void add(Tracked& to, std::int64_t slot, SlotCount more);
  void prolong(Tracked& of, Wave& wave, const BounceEvent& event);

  BreakerSettings settings_;
  std::unordered_map<std::string, Tracked> tracked_;
  std::vector<Tracked*> dirty_;
  Transaction* transaction_ = nullptr;
  UnixSeconds now_ = 0;
  std::int64_t last_act_ = -1;
  std::int64_t withdrawn_ = 0;
  bool cleaned_ = false;
};

}  // namespace bounced
