// Hashes, keyed hashes and random bytes. The door to OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "parser/result.hpp"

namespace bounced {

using Sha256Bytes = std::array<unsigned char, 32>;

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void add(std::string_view bytes);
  /// To be called once, at the end.
  Sha256Bytes finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// HMAC-SHA256 (RFC 2104).
Sha256Bytes hmac_sha256(std::string_view key, std::string_view text);

/// Compares in a time that depends on the lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Bytes that nobody can guess. Error: Exit::internal, when the system has none to give.
Result<std::string> random_bytes(std::size_t count);

/// RFC 4648 base64, with padding.
std::string base64_text(std::string_view bytes);
/// Two lower-case digits a byte.
std::string hex_text(std::string_view bytes);

}  // namespace bounced
