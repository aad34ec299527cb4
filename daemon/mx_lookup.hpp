// The mail exchangers of a domain (RFC 5321 5.1), asked of the DNS: who receives mail for a recipient tells
// which vendor wrote a reply that names nobody. The door to the system's resolver library.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace bounced {

struct MxLookupOptions {
  std::string resolver;             ///< "192.0.2.53" or "192.0.2.53:5353"; "" = those of the system
  std::chrono::seconds timeout{2};  ///< for one answer; it is asked for once
};

/// Answers are kept for as long as the DNS says, within a minute and a day. When several questions in a row
/// get no answer, none is asked for five minutes, so that a dead resolver does not hold the mail up.
/// Thread-safe.
class MxLookup {
 public:
  explicit MxLookup(MxLookupOptions options);
  MxLookup(const MxLookup&) = delete;
  MxLookup& operator=(const MxLookup&) = delete;
  ~MxLookup();

  /// Host names in lower case, the most preferred first; empty when there are none, when the domain is not
  /// ASCII, and when no answer came.
  [[nodiscard]] std::vector<std::string> hosts(const std::string& domain);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bounced
