// Forgetting addresses, in the store in memory.
#pragma once

#include "storage/forget_store.hpp"
#include "storage/memory_state.hpp"

namespace bounced {

class MemoryForgetting final : public ForgetStore {
 public:
  MemoryForgetting(MemoryState& state, const bool& transaction_open)
      : state_(state), transaction_open_(transaction_open) {}

  Result<std::string> key() override { return std::string("the key of a store in memory"); }
  Result<bool> any() override { return !state_.forgotten.empty(); }
  Result<std::optional<Forgotten>> find(const std::string& hash) override;
  Result<ForgetCounts> forget(const std::string& address, const std::optional<Forgotten>& kept,
                              const ManualAct& act, bool apply) override;
  Result<bool> mail_again(const std::string& hash, const std::string& address, const ManualAct& act) override;

 private:
  void record(const ManualAct& act);

  MemoryState& state_;
  const bool& transaction_open_;
};

}  // namespace bounced
