// What each sync target has been told of the outbox. Part of the store (Store::sync); every write is a
// transaction of its own, and a short one: targets are told outside of any.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/result.hpp"
#include "storage/records.hpp"

namespace bounced {

/// Where a target stands.
struct SyncTarget {
  std::string name = {};
  std::int64_t cursor = 0;  ///< every change up to this number is told, put aside or filtered out
  bool disabled = false;    ///< it asked not to be told any more
  int failures = 0;         ///< turns in a row that failed
  UnixSeconds next_try_at = 0, tried_at = 0;
  UnixSeconds delivered_at = 0;    ///< of the last turn that ended well
  std::int64_t delivered = 0;      ///< changes that it took, ever
  std::string error = {};          ///< of the last turn; "" = it ended well
  std::int64_t behind = 0;         ///< changes above the cursor; counted by the store
  std::int64_t waiting = 0;        ///< refused changes that are tried again; counted by the store
  std::int64_t dead = 0;           ///< those that are not; counted by the store
  std::int64_t oldest_behind = 0;  ///< when the oldest change above the cursor was made; 0 = none

  bool operator==(const SyncTarget&) const = default;
};

/// What became of the newest change of an address at a target.
enum class SyncState : std::uint8_t { done, waiting, dead };
inline constexpr std::array<std::string_view, 3> sync_state_names{"done", "waiting", "dead"};
constexpr std::string_view to_string(SyncState value) {
  return sync_state_names[static_cast<std::size_t>(value)];
}

/// An address as a target knows it.
struct SyncAddress {
  std::string target = {}, address = {};
  std::int64_t number = 0;  ///< of the change; 0 = none yet
  bool suppressed = false;  ///< what that change says
  bool holds = false;       ///< the target may have a suppression of ours: its end must be told
  SyncState state = SyncState::done;
  int attempts = 0;
  UnixSeconds next_try_at = 0;  ///< while waiting
  UnixSeconds at = 0;           ///< of the last attempt
  std::string words = {};       ///< what the target said to a refused one

  bool operator==(const SyncAddress&) const = default;
};

/// A change, and what the target knew of the address before it.
struct SyncChange {
  OutboxChange change;
  SyncAddress before;
};

/// What a turn has come to.
struct SyncProgress {
  SyncTarget target;  ///< written whole, but for the counted figures; made when it is new
  std::vector<SyncAddress> addresses;
};

class SyncStore {
 public:
  virtual ~SyncStore() = default;

  /// A target that was never written is as new.
  virtual Result<SyncTarget> target(const std::string& name) = 0;
  /// All that were ever written, by name.
  virtual Result<std::vector<SyncTarget>> targets() = 0;
  /// The number of the newest change; 0 = none yet.
  virtual Result<std::int64_t> last_change() = 0;
  /// At most `limit` changes with a number above `after`, in order.
  virtual Result<std::vector<SyncChange>> changes_for(const std::string& target, std::int64_t after,
                                                      int limit) = 0;
  /// Refused changes that are to be tried again by `due_at`, in order of number; at most `limit`.
  virtual Result<std::vector<SyncChange>> waiting_for(const std::string& target, UnixSeconds due_at,
                                                      int limit) = 0;
  /// When the first refused change is to be tried again; 0 = there is none.
  virtual Result<UnixSeconds> next_waiting(const std::string& target) = 0;
  virtual Result<void> write(const SyncProgress& progress) = 0;
  /// Sets a target back: changes from `from` on are new to it, nothing of them is put aside, and it is
  /// neither disabled nor waited for.
  virtual Result<void> replay(const std::string& target, std::int64_t from) = 0;
  /// The refused changes of a target, in order of number, streamed.
  virtual Result<void> refused(const std::string& target,
                               const std::function<bool(const SyncAddress&)>& each) = 0;
  /// What each target knows of an address, by name.
  virtual Result<std::vector<SyncAddress>> known_of(const std::string& address) = 0;
  /// The newest change of an address.
  virtual Result<std::optional<OutboxChange>> last_change_of(const std::string& address) = 0;
};

}  // namespace bounced
