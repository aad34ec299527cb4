#include "daemon/undo.hpp"

#include <utility>
#include <vector>

namespace bounced {
namespace {

struct Undone {
  Suppression taken;
  std::optional<Suppression> back;
};

/// What holds an address when its suppression is taken back: the last one replaced that is neither selected
/// itself nor over.
Result<std::optional<Suppression>> what_comes_back(Store& store, const std::string& address,
                                                   const SuppressionFilter& which, UnixSeconds now) {
  const auto replaced = store.replaced_suppressions(address);
  if (!replaced) return fail(replaced.error());
  for (auto one = replaced->rbegin(); one != replaced->rend(); ++one)
    if (!selects(which, *one) && (one->expires_at == 0 || one->expires_at > now))
      return std::optional<Suppression>(*one);
  return std::optional<Suppression>();
}

/// Streams what `which` selects, and counts those that are left alone because of their source.
Result<void> stream_selected(Store& store, const SuppressionFilter& which, UndoCounts& counts,
                             const Each<Suppression>& each) {
  SuppressionFilter of_any_source = which;
  of_any_source.with_manual = of_any_source.with_complaints = true;
  return store.suppressions(of_any_source, [&](const Suppression& row) {
    if (selects(which, row)) return each(row);
    ++(row.source == "complaint" ? counts.left_complaints : counts.left_manual);
    return true;
  });
}

class UndoRun {
 public:
  UndoRun(Store& store, SuppressionFilter which, ManualAct act)
      : store_(store), which_(std::move(which)), act_(std::move(act)) {}

  /// Takes back the next addresses; `undone` is what became of them. False when these were the last.
  Result<bool> next_batch(std::size_t size, std::vector<Undone>& undone) {
    undone.clear();
    std::vector<Suppression> selected;
    auto read = stream_selected(store_, which_, counts_, [&](const Suppression& row) {
      selected.push_back(row);
      return selected.size() < size;
    });
    if (!read) return fail(read.error());
    auto transaction = store_.begin();
    if (!transaction) return fail(transaction.error());
    if (auto begun = begin_act(**transaction, selected.empty()); !begun || !*begun) return begun;
    for (const Suppression& row : selected)
      if (auto done = take_back(**transaction, row, undone); !done) return fail(done.error());
    if (auto done = (*transaction)->commit(); !done) return fail(done.error());
    for (const Undone& one : undone) {
      ++counts_.taken_back;
      counts_.came_back += one.back.has_value();
    }
    if (selected.size() < size) return false;
    which_.after = selected.back().address;
    return true;
  }
  [[nodiscard]] const UndoCounts& counts() const { return counts_; }

 private:
  /// Forgets what was replaced and records the act, once. False when there is nothing to do.
  Result<bool> begin_act(Transaction& transaction, bool nothing_selected) {
    if (act_.id != 0) return !nothing_selected;
    const auto forgotten = transaction.forget_replaced(which_);
    if (!forgotten) return fail(forgotten.error());
    if (nothing_selected && *forgotten == 0) return false;
    const auto id = transaction.record_act(act_);
    if (!id) return fail(id.error());
    act_.id = *id;
    return true;
  }

  Result<void> take_back(Transaction& transaction, const Suppression& row, std::vector<Undone>& undone) {
    const auto back = what_comes_back(store_, row.address, which_, act_.at);
    if (!back) return fail(back.error());
    const auto taken = transaction.take_back(row.address, which_, act_);
    if (!taken) return fail(taken.error());
    if (*taken) undone.push_back({row, *back});
    return {};
  }

  Store& store_;
  SuppressionFilter which_;
  ManualAct act_;
  UndoCounts counts_;
};

}  // namespace

Result<UndoCounts> preview_undo(Store& store, const SuppressionFilter& which, UnixSeconds now,
                                const EachUndone& each) {
  UndoCounts counts;
  std::optional<Error> failure;
  const auto done = stream_selected(store, which, counts, [&](const Suppression& row) {
    const auto back = what_comes_back(store, row.address, which, now);
    if (!back) {
      failure = back.error();
      return false;
    }
    ++counts.taken_back;
    counts.came_back += back->has_value();
    each(row, *back);
    return true;
  });
  if (failure) return fail(*failure);
  if (!done) return fail(done.error());
  return counts;
}

Result<UndoCounts> apply_undo(Store& store, const SuppressionFilter& which, ManualAct act,
                              const EachUndone& each, std::size_t batch) {
  UndoRun run(store, which, std::move(act));
  std::vector<Undone> undone;
  for (bool more = true; more;) {
    const auto done = run.next_batch(batch, undone);
    if (!done) return fail(done.error());
    more = *done;
    for (const Undone& one : undone) each(one.taken, one.back);
  }
  return run.counts();
}

}  // namespace bounced
