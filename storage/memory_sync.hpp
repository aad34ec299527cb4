// What sync targets have been told, in the store in memory.
#pragma once

#include <string>
#include <vector>

#include "storage/memory_state.hpp"
#include "storage/sync_store.hpp"

namespace bounced {

/// The List-Id of the mail that an event came with; "" where there is no such event.
std::string list_of_event(const MemoryState& state, std::int64_t event_id);

class MemorySync final : public SyncStore {
 public:
  MemorySync(MemoryState& state, const bool& transaction_open)
      : state_(state), transaction_open_(transaction_open) {}

  Result<SyncTarget> target(const std::string& name) override;
  Result<std::vector<SyncTarget>> targets() override;
  Result<std::int64_t> last_change() override;
  Result<std::vector<SyncChange>> changes_for(const std::string& target, std::int64_t after,
                                              int limit) override;
  Result<std::vector<SyncChange>> waiting_for(const std::string& target, UnixSeconds due_at,
                                              int limit) override;
  Result<UnixSeconds> next_waiting(const std::string& target) override;
  Result<void> write(const SyncProgress& progress) override;
  Result<void> replay(const std::string& target, std::int64_t from) override;
  Result<void> refused(const std::string& target,
                       const std::function<bool(const SyncAddress&)>& each) override;
  Result<std::vector<SyncAddress>> known_of(const std::string& address) override;
  Result<std::optional<OutboxChange>> last_change_of(const std::string& address) override;

 private:
  /// The refused changes of a target in order of number.
  [[nodiscard]] std::vector<SyncAddress> refused_by(const std::string& target) const;
  [[nodiscard]] SyncTarget counted(SyncTarget target) const;

  MemoryState& state_;
  const bool& transaction_open_;
};

}  // namespace bounced
