#include "daemon/policy_counting.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "parser/address.hpp"

namespace bounced {
namespace {

constexpr UnixSeconds day_seconds = 24 * 60 * 60;

UnixSeconds seconds_of(std::chrono::hours span) { return std::chrono::seconds(span).count(); }

/// The times of the failures that add up with the event, its own included: sorted, each once.
std::vector<UnixSeconds> times_with(const BounceEvent& event, const AddressHistory& history) {
  const Counter counter = counter_of(event);
  const std::string sender = counter == Counter::pair ? sender_of(event) : "";
  std::vector<UnixSeconds> times{event.at};
  std::set<std::string> signatures{event.signature};
  for (const BounceEvent& earlier : history.events) {
    if (earlier.at <= history.soft_reset_at || counter_of(earlier) != counter || earlier.wave != 0) continue;
    if (counter == Counter::pair && sender_of(earlier) != sender) continue;
    if (earlier.signature.empty() || signatures.insert(earlier.signature).second) times.push_back(earlier.at);
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

/// The tally of the window that begins with times[from].
Tally window_from(const std::vector<UnixSeconds>& times, std::size_t from, UnixSeconds window) {
  Tally found;
  found.first = times[from];
  UnixSeconds last_day = -1;
  for (std::size_t i = from; i < times.size() && times[i] - times[from] <= window; ++i) {
    ++found.count;
    found.last = times[i];
    if (times[i] / day_seconds == last_day) continue;
    last_day = times[i] / day_seconds;
    ++found.days;
  }
  return found;
}

std::string counter_text(const BounceEvent& event) {
  switch (counter_of(event)) {
    case Counter::soft:
      return "soft failures (" + std::string(to_string(event.reason)) + " now)";
    case Counter::pair: {
      const std::string sender = sender_of(event);
      return "refusals of " + (sender.empty() ? "our mail" : "mail from " + sender) + " (" +
             std::string(to_string(event.reason)) + " now)";
    }
    default:
      return std::string(to_string(event.reason));
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
  const bool suppresses = facts(event.reason).advice == Advice::suppress;
  const bool on_address = counter_of(event) == Counter::address;
  // Where the verdict's weight differs from what is usual for the reason, the setting for the reason says
  // nothing about it: a weak word of a dead address weighs as much as one that says nothing.
  if (on_address && !suppresses) return {.count = 1, .distinct_days = 1};
  const auto found = policy.thresholds.find(!on_address && suppresses ? Reason::unclassified : event.reason);
  return found == policy.thresholds.end() ? Threshold{} : found->second;
}

Tally tally(const BounceEvent& event, const AddressHistory& history, const Threshold& threshold,
            UnixSeconds spacing_seconds) {
  const UnixSeconds window = seconds_of(threshold.window);
  const std::vector<UnixSeconds> times = times_with(event, history);
  Tally best;
  bool spaced = false;
  for (std::size_t i = 0; i < times.size() && times[i] <= event.at; ++i) {
    if (event.at - times[i] > window) continue;
    Tally found = window_from(times, i, window);
    found.reached = found.count >= threshold.count && found.days >= threshold.distinct_days;
    if (found.reached > best.reached || (found.reached == best.reached && found.count > best.count))
      best = found;
  }
  for (const UnixSeconds time : times) {
    const UnixSeconds apart = time < event.at ? event.at - time : time - event.at;
    spaced = spaced || (apart >= spacing_seconds && apart <= window);
  }
  best.spaced = spaced;
  return best;
}

std::string tally_text(const BounceEvent& event, const Tally& tally, const Threshold& threshold) {
  std::string text =
      std::to_string(tally.count) + " of " + std::to_string(threshold.count) + " " + counter_text(event);
  if (threshold.count == 1) return text;
  text += " on " + std::to_string(tally.days) + (tally.days == 1 ? " day" : " days");
  if (tally.days < threshold.distinct_days && tally.count >= threshold.count)
    text += " of " + std::to_string(threshold.distinct_days);
  return text + " within " + std::to_string(threshold.window.count() / 24) + " days";
}

}  // namespace bounced
