// One process at a time tells a target: else a slow one could tell something older after a quick one told
// something newer.
#pragma once

#include <string>

#include "parser/result.hpp"

namespace bounced {

/// Held until it goes, and let go by the kernel when the process ends in any way: a byte of the file
/// DATABASE-sync, one for each target's name, by an open file description lock (fcntl(2)).
class TargetLock {
 public:
  /// Errors: Exit::try_again when another one has it, Exit::cant_create for a file that can't be made.
  static Result<TargetLock> take(const std::string& database_path, const std::string& target);

  TargetLock(TargetLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  TargetLock(const TargetLock&) = delete;
  TargetLock& operator=(TargetLock&&) = delete;
  ~TargetLock();

 private:
  explicit TargetLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace bounced
