#include "parser/signed_verp.hpp"

#include <algorithm>
#include <charconv>

#include "parser/address.hpp"
#include "parser/text.hpp"
#include "parser/verp.hpp"

namespace bounced {
namespace {

/// 10000 is in 1997, 999999 in the year 4707.
constexpr std::size_t least_day_digits = 5, most_day_digits = 6;

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
/// RFC 4648 6.
bool is_base32(char c) { return is_letter(c) || (c >= '2' && c <= '7'); }

std::size_t digits_at_front(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  return static_cast<std::size_t>(end - text.begin());
}

/// Reads what stands behind the separator, in lower case: "DAY-TAG" or "DAY-TAG-LOCAL=DOMAIN".
std::optional<SignedReturnPath> read_signature(std::string_view text) {
  const std::size_t digits = digits_at_front(text);
  if (digits < least_day_digits || digits > most_day_digits || digits == text.size() || text[digits] != '-')
    return std::nullopt;
  SignedReturnPath path;
  std::from_chars(text.data(), text.data() + digits, path.day);
  text.remove_prefix(digits + 1);
  if (text.size() < verp_tag_letters) return std::nullopt;
  const std::string_view tag = text.substr(0, verp_tag_letters);
  if (!std::all_of(tag.begin(), tag.end(), is_base32)) return std::nullopt;
  path.tag = tag;
  text.remove_prefix(verp_tag_letters);
  if (text.empty()) return path;
  const std::size_t equals = text.rfind('=');
  if (text.front() != '-' || equals == std::string_view::npos) return std::nullopt;
  const std::string recipient =
      std::string(text.substr(1, equals - 1)) + '@' + std::string(text.substr(equals + 1));
  if (!is_address(recipient)) return std::nullopt;
  path.recipient = normal_address(recipient);
  return path;
}

/// A day and a hyphen, or a day alone, behind an address that we sign.
bool begins_like_signature(std::string_view text) {
  const std::size_t digits = digits_at_front(text);
  return digits > 0 && (digits == text.size() || text[digits] == '-');
}

/// True where `text` may hold a signature: a separator with a digit behind it.
bool may_be_signed(std::string_view text, std::string_view separator) {
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, at + 1)) {
    const std::size_t behind = at + separator.size();
    if (behind < text.size() && is_digit(text[behind])) return true;
  }
  return false;
}

bool is_plain(char c) {
  return is_letter(c) || (c >= 'A' && c <= 'Z') || is_digit(c) ||
         std::string_view("._+-=").find(c) != std::string_view::npos;
}

std::string_view local_part(std::string_view address) { return address.substr(0, address.rfind('@')); }

/// "news+bounces" + separator + "20781-k3vq7c2mzt4a" of a path.
std::string signature_of(const SignedReturnPath& path, std::string_view separator) {
  return std::string(local_part(path.base)) + std::string(separator) + std::to_string(path.day) + '-' +
         path.tag;
}

std::string with_recipient(const SignedReturnPath& path, std::string_view separator) {
  return signature_of(path, separator) + '-' + std::string(local_part(path.recipient)) + '=' +
         std::string(domain_of(path.recipient));
}

}  // namespace

std::optional<SignedReturnPath> read_signed_path(std::string_view address, const SignedVerpForm& form) {
  if (form.separator.empty() || !may_be_signed(address, form.separator)) return std::nullopt;
  const std::string normal = normal_address(address);
  const std::string_view domain = domain_of(normal);
  if (domain.empty()) return std::nullopt;
  const std::string_view local = local_part(normal);
  const auto base_before = [&](std::size_t at) {
    return std::string(local.substr(0, at)) + '@' + std::string(domain);
  };
  for (std::size_t at = local.find(form.separator); at != std::string_view::npos;
       at = local.find(form.separator, at + 1)) {
    auto path = read_signature(local.substr(at + form.separator.size()));
    if (!path || at == 0) continue;
    path->base = base_before(at);
    return path;
  }
  for (const std::string& ours : form.return_paths) {
    const std::string base = normal_address(ours);
    const std::size_t length = local_part(base).size();
    if (domain_of(base) != domain || !local.starts_with(local_part(base)) ||
        !local.substr(length).starts_with(form.separator) ||
        !begins_like_signature(local.substr(length + form.separator.size())))
      continue;
    SignedReturnPath broken;
    broken.base = base;
    broken.well_formed = false;
    return broken;
  }
  return std::nullopt;
}

std::vector<SignedReturnPath> signed_paths_in(const HeaderFields& bounce, const SignedVerpForm& form) {
  std::vector<SignedReturnPath> found;
  for (const std::string_view field : envelope_recipient_fields)
    for (const std::string_view value : bounce.all(field)) {
      if (!may_be_signed(value, form.separator)) continue;
      for (const std::string& recipient : mailboxes_in(value)) {
        auto path = read_signed_path(recipient, form);
        if (!path || std::find(found.begin(), found.end(), *path) != found.end()) continue;
        found.push_back(*std::move(path));
        if (found.size() == most_signed_paths) return found;
      }
    }
  return found;
}

std::string signed_text(const SignedReturnPath& path) {
  // No part can hold a line end, so no two paths have one text.
  return "bounced return path 1\n" + std::to_string(path.day) + '\n' + lower_copy(path.base) + '\n' +
         normal_address(path.recipient);
}

bool fits_long_form(const SignedReturnPath& path, std::string_view separator) {
  const std::string_view local = local_part(path.recipient);
  const bool is_dot_atom = !local.empty() && local.back() != '.' && local.front() != '.' &&
                           local.find("..") == std::string_view::npos;
  const std::string_view domain = domain_of(path.recipient);
  const bool is_name = !domain.empty() && domain.front() != '[';
  return is_dot_atom && is_name && std::all_of(local.begin(), local.end(), is_plain) &&
         std::all_of(domain.begin(), domain.end(), is_plain) &&
         with_recipient(path, separator).size() <= most_local_part_bytes;
}

std::string signed_address(const SignedReturnPath& path, std::string_view separator) {
  return (fits_long_form(path, separator) ? with_recipient(path, separator) : signature_of(path, separator)) +
         '@' + std::string(domain_of(path.base));
}

}  // namespace bounced
