// Signed return paths: a VERP address that proves, with a keyed hash, that we sent a mail to its recipient.
//
//   bounces+20781-k3vq7c2mzt4a-user=example.org@returns.example.net
//   └base─┘ └day┘ └───tag────┘ └──recipient───┘ └─────base──────┘
//
// The day is the last one on which it holds, counted from 1970-01-01 (UTC). The tag is 60 bits of an
// HMAC-SHA256 over day, base and recipient, in base32 (RFC 4648 6, without regard to case: servers and people
// fold it). The short form leaves the recipient out: its tag is that of the recipient all the same, who must
// then be known from elsewhere. Reading and writing only: keys and hashes are the daemon's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/header_fields.hpp"

namespace bounced {

/// RFC 5321 4.5.3.1.1: bytes of a local part that every server must take.
inline constexpr std::size_t most_local_part_bytes = 64;
/// Letters of a tag, of five bits each. A guess costs a mail: 2^60 of them are out of reach.
inline constexpr std::size_t verp_tag_letters = 12;
/// Signed paths that are looked at in one mail; a bounce has one.
inline constexpr std::size_t most_signed_paths = 8;

/// How our signed return paths look.
struct SignedVerpForm {
  std::string separator = "+";            ///< between the base and the day
  std::vector<std::string> return_paths;  ///< addresses of ours that are signed, without their signature

  bool operator==(const SignedVerpForm&) const = default;
};

/// A return path taken apart.
struct SignedReturnPath {
  std::string base;       ///< "bounces@returns.example.net", in normal form
  std::int64_t day = 0;   ///< the last one on which it holds
  std::string tag;        ///< in lower case
  std::string recipient;  ///< in normal form; "" in the short form
  /// False where an address of `return_paths` bears something that begins like a signature and is none:
  /// the other members but `base` are empty then.
  bool well_formed = true;

  bool operator==(const SignedReturnPath&) const = default;
};

/// Takes an address apart; nothing for one that has no signature. Total; linear in the length for each
/// separator in it.
std::optional<SignedReturnPath> read_signed_path(std::string_view address, const SignedVerpForm& form);

/// The signed paths among the recipients that a bounce names in its own header (Delivered-To, To, …: see
/// envelope_recipient_fields), each once, at most most_signed_paths.
std::vector<SignedReturnPath> signed_paths_in(const HeaderFields& bounce, const SignedVerpForm& form);

/// The bytes that the tag is a hash of. Recipient and base are those of the path, brought into one form.
std::string signed_text(const SignedReturnPath& path);

/// True where the whole address fits into most_local_part_bytes, and its recipient can stand in a local part
/// as it is (letters, digits and . _ + - = in ASCII: what no server and no shell takes amiss).
bool fits_long_form(const SignedReturnPath& path, std::string_view separator);

/// The address: with its recipient where fits_long_form, else in the short form. Its local part may then
/// still be too long: where the base alone is.
std::string signed_address(const SignedReturnPath& path, std::string_view separator);

}  // namespace bounced
