#include "daemon/verp_keys.hpp"

#include <cstdint>

#include "config/settings.hpp"
#include "daemon/digest.hpp"
#include "parser/address.hpp"

namespace bounced {
namespace {

/// The first bits of the hash, five a letter, as in RFC 4648 6 but in lower case.
std::string tag_letters(const Sha256Bytes& hash) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
  std::string tag;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i) bits = bits << 8U | hash[i];
  for (std::size_t i = 0; i < verp_tag_letters; ++i) {
    tag += letters[static_cast<std::size_t>(bits >> 59U)];
    bits <<= 5U;
  }
  return tag;
}

std::string tag_by(const std::string& key, const SignedReturnPath& path) {
  return tag_letters(hmac_sha256(key, signed_text(path)));
}

}  // namespace

Result<VerpKeys> VerpKeys::read(const std::vector<std::string>& files) {
  VerpKeys made;
  for (const std::string& file : files) {
    SecretSource source;
    source.file = file;
    auto key = read_secret(source);
    const std::string hint = "bounced verp key FILE makes one";
    if (!key) return fail(key.error().exit, "the key for return paths: " + key.error().message, hint);
    if (key->size() < least_verp_key_bytes)
      return fail(Exit::config,
                  "the key for return paths: " + file + " holds " + std::to_string(key->size()) +
                      " characters, and " + std::to_string(least_verp_key_bytes) + " are wanted",
                  hint);
    made.keys_.push_back(*std::move(key));
  }
  return made;
}

std::string VerpKeys::tag(const SignedReturnPath& path) const { return tag_by(keys_.front(), path); }

bool VerpKeys::fits(const SignedReturnPath& path, const std::string& recipient) const {
  SignedReturnPath claimed = path;
  claimed.recipient = recipient;
  bool fits = false;
  for (const std::string& key : keys_) fits |= equal_in_constant_time(tag_by(key, claimed), path.tag);
  return fits;
}

Result<std::string> new_verp_key() {
  const auto bytes = random_bytes(least_verp_key_bytes);
  if (!bytes) return fail(bytes.error());
  return hex_text(*bytes);
}

Result<SignedReturnPath> sign_return_path(const VerpKeys& keys, const std::string& recipient,
                                          const std::string& return_path, std::int64_t day,
                                          const std::string& separator) {
  SignedReturnPath path;
  path.day = day;
  path.base = normal_address(return_path);
  path.recipient = normal_address(recipient);
  if (!is_address(return_path)) return fail(Exit::usage, "'" + return_path + "' is no return path", "");
  if (!is_address(recipient)) return fail(Exit::usage, "'" + recipient + "' is no mail address", "");
  path.tag = keys.tag(path);
  const std::string address = signed_address(path, separator);
  if (address.rfind('@') > most_local_part_bytes)
    return fail(Exit::usage, "'" + return_path + "' is too long to be signed",
                "its part before the @ may have " +
                    std::to_string(most_local_part_bytes - (address.rfind('@') - path.base.rfind('@'))) +
                    " characters");
  // What is read again from the address must be what was signed.
  const auto again = read_signed_path(address, {separator, {}});
  if (!again || again->base != path.base || again->tag != path.tag)
    return fail(Exit::usage, "'" + return_path + "' can't be signed: it looks signed itself", "");
  return path;
}

}  // namespace bounced
