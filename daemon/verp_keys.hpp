// The keys that return paths are signed with: making a signature, and telling one that is ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/result.hpp"
#include "parser/signed_verp.hpp"

namespace bounced {

/// RFC 2104 3 asks for a key at least as long as the hash, 32 bytes; a line of so many characters has that
/// length, though not that much chance where a person chose it.
inline constexpr std::size_t least_verp_key_bytes = 32;

class VerpKeys {
 public:
  VerpKeys() = default;
  /// Each file holds one key, on its only line. The first one signs, all of them verify. Errors: Exit::config
  /// (no such file, empty, several lines, too short), Exit::no_permission (unreadable).
  static Result<VerpKeys> read(const std::vector<std::string>& files);

  [[nodiscard]] bool empty() const { return keys_.empty(); }
  /// The tag of a path for its recipient: verp_tag_letters in lower case. There must be a key.
  [[nodiscard]] std::string tag(const SignedReturnPath& path) const;
  /// True when the tag of the path is that of one of the keys for `recipient`; compared in constant time.
  [[nodiscard]] bool fits(const SignedReturnPath& path, const std::string& recipient) const;

 private:
  std::vector<std::string> keys_;
};

/// A key of 256 bits that nobody can guess, as hex digits.
Result<std::string> new_verp_key();

/// Signs a return path for `recipient`: `return_path` is the address without its signature, `day` the last
/// one on which it holds. Errors: Exit::usage, for what is no address and for a return path too long to be
/// signed.
Result<SignedReturnPath> sign_return_path(const VerpKeys& keys, const std::string& recipient,
                                          const std::string& return_path, std::int64_t day,
                                          const std::string& separator);

}  // namespace bounced
