#include "daemon/review.hpp"

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/breaker.hpp"
#include "parser/classify.hpp"

namespace bounced {
namespace {

using VerdictKey = std::tuple<WaveKind, std::string, std::int64_t>;  // kind, name, slot

class ReviewRun {
 public:
  ReviewRun(Store& store, ReviewWord word, const ReviewChoice& choice, ManualAct act)
      : store_(store), word_(word), choice_(choice), filter_(choice.holds()), act_(std::move(act)) {}

  Result<void> begin() {
    auto waves = store_.waves("");
    if (!waves) return fail(waves.error());
    for (Wave& wave : *waves) {
      kinds_[wave.id] = wave.kind;
      if (choice_.decides(wave)) open_.push_back(std::move(wave));
    }
    return {};
  }

  /// Settles the next holds; `settled` is told of them. False when these were the last.
  Result<bool> next_batch(std::size_t size, std::vector<Hold>& settled) {
    settled.clear();
    auto read = store_.holds(filter_, [&](const Hold& one) {
      settled.push_back(one);
      return settled.size() < size;
    });
    if (!read) return fail(read.error());
    const bool is_last = settled.size() < size;
    if (settled.empty() && open_.empty()) return false;
    auto transaction = store_.begin();
    if (!transaction) return fail(transaction.error());
    if (auto done = write(**transaction, settled, is_last); !done) return fail(done.error());
    if (auto done = (*transaction)->commit(); !done) return fail(done.error());
    if (!settled.empty()) {
      filter_.after_wave = settled.back().wave;
      filter_.after_address = settled.back().suppression.address;
    }
    return !is_last;
  }
  [[nodiscard]] const ReviewCounts& counts() const { return counts_; }

 private:
  Result<void> write(Transaction& transaction, const std::vector<Hold>& holds, bool is_last) {
    if (act_.id == 0) {
      const auto id = transaction.record_act(act_);
      if (!id) return fail(id.error());
      act_.id = *id;
    }
    // A discarded wave is closed first, so that nothing new is held meanwhile; a released one last, so that
    // one that was stopped is still there to be released.
    if (word_ == ReviewWord::discard || is_last)
      if (auto closed = close_waves(transaction); !closed) return closed;
    for (const Hold& one : holds)
      if (auto done = settle(transaction, one); !done) return done;
    return count(transaction);
  }

  Result<void> close_waves(Transaction& transaction) {
    const char* state = word_ == ReviewWord::release ? "released" : "discarded";
    for (const Wave& wave : std::exchange(open_, {})) {
      if (auto done = transaction.close_wave(wave.id, state, act_.at); !done) return done;
      ++counts_.waves;
    }
    return {};
  }

  Result<void> settle(Transaction& transaction, const Hold& one) {
    const std::string& address = one.suppression.address;
    const auto done = word_ == ReviewWord::release ? transaction.release(one.wave, address, act_)
                                                   : transaction.discard(one.wave, address, act_);
    if (!done) return fail(done.error());
    ++counts_.settled;
    if (word_ == ReviewWord::discard) return {};
    counts_.without += !*done;
    note_as_usual(one);
    return {};
  }

  /// What was real is what is usual from now on.
  void note_as_usual(const Hold& one) {
    const std::int64_t slot = slot_of(one.at);
    const std::string& provider = one.suppression.provider;
    const std::string text = normalise_reply(one.suppression.diagnostic);
    const bool by_provider = kinds_[one.wave] == WaveKind::provider;
    if (!provider.empty()) {
      VerdictCount& more = verdicts_[{WaveKind::provider, provider, slot}];
      ++more.usual;
      more.in_wave -= by_provider;
    }
    if (!text.empty()) {
      VerdictCount& more = verdicts_[{WaveKind::text, text, slot}];
      ++more.usual;
      more.in_wave -= !by_provider;
    }
  }

  Result<void> count(Transaction& transaction) {
    for (auto& [key, more] : std::exchange(verdicts_, {})) {
      const auto& [kind, name, slot] = key;
      more.slot = slot;
      if (auto done = transaction.count_verdicts(kind, name, more, act_.at); !done) return done;
    }
    return {};
  }

  Store& store_;
  ReviewWord word_;
  const ReviewChoice& choice_;
  HoldFilter filter_;
  ManualAct act_;
  std::vector<Wave> open_;                  ///< to be closed
  std::map<std::int64_t, WaveKind> kinds_;  ///< of every wave
  std::map<VerdictKey, VerdictCount> verdicts_;
  ReviewCounts counts_;
};

}  // namespace

bool ReviewChoice::decides(const Wave& one) const {
  if (one.state != "open" || !address.empty()) return false;
  return all || one.id == wave || (one.kind == WaveKind::provider && one.name == provider);
}

Result<ReviewCounts> preview_review(Store& store, const ReviewChoice& choice, const EachHold& each) {
  ReviewCounts counts;
  const auto waves = store.waves("");
  if (!waves) return fail(waves.error());
  for (const Wave& wave : *waves) counts.waves += choice.decides(wave);
  auto done = store.holds(choice.holds(), [&](const Hold& one) {
    ++counts.settled;
    each(one);
    return true;
  });
  if (!done) return fail(done.error());
  return counts;
}

Result<ReviewCounts> apply_review(Store& store, ReviewWord word, const ReviewChoice& choice, ManualAct act,
                                  const EachHold& each, std::size_t batch) {
  ReviewRun run(store, word, choice, std::move(act));
  if (auto begun = run.begin(); !begun) return fail(begun.error());
  std::vector<Hold> settled;
  for (bool more = true; more;) {
    const auto done = run.next_batch(batch, settled);
    if (!done) return fail(done.error());
    more = *done;
    for (const Hold& one : settled) each(one);
  }
  return run.counts();
}

Result<std::int64_t> release_overdue(Store& store, const BreakerSettings& settings, UnixSeconds now) {
  const auto patience = std::chrono::seconds(settings.release_after).count();
  if (patience == 0) return 0;
  const auto waves = store.waves("open");
  if (!waves) return fail(waves.error());
  std::int64_t released = 0;
  for (const Wave& wave : *waves) {
    if (wave.tripped_at + patience > now) continue;
    ReviewChoice choice;
    choice.wave = wave.id;
    ManualAct act;
    act.at = now;
    act.what = to_string(ReviewWord::release);
    act.who = "bounced";
    act.why = "nobody has decided about it within breaker.release_after";
    act.detail = "wave " + std::to_string(wave.id);
    const auto done = apply_review(store, ReviewWord::release, choice, act, [](const Hold&) {});
    if (!done) return fail(done.error());
    ++released;
  }
  return released;
}

}  // namespace bounced
