#include "storage/memory_forget.hpp"

#include <algorithm>
#include <functional>

#include "storage/forgotten_text.hpp"

namespace bounced {
namespace {

/// Every text that the state keeps of others.
void for_each_text(MemoryState& state, const std::function<void(std::string&)>& visit) {
  for (JournalRow& mail : state.mails) visit(mail.message_id);
  for (BounceEvent& event : state.events)
    for (std::string* text : {&event.diagnostic, &event.original_message_id, &event.remote_mta}) visit(*text);
  for (auto& [address, one] : state.suppressions)
    for (std::string* text : {&one.diagnostic, &one.note, &one.message_id}) visit(*text);
  for (auto& [address, retry] : state.retries)
    for (std::string* text : {&retry.diagnostic, &retry.original_message_id}) visit(*text);
  for (auto& [key, held] : state.holds)
    for (std::string* text : {&held.suppression.diagnostic, &held.suppression.note}) visit(*text);
  for (auto& [key, issue] : state.issues) visit(issue.sample_text);
  for (auto& [key, unknown] : state.unknown)
    for (std::string& sample : unknown.samples) visit(sample);
  for (Wave& wave : state.waves) visit(wave.sample);
  for (OutboxChange& change : state.outbox) visit(change.why);
  for (ManualAct& act : state.acts)
    for (std::string* text : {&act.why, &act.detail}) visit(*text);
}

template <class Map>
std::int64_t erase(Map& map, const std::string& address) {
  return static_cast<std::int64_t>(map.erase(address));
}

void remove(MemoryState& state, const std::string& address, ForgetCounts& counts) {
  for (BounceEvent& event : state.events) {
    if (event.address != address) continue;
    ++counts.events;
    const auto id = event.id, mail = event.mail_id;
    event = {};  // its place stays: ids are positions
    event.id = id;
    event.mail_id = mail;
  }
  if (const auto replaced = state.replaced.find(address); replaced != state.replaced.end())
    counts.suppressions += static_cast<std::int64_t>(replaced->second.size());
  state.replaced.erase(address);
  counts.suppressions += erase(state.suppressions, address);
  counts.retries += erase(state.retries, address);
  counts.holds += static_cast<std::int64_t>(
      std::erase_if(state.holds, [&](const auto& entry) { return entry.first.second == address; }));
  counts.changes += static_cast<std::int64_t>(
      std::erase_if(state.outbox, [&](const OutboxChange& change) { return change.address == address; }));
  state.acts_on.erase(address);
  state.addresses.erase(address);
}

}  // namespace

Result<std::optional<Forgotten>> MemoryForgetting::find(const std::string& hash) {
  const auto found = state_.forgotten.find(hash);
  return found == state_.forgotten.end() ? std::nullopt : std::optional(found->second);
}

Result<ForgetCounts> MemoryForgetting::forget(const std::string& address,
                                              const std::optional<Forgotten>& kept, const ManualAct& act,
                                              bool apply) {
  if (transaction_open_) return fail(Exit::internal, "an address is forgotten within a transaction");
  MemoryState changed = state_;
  ForgetCounts counts;
  std::vector<std::string> forms{address};
  if (const auto known = changed.addresses.find(address); known != changed.addresses.end()) {
    counts.known = true;
    forms.push_back(known->second.as_written);
    remove(changed, address, counts);
  }
  const ForgottenText forgotten(forms);
  for_each_text(changed, [&](std::string& text) {
    if (!forgotten.is_in(text)) return;
    text = forgotten.cut_out_of(text);
    ++counts.texts;
  });
  if (!apply) return counts;
  state_ = std::move(changed);
  if (kept) state_.forgotten[kept->hash] = *kept;
  record(act);
  return counts;
}

Result<bool> MemoryForgetting::mail_again(const std::string& hash, const std::string& address,
                                          const ManualAct& act) {
  if (transaction_open_) return fail(Exit::internal, "an address is mailed again within a transaction");
  const auto found = state_.forgotten.find(hash);
  if (found == state_.forgotten.end()) return false;
  MemoryAddress& known = state_.addresses[address];
  known.as_written = address;
  known.soft_reset_at = act.at;
  OutboxChange change;
  change.number = state_.outbox.empty() ? 1 : state_.outbox.back().number + 1;
  change.address = address;
  change.suppressed = false;
  change.reason = found->second.reason;
  change.scope = found->second.scope;
  change.at = act.at;
  change.why = act.why;
  state_.outbox.push_back(change);
  state_.forgotten.erase(found);
  record(act);
  return true;
}

void MemoryForgetting::record(const ManualAct& act) {
  state_.acts.push_back(act);
  state_.acts.back().id = static_cast<std::int64_t>(state_.acts.size());
}

}  // namespace bounced
