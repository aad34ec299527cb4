#include "daemon/sync/delivery.hpp"

#include <algorithm>
#include <limits>

#include "daemon/failpoint.hpp"
#include "daemon/pauses.hpp"

namespace bounced {
namespace {

using std::chrono::seconds;

/// Changes that are looked at together, at least: so that a filter that wants few costs few transactions.
constexpr int window_changes = 1000;
constexpr std::size_t words_bytes = 500;  ///< kept of what a target says about a refused change

class Turn {
 public:
  Turn(const TargetSettings& settings, Store& store, TargetSource& source, const SyncWorld& world,
       const TurnLimits& limits)
      : settings_(settings),
        store_(store),
        sync_(store.sync()),
        source_(source),
        world_(world),
        limits_(limits),
        filter_(settings) {}

  TurnResult run() {
    if (auto done = tell_all(); !done) result_.error = done.error();
    return std::move(result_);
  }

 private:
  /// Errors are those of the store; what the target says is in result_.
  Result<void> tell_all() {
    auto state = sync_.target(settings_.name);
    if (!state) return fail(state.error());
    state_ = *std::move(state);
    if (!limits_.even_early && (state_.disabled || state_.next_try_at > world_.now())) {
      result_.disabled = state_.disabled;
      result_.next_try_at = state_.disabled ? 0 : state_.next_try_at;
      return {};
    }
    if (auto done = tell_refused(); !done || ended_) return done;
    for (int i = 0; i < limits_.windows; ++i) {
      const auto more = tell_window();
      if (!more) return fail(more.error());
      result_.more = *more && !ended_;
      if (!result_.more) break;
    }
    if (ended_) return {};
    const auto next = sync_.next_waiting(settings_.name);
    if (!next) return fail(next.error());
    result_.next_try_at = *next;
    return {};
  }

  /// What was refused, and is due again.
  Result<void> tell_refused() {
    const auto due = sync_.waiting_for(
        settings_.name, limits_.even_early ? std::numeric_limits<UnixSeconds>::max() : world_.now(),
        std::max(settings_.batch, window_changes));
    if (!due) return fail(due.error());
    std::vector<PlannedChange> plan;
    for (const SyncChange& one : *due)
      plan.push_back({one.change, one.before, one.change.number, one.before.holds || one.change.suppressed});
    return plan.empty() ? Result<void>() : tell(plan, state_.cursor);
  }

  /// A piece of the outbox. False: that was the last one.
  Result<bool> tell_window() {
    const int size = std::max(settings_.batch, window_changes);
    const auto window = sync_.changes_for(settings_.name, state_.cursor, size);
    if (!window) return fail(window.error());
    const bool is_last = static_cast<int>(window->size()) < size;
    if (!open()) return false;
    if (source_.made->wants_whole_state()) return replace_state(!window->empty());
    if (window->empty()) return settled() ? Result<bool>(false) : note_success();
    const auto plan = plan_window(*window, filter_);
    if (auto done = tell(plan, window->back().change.number); !done) return fail(done.error());
    return !is_last;
  }

  /// True when the last turn left nothing that is over now.
  [[nodiscard]] bool settled() const {
    return state_.failures == 0 && !state_.disabled && state_.next_try_at == 0 && state_.error.empty();
  }

  /// There was nothing to tell, and the target is there again.
  Result<bool> note_success() {
    clear_failures();
    if (auto written = sync_.write({state_, {}}); !written) return fail(written.error());
    return false;
  }

  /// Makes the target; false when that fails, which is noted then.
  bool open() {
    if (source_.made != nullptr) return true;
    auto made = source_.make();
    if (made) {
      source_.made = *std::move(made);
      return true;
    }
    note_failure({Fate::later, made.error()});
    if (auto written = sync_.write({state_, {}}); !written) result_.error = written.error();
    return false;
  }

  /// Tells the plan in batches, and notes after each what became of it. The cursor moves to `end` when all is
  /// told or put aside.
  Result<void> tell(const std::vector<PlannedChange>& plan, std::int64_t end) {
    if (plan.empty()) return note({}, end);
    if (!open()) return {};
    const auto batch = static_cast<std::size_t>(settings_.batch);
    // Where the cursor may be when all before this change are told: not behind any change of an address that
    // is still to be told, so that a later turn sees all of it.
    std::vector<std::int64_t> safe_until(plan.size() + 1, end);
    for (std::size_t i = plan.size(); i-- > 0;)
      safe_until[i] = std::min(safe_until[i + 1], plan[i].first_number - 1);
    for (std::size_t at = 0; at < plan.size() && !ended_; at += batch) {
      const std::size_t count = std::min(batch, plan.size() - at);
      if (world_.stop()) {
        ended_ = true;
        return {};
      }
      if (auto done = tell_batch({plan.data() + at, count}, safe_until[at + count]); !done) return done;
    }
    return {};
  }

  Result<void> tell_batch(std::span<const PlannedChange> plan, std::int64_t cursor) {
    std::vector<OutboxChange> changes;
    changes.reserve(plan.size());
    for (const PlannedChange& one : plan) changes.push_back(one.change);
    failpoint("sync_before_telling");
    std::vector<SyncReply> replies = source_.made->deliver(changes);
    failpoint("sync_told");
    replies.resize(plan.size(), SyncReply{Fate::later, {Exit::internal, "the target gave no answer", ""}});
    std::vector<SyncAddress> known;
    const SyncReply* trouble = nullptr;
    for (std::size_t i = 0; i < plan.size(); ++i) {
      if (replies[i].fate == Fate::done || replies[i].fate == Fate::refused) {
        known.push_back(known_after(plan[i], replies[i]));
        continue;
      }
      cursor = std::min(cursor, plan[i].first_number - 1);
      if (trouble == nullptr) trouble = &replies[i];
    }
    if (trouble != nullptr) {
      note_failure(*trouble);
      state_.cursor = std::max(state_.cursor, cursor);
      return sync_.write({state_, known});
    }
    return note(known, cursor);
  }

  Result<void> note(const std::vector<SyncAddress>& known, std::int64_t cursor) {
    clear_failures();
    state_.cursor = std::max(state_.cursor, cursor);
    state_.delivered_at = world_.now();
    auto written = sync_.write({state_, known});
    failpoint("sync_noted");
    return written;
  }

  void clear_failures() {
    state_.tried_at = world_.now();
    state_.failures = 0;
    state_.next_try_at = 0;
    state_.error.clear();
    state_.disabled = false;
  }

  SyncAddress known_after(const PlannedChange& planned, const SyncReply& reply) {
    SyncAddress known{.target = settings_.name,
                      .address = planned.change.address,
                      .number = planned.change.number,
                      .suppressed = planned.change.suppressed,
                      .holds = planned.change.suppressed,
                      .at = world_.now()};
    if (reply.fate == Fate::done) {
      ++result_.told;
      ++state_.delivered;
      return known;
    }
    const bool again = planned.before.number == planned.change.number;
    known.attempts = (again ? planned.before.attempts : 0) + 1;
    known.holds = planned.may_hold;
    known.words = reply.error.message.substr(0, words_bytes);
    known.state = known.attempts >= settings_.attempts ? SyncState::dead : SyncState::waiting;
    ++(known.state == SyncState::dead ? result_.dead : result_.refused);
    if (known.state == SyncState::waiting)
      known.next_try_at =
          world_.now() + sync_backoff(settings_, known.attempts, world_.chance(), reply.retry_after).count();
    return known;
  }

  void note_failure(const SyncReply& reply) {
    ended_ = true;
    result_.error = reply.error;
    source_.made.reset();
    if (world_.stop()) return;  // we hung up, not the target
    state_.tried_at = world_.now();
    state_.error = reply.error.message;
    state_.disabled = reply.fate == Fate::disable;
    result_.disabled = state_.disabled;
    const auto pause = sync_backoff(settings_, ++state_.failures, world_.chance(), reply.retry_after);
    state_.next_try_at = state_.disabled ? 0 : world_.now() + pause.count();
    result_.next_try_at = state_.next_try_at;
  }

  /// For a target that takes the whole state: what is written holds every change up to the last one now.
  Result<bool> replace_state(bool has_changed) {
    if (!has_changed && !limits_.even_early && !source_.made->has_lost_its_state() &&
        state_.delivered_at != 0)
      return false;
    const auto last = sync_.last_change();
    if (!last) return fail(last.error());
    std::int64_t rows = 0;
    const auto written = source_.made->replace([&](const Each<Suppression>& each) {
      return filter_.wanted(store_, [&](const Suppression& one) {
        ++rows;
        return each(one);
      });
    });
    failpoint("sync_told");
    if (!written) {
      note_failure({Fate::later, written.error()});
      if (auto noted = sync_.write({state_, {}}); !noted) return fail(noted.error());
      return false;
    }
    const std::int64_t taken = std::max<std::int64_t>(*last - state_.cursor, 0);
    state_.delivered += taken;
    result_.told += taken;
    result_.state_rows = rows;
    if (auto noted = note({}, *last); !noted) return fail(noted.error());
    return false;
  }

  const TargetSettings& settings_;
  Store& store_;
  SyncStore& sync_;
  TargetSource& source_;
  const SyncWorld& world_;
  const TurnLimits& limits_;
  Filter filter_;
  SyncTarget state_;
  TurnResult result_;
  bool ended_ = false;  ///< the target failed, or a stop was asked for
};

}  // namespace

TurnResult sync_turn(const TargetSettings& settings, Store& store, TargetSource& source,
                     const SyncWorld& world, const TurnLimits& limits) {
  return Turn(settings, store, source, world, limits).run();
}

seconds sync_backoff(const TargetSettings& settings, int failures, double chance, seconds asked_for) {
  const auto pause = growing_pause(settings.retry_first, settings.retry_longest, failures);
  return std::max(spread(pause, chance), asked_for);
}

Result<std::int64_t> preview(const TargetSettings& settings, Store& store,
                             const std::function<bool(const OutboxChange&)>& each) {
  SyncStore& sync = store.sync();
  const auto state = sync.target(settings.name);
  if (!state) return fail(state.error());
  const Filter filter(settings);
  std::int64_t count = 0;
  for (std::int64_t cursor = state->cursor;;) {
    const auto window = sync.changes_for(settings.name, cursor, window_changes);
    if (!window) return fail(window.error());
    if (window->empty()) return count;
    for (const PlannedChange& one : plan_window(*window, filter)) {
      ++count;
      if (!each(one.change)) return count;
    }
    cursor = window->back().change.number;
  }
}

}  // namespace bounced
