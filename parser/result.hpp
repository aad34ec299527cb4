// Result<T>: a value, or an Error that says what failed, why, and what the person can do about it.
//
// The subset of std::expected's interface that we use (the C++20 library of g++ 12 has no std::expected);
// when it has one, this file becomes an alias. Nothing outside reading-of-mail throws across a room's border:
// foreign exceptions end in the one file that includes the foreign header.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace bounced {

/// Exit codes of the program, from sysexits.h; an Error carries the one it leads to.
enum class Exit : int {
  ok = 0,
  usage = 64,          ///< wrong words on the command line
  data = 65,           ///< the input is not what it should be (a file to import, a foreign database)
  no_input = 66,       ///< an input file can't be opened
  unavailable = 69,    ///< a server can't be reached or refuses service
  internal = 70,       ///< a fault of ours
  cant_create = 73,    ///< an output can't be made
  io = 74,             ///< disk, database
  try_again = 75,      ///< passing: locked, busy, throttled
  no_permission = 77,  ///< signing in failed, or a file may not be read
  config = 78,         ///< settings or rules are wrong
};

/// What failed. `message` names the thing and the cause ("mailbox returns: mail.example.org:993 refused the
/// connection"); `hint` tells the person what to do ("is the server running? the url is in bounced.toml, line
/// 7"), and may be empty.
struct Error {
  Exit exit = Exit::internal;
  std::string message;
  std::string hint;

  /// True when the same call may succeed later without anyone changing anything.
  [[nodiscard]] bool temporary() const { return exit == Exit::unavailable || exit == Exit::try_again; }
};

/// Wraps an Error so that a Result<T> can be made from it: `return fail(Exit::io, "…", "…");`
struct Failure {
  Error error;
};
inline Failure fail(Exit exit, std::string message, std::string hint = {}) {
  return Failure{Error{exit, std::move(message), std::move(hint)}};
}
inline Failure fail(Error error) { return Failure{std::move(error)}; }

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Failure failure)
      : state_(std::in_place_index<1>, std::move(failure.error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Failure failure) : error_(std::move(failure.error)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace bounced
