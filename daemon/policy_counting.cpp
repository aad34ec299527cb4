#include "daemon/policy_counting.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "config/option_value.hpp"
#include "daemon/policy_overrides.hpp"
#include "parser/address.hpp"

namespace bounced {
namespace {

constexpr UnixSeconds day_seconds = 24 * 60 * 60;

UnixSeconds seconds_of(std::chrono::hours span) { return std::chrono::seconds(span).count(); }

/// The reason whose setting says how an event counts; nothing where no setting does.
std::optional<Reason> setting_of(const BounceEvent& event) {
  const bool suppresses = facts(event.reason).advice == Advice::suppress;
  const bool on_address = counter_of(event) == Counter::address;
  // Where the verdict's weight differs from what is usual for the reason, the setting for the reason says
  // nothing about it: a weak word of a dead address weighs as much as one that says nothing.
  if (on_address && !suppresses) return std::nullopt;
  return !on_address && suppresses ? Reason::unclassified : event.reason;
}

Threshold threshold_of(const std::string& address, const BounceEvent& event, const PolicySettings& policy) {
  const auto reason = setting_of(event);
  if (!reason) return {.count = 1, .distinct_days = 1};
  const auto found = policy.thresholds.find(*reason);
  Threshold threshold = found == policy.thresholds.end() ? Threshold{} : found->second;
  if (policy.overrides.empty()) return threshold;
  for (const PolicyOverride* one : overrides_for(address, event, policy))
    if (const auto change = one->thresholds.find(*reason); change != one->thresholds.end())
      threshold = changed(threshold, change->second);
  threshold.distinct_days = std::min(threshold.distinct_days, threshold.count);  // parts of several overrides
  return threshold;
}

struct WeighedFailure {
  UnixSeconds at = 0;
  int weight = 0;  ///< in hundredths
};

/// The failures that add up with the event, its own included: sorted by time, of one second the weightiest.
std::vector<WeighedFailure> failures_with(const BounceEvent& event, const AddressHistory& history,
                                          const PolicySettings& policy) {
  const Counter counter = counter_of(event);
  const std::string sender = counter == Counter::pair ? sender_of(event) : "";
  std::vector<WeighedFailure> found{{event.at, threshold_of(event.address, event, policy).weight}};
  std::set<std::string> signatures{event.signature};
  for (const BounceEvent& earlier : history.events) {
    if (earlier.at <= history.soft_reset_at || counter_of(earlier) != counter || earlier.wave != 0) continue;
    if (counter == Counter::pair && sender_of(earlier) != sender) continue;
    if (!earlier.signature.empty() && !signatures.insert(earlier.signature).second) continue;
    found.push_back({earlier.at, threshold_of(event.address, earlier, policy).weight});
  }
  std::sort(found.begin(), found.end(), [](const WeighedFailure& a, const WeighedFailure& b) {
    return a.at != b.at ? a.at < b.at : a.weight > b.weight;
  });
  const auto same = [](const WeighedFailure& a, const WeighedFailure& b) { return a.at == b.at; };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

/// The tally of the window that begins with failures[from].
Tally window_from(const std::vector<WeighedFailure>& failures, std::size_t from, UnixSeconds window) {
  Tally found;
  found.first = failures[from].at;
  UnixSeconds last_day = -1;
  for (std::size_t i = from; i < failures.size() && failures[i].at - found.first <= window; ++i) {
    found.last = failures[i].at;
    if (failures[i].weight == 0) continue;
    ++found.count;
    found.weight += failures[i].weight;
    if (failures[i].at / day_seconds == last_day) continue;
    last_day = failures[i].at / day_seconds;
    ++found.days;
  }
  return found;
}

/// `more`: what else there is to say within the brackets.
std::string counter_text(const BounceEvent& event, const std::string& more) {
  const std::string reason(to_string(event.reason));
  switch (counter_of(event)) {
    case Counter::soft:
      return "soft failures (" + reason + " now" + (more.empty() ? "" : "; " + more) + ")";
    case Counter::pair: {
      const std::string sender = sender_of(event);
      return "refusals of " + (sender.empty() ? "our mail" : "mail from " + sender) + " (" + reason + " now" +
             (more.empty() ? "" : "; " + more) + ")";
    }
    default:
      return more.empty() ? reason : reason + " (" + more + ")";
  }
}

}  // namespace

Counter counter_of(const BounceEvent& event) {
  if (event.kind != Kind::bounce) return Counter::none;
  if (event.fault == Fault::sender || event.fault == Fault::content) return Counter::none;
  if (event.advice != Advice::suppress && event.advice != Advice::soft) return Counter::none;
  if (event.permanence == Permanence::pair) return Counter::pair;
  if (event.advice == Advice::suppress && event.confidence >= Confidence::strong) return Counter::address;
  return event.reason == Reason::mailbox_full ? Counter::mailbox_full : Counter::soft;
}

std::string sender_of(const BounceEvent& event) {
  const std::string_view domain = domain_of(event.original_from);
  return domain.empty() ? event.list_id : std::string(domain);
}

std::optional<UnixSeconds> first_with_signature(const BounceEvent& event, const AddressHistory& history) {
  std::optional<UnixSeconds> first;
  if (event.signature.empty()) return first;
  for (const BounceEvent& earlier : history.events)
    if (earlier.kind == event.kind && earlier.signature == event.signature)
      first = std::min(first.value_or(earlier.at), earlier.at);
  return first;
}

Threshold threshold_for(const BounceEvent& event, const PolicySettings& policy) {
  return threshold_of(event.address, event, policy);
}

std::string overrides_text(const BounceEvent& event, const PolicySettings& policy) {
  std::string text;
  const auto reason = setting_of(event);
  if (!reason || policy.overrides.empty()) return text;
  for (const PolicyOverride* one : overrides_for(event.address, event, policy))
    if (one->thresholds.contains(*reason)) text += (text.empty() ? "; by " : ", ") + name_of(*one);
  return text;
}

Tally tally(const BounceEvent& event, const AddressHistory& history, const Threshold& threshold,
            const PolicySettings& policy) {
  const UnixSeconds window = seconds_of(threshold.window);
  const UnixSeconds spacing = seconds_of(policy.confirm_spacing);
  const std::vector<WeighedFailure> failures = failures_with(event, history, policy);
  Tally best;
  bool spaced = false;
  for (std::size_t i = 0; i < failures.size() && failures[i].at <= event.at; ++i) {
    if (event.at - failures[i].at > window) continue;
    Tally found = window_from(failures, i, window);
    found.reached = found.weight >= threshold.count * 100 && found.days >= threshold.distinct_days;
    if (best.last == 0 || found.reached > best.reached ||
        (found.reached == best.reached && found.weight > best.weight))
      best = found;
  }
  for (const auto& [at, weight] : failures) {
    const UnixSeconds apart = at < event.at ? event.at - at : at - event.at;
    spaced = spaced || (apart >= spacing && apart <= window);
  }
  best.spaced = spaced;
  return best;
}

std::string tally_text(const BounceEvent& event, const Tally& tally, const Threshold& threshold) {
  const bool weighed = tally.weight != tally.count * 100;
  const std::string more = weighed ? std::to_string(tally.count) + " by their weights" : "";
  std::string text =
      share_text(tally.weight) + " of " + std::to_string(threshold.count) + " " + counter_text(event, more);
  if (threshold.count == 1) return text;
  text += " on " + std::to_string(tally.days) + (tally.days == 1 ? " day" : " days");
  if (tally.days < threshold.distinct_days && tally.count >= threshold.count)
    text += " of " + std::to_string(threshold.distinct_days);
  return text + " within " + std::to_string(threshold.window.count() / 24) + " days";
}

}  // namespace bounced
