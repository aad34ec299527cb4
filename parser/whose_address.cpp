#include "parser/whose_address.hpp"

#include <algorithm>
#include <array>

#include "parser/address.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// Addresses of a text part that a local name is looked for in: those of the explanation at its top.
constexpr std::size_t explanation_bytes = 8192;

void append(std::vector<std::string>& list, std::vector<std::string> more) {
  list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::string_view local_part(std::string_view address) { return address.substr(0, address.rfind('@')); }

/// A user name without domain: "joe", not "/var/mail/joe", "|/bin/vacation" or a sentence.
bool is_local_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.find_first_of("@/|:\"<> \t,=!") == std::string_view::npos;
}

/// Exchange writes names that have no address into one: "IMCEAEX-_O=…@host".
bool is_encapsulated(std::string_view address) { return starts_with_word(address, "imcea"); }

}  // namespace

OwnSide::OwnSide(const std::vector<std::string>& domains, const std::vector<std::string>& addresses) {
  for (const std::string& domain : domains) domains_.insert(lower_copy(domain));
  for (const std::string& address : addresses) addresses_.insert(normal_address(address));
}

bool OwnSide::is_configured(std::string_view normal) const {
  if (domains_.empty() && addresses_.empty()) return false;
  return addresses_.contains(std::string(normal)) || domains_.contains(std::string(domain_of(normal)));
}

bool OwnSide::is_ours(std::string_view normal) const {
  return is_configured(normal) || seen_.contains(std::string(normal));
}

void OwnSide::add_seen(std::string_view field_value) {
  for (std::string& address : mailboxes_in(field_value)) seen_.insert(std::move(address));
}

WhoseAddress::WhoseAddress(OwnSide own, const MimeTree& mail, const HeaderFields& returned, std::string verp)
    : own_(std::move(own)), mail_(mail), verp_(std::move(verp)) {
  const HeaderFields& bounce = mail.parts.front().headers;
  for (const std::string_view name :
       {"To", "Delivered-To", "Envelope-To", "X-Original-To", "From", "Return-Path"})
    for (const std::string_view value : bounce.all(name)) own_.add_seen(value);
  for (const std::string_view name : {"From", "Sender", "Reply-To", "Return-Path", "Errors-To"})
    for (const std::string_view value : returned.all(name)) own_.add_seen(value);
  for (const std::string_view value : bounce.all("X-Failed-Recipients")) append(failed_, mailboxes_in(value));
  for (const std::string_view name : {"To", "Cc"})
    for (const std::string_view value : returned.all(name)) append(returned_to_, mailboxes_in(value));
  for (const std::string_view name : {"Delivered-To", "X-Original-To", "Envelope-To"})
    for (const std::string_view value : returned.all(name)) append(delivered_to_, mailboxes_in(value));
  known_.insert(returned_to_.begin(), returned_to_.end());
  if (returned_to_.size() == 1 && !returned.has("List-Id") && !own_.is_ours(returned_to_.front()))
    single_to_ = returned_to_.front();
}

/// "17-4a-user@example.com" is user@example.com where the report or the returned mail names that: return
/// paths hold ids of mailings before the user, and no convention tells where they end.
std::string WhoseAddress::without_id(const std::string& decoded, const std::string& original,
                                     const std::string& final_address) const {
  for (const std::string& named : {original, final_address, single_to_}) {
    if (named.size() >= decoded.size() || !decoded.ends_with(named)) continue;
    const std::string_view id = std::string_view(decoded).substr(0, decoded.size() - named.size());
    constexpr std::string_view separators = "-_.+=";
    if (separators.find(id.back()) != std::string_view::npos && std::any_of(id.begin(), id.end(), is_digit))
      return named;
  }
  return decoded;
}

AddressFound WhoseAddress::find(const RecipientFields& fields, std::size_t recipients) const {
  const std::string original = usable(fields.original_recipient);
  const std::string final_address = usable(fields.final_recipient);
  if (!verp_.empty() && (recipients == 1 || verp_ == original || verp_ == final_address))
    return {without_id(verp_, original, final_address), "VERP"};
  if (!original.empty() && !(original != final_address && is_known(final_address) && !is_known(original)))
    return {original, "Original-Recipient"};
  if (!final_address.empty()) {
    std::string before = recipients == 1 ? forwarded_from(final_address) : std::string{};
    if (!before.empty()) return {std::move(before), "returned mail, delivered and forwarded"};
    return {final_address, "Final-Recipient"};
  }
  for (const std::string& name : {fields.original_recipient, fields.final_recipient})
    if (std::string address = with_local_name(name); !address.empty())
      return {std::move(address), "local name"};
  if (recipients == 1 && failed_.size() == 1) return {failed_.front(), "X-Failed-Recipients"};
  if (recipients == 1 && !single_to_.empty()) return {single_to_, "To of the returned mail"};
  return {};
}

/// True for an address that the returned mail is addressed to: one that the sender knows. An alias that
/// stands between it and the mailbox may come as Original-Recipient too.
bool WhoseAddress::is_known(std::string_view normal) const {
  return !normal.empty() && known_.contains(std::string(normal));
}

/// The normal form of what the report writes, if mail can be sent there and it isn't our own side.
std::string WhoseAddress::usable(std::string_view written) const {
  if (!is_address(written) || is_encapsulated(written)) return {};
  std::string address = normal_address(written);
  return own_.is_configured(address) ? std::string{} : address;
}

/// The address before forwarding: the only one in `To`, if the returned mail bears the mark of having been
/// delivered there. Without such a mark a Bcc would look the same.
std::string WhoseAddress::forwarded_from(std::string_view final_address) const {
  if (single_to_.empty() || single_to_ == final_address) return {};
  const bool delivered =
      std::find(delivered_to_.begin(), delivered_to_.end(), single_to_) != delivered_to_.end();
  return delivered ? single_to_ : std::string{};
}

/// The one address with that local part among those that the mail was for.
std::string WhoseAddress::with_local_name(std::string_view name) const {
  if (!is_local_name(name)) return {};
  if (!by_local_part_) by_local_part_ = addresses_by_local_part();
  const auto found = by_local_part_->find(lower_copy(name));
  return found == by_local_part_->end() ? std::string{} : found->second;
}

std::unordered_map<std::string, std::string> WhoseAddress::addresses_by_local_part() const {
  std::vector<std::string> candidates = failed_;
  candidates.insert(candidates.end(), returned_to_.begin(), returned_to_.end());
  candidates.insert(candidates.end(), delivered_to_.begin(), delivered_to_.end());
  for (const MimePart& part : mail_.parts) {
    if (part.type != "text/plain") continue;
    for (const std::string& address : addresses_in(std::string_view(part.text).substr(0, explanation_bytes)))
      candidates.push_back(normal_address(address));
    break;
  }
  std::unordered_map<std::string, std::string> found;
  for (std::string& address : candidates) {
    if (own_.is_ours(address)) continue;
    const auto [place, is_new] = found.try_emplace(std::string(local_part(address)), address);
    if (!is_new && place->second != address) place->second.clear();
  }
  return found;
}

}  // namespace bounced
