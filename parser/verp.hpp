// Variable envelope return paths: the recipient that the bounce's own envelope address encodes.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parser/mime.hpp"
#include "parser/result.hpp"

namespace bounced {

/// A VERP convention: how an envelope sender of ours encodes the recipient. `pattern` is RE2 without case,
/// looked for in the recipient address of the bounce (^ and $ tie it to the ends), with the named groups
/// `local` and `domain`, or `address`, in which the last '=' stands for '@' (qmail's VERP; "==a==" of Sympa
/// and "**" too).
struct VerpConvention {
  std::string name;
  std::string pattern;
};

/// The conventions of Mailman, ezmlm, mlmmj, Sympa, LISTSERV and qmail: used where the settings name none.
std::vector<VerpConvention> builtin_verp_conventions();

/// The fields in which a bounce names the address that it was sent to, those of the envelope first.
inline constexpr std::array<std::string_view, 9> envelope_recipient_fields{
    "Delivered-To",  "X-Original-To",  "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "X-Delivered-To",
    "Apparently-To", "X-Forwarded-To", "To"};

class VerpDecoder {
 public:
  /// Fails (Exit::config) on a pattern that RE2 refuses or that has neither `address` nor `local` and
  /// `domain`; the message names the convention.
  static Result<VerpDecoder> make(const std::vector<VerpConvention>& conventions);

  VerpDecoder(VerpDecoder&&) noexcept;
  VerpDecoder& operator=(VerpDecoder&&) noexcept;
  ~VerpDecoder();

  /// The address that `envelope_recipient` encodes, in normal form; "" when it fits no convention.
  [[nodiscard]] std::string decode(std::string_view envelope_recipient) const;
  /// The first one that the recipient fields of the bounce (Delivered-To, X-Original-To, Envelope-To, To …)
  /// encode; "" when none does.
  [[nodiscard]] std::string decode(const HeaderFields& bounce) const;

 private:
  struct Compiled;
  explicit VerpDecoder(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace bounced
