#include "daemon/replay.hpp"

#include <algorithm>

#include "daemon/event_record.hpp"
#include "daemon/policy_counting.hpp"
#include "storage/suppression_weight.hpp"

namespace bounced {
namespace {

bool came_earlier(const BounceEvent& a, const BounceEvent& b) { return a.at < b.at; }

/// The address as the store would tell it of, were the events up to now all that ever came.
class Replay {
 public:
  Replay(const AddressRecord& record, const PolicySettings& policy, UnixSeconds now)
      : policy_(policy), now_(now) {
    // A reset by a delivery comes again when its report does; one by a person holds for all.
    if (record.soft_reset_at != record.last_delivered_at) soft_reset_at_ = record.soft_reset_at;
  }

  void take(const BounceEvent& event) {
    const AddressHistory history = history_for(event);
    Decision decision = decide(event, history, policy_, now_);
    // What belongs to a wave waits for a person's word, or has it: no rule makes it suppress.
    if (event.wave != 0 && decision.outcome == Outcome::suppress && event.kind != Kind::complaint)
      decision.outcome = Outcome::held;
    BounceEvent& kept = standing_.events.emplace_back(event);
    kept.outcome = to_string(decision.outcome);
    kept.counted = decision.counted;
    kept.threshold = decision.threshold;
    if (event.distrusted) return;
    if (decision.outcome == Outcome::suppress) suppress(suppression_by(decision, kept, now_));
    if (event.kind == Kind::delivered && event.action == to_string(Action::delivered) &&
        !first_with_signature(event, history))
      delivered(event.at);
    past_.insert(std::upper_bound(past_.begin(), past_.end(), kept, came_earlier), kept);
    if (!standing_.newest || standing_.newest->at <= kept.at) {
      standing_.newest = kept;
      standing_.last = decision;
    }
  }

  Standing standing() { return std::move(standing_); }

 private:
  [[nodiscard]] AddressHistory history_for(const BounceEvent& event) const {
    AddressHistory history;
    history.soft_reset_at = std::max(soft_reset_at_, last_delivered_at_);
    history.last_delivered_at = last_delivered_at_;
    if (standing_.suppression) {
      history.suppressed = true;
      history.suppression_source = standing_.suppression->source;
      history.suppression_scope = standing_.suppression->scope;
    }
    BounceEvent earliest;
    earliest.at = history_since(policy_, event.at);
    auto from = std::lower_bound(past_.begin(), past_.end(), earliest, came_earlier);
    if (past_.end() - from > history_limit) from = past_.end() - history_limit;
    history.events.assign(from, past_.end());
    return history;
  }

  void suppress(Suppression made) {
    std::optional<Suppression>& stands = standing_.suppression;
    if (!stands ||
        suppression_weight(made.source, made.scope) > suppression_weight(stands->source, stands->scope))
      stands = std::move(made);
  }

  void delivered(UnixSeconds at) { last_delivered_at_ = std::max(last_delivered_at_, at); }

  const PolicySettings& policy_;
  UnixSeconds now_;
  UnixSeconds soft_reset_at_ = 0;
  UnixSeconds last_delivered_at_ = 0;
  std::vector<BounceEvent> past_;  // by time, none that is distrusted
  Standing standing_;
};

}  // namespace

Standing replay(const AddressRecord& record, const PolicySettings& policy, UnixSeconds now) {
  Replay run(record, policy, now);
  for (const BounceEvent& event : record.events) run.take(event);
  return run.standing();
}

}  // namespace bounced
