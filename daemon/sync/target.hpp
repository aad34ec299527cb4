// What a sync target is: a program that is told of suppressions and of their ends. One file a target; the
// table of types is target.cpp.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "parser/result.hpp"
#include "storage/store.hpp"

namespace bounced {

/// What became of one change.
enum class Fate : std::uint8_t {
  done,     ///< it was taken, or had been before
  refused,  ///< the target won't have this one: it is tried a few times, while others go on
  later,    ///< nothing is wrong with it, but with the target: it stays at the head of the queue
  disable,  ///< the target asks not to be told any more
};

struct SyncReply {
  Fate fate = Fate::done;
  Error error = {};                     ///< what is wrong; of `done` nothing
  std::chrono::seconds retry_after{0};  ///< the target's own waiting time; 0 = not told
};

/// Where a target gets the whole of what it is to know: calls `each` for every suppression, by address.
using StateSource = std::function<Result<void>(const Each<Suppression>& each)>;

class Target {
 public:
  virtual ~Target() = default;

  /// Tells changes, each of another address, in order of number. A change may come again: what was told
  /// already is done. Gives one reply for each; those that were not told for want of a connection are
  /// `later`.
  virtual std::vector<SyncReply> deliver(std::span<const OutboxChange> changes) = 0;

  /// True for one that takes the whole state at once: then `replace` is called instead of `deliver`.
  [[nodiscard]] virtual bool wants_whole_state() const { return false; }
  /// True when the whole state must be written though nothing changed.
  virtual bool has_lost_its_state() { return false; }
  virtual Result<void> replace(const StateSource& state);

  /// Tries whether it could be told something, and changes nothing. Gives what was found, for a person.
  virtual Result<std::string> examine() = 0;

  /// Whether it can be asked what it holds.
  [[nodiscard]] virtual bool can_be_asked() const { return false; }
  /// Calls `each` for every address that it holds as suppressed in the way in which we tell it.
  virtual Result<void> held(const std::function<void(const std::string&)>& each);
  /// Whether an address that is not among those should be. True where every suppressed address is held.
  virtual Result<bool> lacks(const std::string& address);
};

/// Makes the target; reads its password. `stop` ends waits within a second or so. Errors: those of
/// read_secret, Exit::config for what the settings can't tell before.
Result<std::unique_ptr<Target>> make_target(const TargetSettings& settings, std::function<bool()> stop);

/// The same reply for each of `count` changes.
std::vector<SyncReply> same_reply(std::size_t count, const SyncReply& reply);
/// "target lists": how messages name it.
std::string target_title(const TargetSettings& settings);

}  // namespace bounced
