#include "daemon/wave_keeper.hpp"

#include <algorithm>
#include <utility>

#include "daemon/policy_counting.hpp"
#include "parser/classify.hpp"

namespace bounced {
namespace {

/// Providers and wordings in memory at most, some MB; a batch that passes it begins anew after its end.
constexpr std::size_t most_tracked = 20'000;
/// How much longer than the baseline counts are kept: events come late.
constexpr std::chrono::hours kept_beyond_baseline{24 * 7};

SlotSpan span_of(const Wave& wave) { return {slot_of(wave.first_at), slot_of(wave.last_at)}; }

}  // namespace

Result<void> WaveKeeper::begin(Transaction& transaction, UnixSeconds now) {
  transaction_ = &transaction;
  now_ = now;
  withdrawn_ = 0;
  const auto last_act = transaction.last_act();
  if (!last_act) return fail(last_act.error());
  if (*last_act != last_act_ || tracked_.size() > most_tracked) forget();
  last_act_ = *last_act;
  if (cleaned_) return {};
  cleaned_ = true;
  return transaction.forget_verdict_counts(
      now - std::chrono::seconds(settings_.baseline + kept_beyond_baseline).count());
}

void WaveKeeper::forget() {
  dirty_.clear();
  tracked_.clear();
}

Result<WaveJudgement> WaveKeeper::judge(const BounceEvent& event, const Decision& decision,
                                        const AddressHistory& history) {
  const bool suppressing = decision.outcome == Outcome::suppress || counter_of(event) == Counter::address;
  if (settings_.mode == "off" || decision.source != "policy" || !suppressing) return WaveJudgement{};
  Sighting seen{event, nullptr, nullptr, slot_of(event.at), is_counted(event, decision, history)};
  if (!event.provider.empty()) {
    const auto found = tracked(WaveKind::provider, event.provider);
    if (!found) return fail(found.error());
    seen.provider = *found;
  }
  if (const std::string text = normalise_reply(event.diagnostic); !text.empty()) {
    const auto found = tracked(WaveKind::text, text);
    if (!found) return fail(found.error());
    seen.text = *found;
  }
  for (Tracked* of : {seen.provider, seen.text})
    if (of != nullptr)
      if (Wave* wave = wave_around(*of, seen.slot)) return join(*of, *wave, seen);
  if (!seen.counted) return WaveJudgement{};
  return count_as_usual(seen);
}

/// True for the first word of an address that is not suppressed yet: one that bounces by the hundred (a
/// forwarding loop, a list that does not drop it) is no wave.
bool WaveKeeper::is_counted(const BounceEvent& event, const Decision& decision,
                            const AddressHistory& history) const {
  const bool suppressed = history.suppressed &&
                          (history.suppression_scope.empty() || history.suppression_scope == decision.scope);
  if (suppressed || decision.counted == 0) return false;
  const auto window = std::chrono::seconds(settings_.window).count();
  return std::none_of(history.events.begin(), history.events.end(), [&](const BounceEvent& earlier) {
    const UnixSeconds apart = event.at > earlier.at ? event.at - earlier.at : earlier.at - event.at;
    return apart <= window && (earlier.wave != 0 || counter_of(earlier) == Counter::address);
  });
}

Result<WaveKeeper::Tracked*> WaveKeeper::tracked(WaveKind kind, const std::string& name) {
  const auto [entry, is_new] = tracked_.try_emplace((kind == WaveKind::provider ? "p" : "t") + name);
  Tracked& made = entry->second;
  if (!is_new) return &made;
  made.kind = kind;
  made.name = name;
  auto counts = transaction_->verdict_counts(kind, name);
  if (!counts) return fail(counts.error());
  for (const VerdictCount& one : *counts) made.series[one.slot] = {one.usual, one.in_wave};
  auto waves = transaction_->waves_of(kind, name);
  if (!waves) return fail(waves.error());
  made.waves = *std::move(waves);
  return &made;
}

/// The newest wave that a verdict in `slot` belongs to.
Wave* WaveKeeper::wave_around(Tracked& of, std::int64_t slot) const {
  for (auto wave = of.waves.rbegin(); wave != of.waves.rend(); ++wave)
    if (belongs_to_wave(of.series, span_of(*wave), wave->bound, slot, settings_)) return &*wave;
  return nullptr;
}

Result<WaveJudgement> WaveKeeper::join(Tracked& of, Wave& wave, const Sighting& seen) {
  const SlotSpan before = span_of(wave);
  prolong(of, wave, seen.event);
  wave.count += seen.counted;
  if (wave.state == "released") {  // real, as a person says: counted like any other, and no wave of its own
    for (Tracked* to : {seen.provider, seen.text})
      if (to != nullptr && seen.counted) add(*to, seen.slot, {1, 0});
    return WaveJudgement{};
  }
  const SlotSpan after = span_of(wave);
  for (const SlotSpan grown :
       {SlotSpan{after.first, before.first - 1}, SlotSpan{before.last + 1, after.last}})
    if (auto held = hold_made(of, wave, grown); !held) return fail(held.error());
  if (seen.counted) add(of, seen.slot, {0, 1});
  return WaveJudgement{wave.id, wave.state == "discarded"};
}

Result<WaveJudgement> WaveKeeper::count_as_usual(const Sighting& seen) {
  for (Tracked* of : {seen.provider, seen.text})
    if (of != nullptr) add(*of, seen.slot, {1, 0});
  for (Tracked* of : {seen.provider, seen.text}) {
    if (of == nullptr) continue;
    const int minimum = of->kind == WaveKind::provider ? settings_.minimum : settings_.text_minimum;
    if (const auto jump = find_jump(of->series, seen.slot, minimum, settings_))
      return notice(*of, *jump, seen);
  }
  return WaveJudgement{};
}

Result<WaveJudgement> WaveKeeper::notice(Tracked& of, const Jump& jump, const Sighting& seen) {
  Wave wave;
  wave.kind = of.kind;
  wave.name = of.name;
  wave.first_at = jump.span.first * slot_seconds;
  wave.last_at = (jump.span.last + 1) * slot_seconds - 1;
  wave.tripped_at = now_;
  wave.count = jump.count;
  wave.bound = jump.bound;
  wave.usual = jump.usual;
  wave.sample = seen.event.diagnostic;
  const auto id = transaction_->put_wave(wave);
  if (!id) return fail(id.error());
  wave.id = *id;
  of.waves.push_back(wave);
  if (auto held = hold_made(of, wave, jump.span); !held) return fail(held.error());
  Tracked* other = &of == seen.provider ? seen.text : seen.provider;  // the event at hand is in no row yet
  if (other != nullptr) add(*other, seen.slot, {-1, 0});
  return WaveJudgement{wave.id, false};
}

/// What was suppressed in a part of the wave before it was known: held, and no longer usual.
Result<void> WaveKeeper::hold_made(Tracked& of, const Wave& wave, SlotSpan span) {
  std::int64_t counted = 0;
  for (auto at = of.series.lower_bound(span.first); at != of.series.end() && at->first <= span.last; ++at)
    counted += at->second.usual;
  if (counted == 0) return {};
  const auto held = transaction_->hold_made(
      wave.id, of.kind == WaveKind::provider ? of.name : "", span.first * slot_seconds,
      (span.last + 1) * slot_seconds, now_, [&](const Suppression& one) {
        return of.kind == WaveKind::provider || normalise_reply(one.diagnostic) == of.name;
      });
  if (!held) return fail(held.error());
  withdrawn_ += static_cast<std::int64_t>(held->size());
  for (const Hold& one : *held) {
    const bool by_provider = of.kind == WaveKind::provider;
    const std::string name =
        by_provider ? normalise_reply(one.suppression.diagnostic) : one.suppression.provider;
    if (name.empty()) continue;
    const auto other = tracked(by_provider ? WaveKind::text : WaveKind::provider, name);
    if (!other) return fail(other.error());
    add(**other, slot_of(one.at), {-1, 0});
  }
  for (std::int64_t slot = span.first; slot <= span.last; ++slot)
    if (const auto at = of.series.find(slot); at != of.series.end())
      add(of, slot, {-at->second.usual, at->second.usual});
  return {};
}

void WaveKeeper::add(Tracked& to, std::int64_t slot, SlotCount more) {
  SlotCount& known = to.series[slot];
  more.usual = std::max(more.usual, -known.usual);
  more.in_wave = std::max(more.in_wave, -known.in_wave);
  if (more == SlotCount{}) return;
  known.usual += more.usual;
  known.in_wave += more.in_wave;
  SlotCount& unwritten = to.unwritten[slot];
  unwritten.usual += more.usual;
  unwritten.in_wave += more.in_wave;
  if (!std::exchange(to.dirty, true)) dirty_.push_back(&to);
}

void WaveKeeper::prolong(Tracked& of, Wave& wave, const BounceEvent& event) {
  const UnixSeconds begin = slot_of(event.at) * slot_seconds;
  wave.first_at = std::min(wave.first_at, begin);
  wave.last_at = std::max(wave.last_at, begin + slot_seconds - 1);
  auto& ids = of.unwritten_waves;
  if (std::find(ids.begin(), ids.end(), wave.id) == ids.end()) ids.push_back(wave.id);
  if (!std::exchange(of.dirty, true)) dirty_.push_back(&of);
}

Result<void> WaveKeeper::flush() {
  for (Tracked* one : dirty_) {
    for (const auto& [slot, more] : one->unwritten)
      if (more != SlotCount{})
        if (auto done =
                transaction_->count_verdicts(one->kind, one->name, {slot, more.usual, more.in_wave}, now_);
            !done)
          return done;
    for (const Wave& wave : one->waves)
      if (std::find(one->unwritten_waves.begin(), one->unwritten_waves.end(), wave.id) !=
          one->unwritten_waves.end())
        if (auto done = transaction_->put_wave(wave); !done) return fail(done.error());
    one->unwritten.clear();
    one->unwritten_waves.clear();
    one->dirty = false;
  }
  dirty_.clear();
  return {};
}

}  // namespace bounced
