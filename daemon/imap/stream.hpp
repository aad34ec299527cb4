// A signed-in connection as bytes. transport.cpp makes the real one; tests script one.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "parser/result.hpp"

namespace bounced::imap {

using Deadline = std::chrono::steady_clock::time_point;

class Stream {
 public:
  virtual ~Stream() = default;
  /// Sends all bytes. Errors: Exit::unavailable (closed, deadline passed).
  virtual Result<void> send(std::string_view bytes, Deadline deadline) = 0;
  /// Waits for bytes and puts them into `into` (not empty). Returns how many; 0 = the server closed the
  /// connection, nothing = none came before the deadline. Errors: Exit::unavailable.
  virtual Result<std::optional<std::size_t>> receive(std::span<char> into, Deadline deadline) = 0;
};

}  // namespace bounced::imap
