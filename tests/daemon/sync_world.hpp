// A store with an outbox, a target that answers as it was told, and a clock that is set by hand.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "daemon/sync/delivery.hpp"
#include "tests/contract/store_world.hpp"

namespace bounced::testing {

/// What was delivered: "+a@x.example" or "-a@x.example", with its number.
struct Heard {
  std::int64_t number = 0;
  std::string what;
  bool operator==(const Heard&) const = default;
};

class ScriptedTarget final : public Target {
 public:
  std::vector<Heard> heard;               ///< what it took, in order
  std::vector<std::size_t> batches;       ///< the size of each call
  std::map<std::string, Fate> answer_to;  ///< of an address; `done` for others
  std::deque<Fate> answers;               ///< of whole calls, used up first
  std::chrono::seconds retry_after{0};

  std::vector<SyncReply> deliver(std::span<const OutboxChange> changes) override;
  Result<std::string> examine() override { return std::string("there"); }
  [[nodiscard]] std::vector<std::string> words() const;
};

/// Hands on to a target that lives longer than a turn.
class Handle final : public Target {
 public:
  explicit Handle(Target& target) : target_(target) {}
  std::vector<SyncReply> deliver(std::span<const OutboxChange> changes) override {
    return target_.deliver(changes);
  }
  [[nodiscard]] bool wants_whole_state() const override { return target_.wants_whole_state(); }
  Result<void> replace(const StateSource& state) override { return target_.replace(state); }
  Result<std::string> examine() override { return target_.examine(); }

 private:
  Target& target_;
};

class SyncScene {
 public:
  SyncScene();

  void suppress(const std::string& address, Reason reason = Reason::user_unknown,
                const std::string& scope = "");
  void release(const std::string& address);
  /// A turn with one target, as `run` does it.
  TurnResult turn(Target& target, TurnLimits limits = {});
  SyncTarget state();
  SyncAddress known_of(const std::string& address);

  std::unique_ptr<Store> store = make_memory_store();
  TargetSettings settings;
  UnixSeconds now = contract::start;
  double chance = 0;
  bool stop = false;
  int made = 0;  ///< how often the target was made
};

}  // namespace bounced::testing
