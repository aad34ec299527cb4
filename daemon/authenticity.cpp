#include "daemon/authenticity.hpp"

#include <algorithm>

#include "parser/address.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr UnixSeconds day_seconds = 24 * 60 * 60;

bool can_decide(Kind kind) {
  return kind == Kind::bounce || kind == Kind::delayed || kind == Kind::delivered || kind == Kind::complaint;
}

std::string_view because(SignatureState state) {
  switch (state) {
    case SignatureState::valid:
      return "the signature of its return path holds";
    case SignatureState::expired:
      return "the signature of its return path has expired";
    case SignatureState::for_another:
      return "its return path was signed for another recipient";
    case SignatureState::wrong:
      return "the signature of its return path is not ours";
    case SignatureState::broken:
      break;
  }
  return "the signature of its return path is broken";
}

/// True when the return path names one recipient, and both the report and the returned mail another: no
/// forwarding does that, as it leaves the To of the mail alone.
bool names_another(const BounceReport& report, const ReportedRecipient& recipient) {
  if (report.verp_recipient.empty() || report.original.to.empty() ||
      report.original.to == report.verp_recipient)
    return false;
  const std::string& written =
      recipient.original_recipient.empty() ? recipient.final_recipient : recipient.original_recipient;
  return normal_address(written) == report.original.to;
}

std::string normal_domain(const std::string& domain) {
  return std::string(domain_of(normal_address("x@" + domain)));
}

}  // namespace

Result<Authenticator> Authenticator::make(const Settings& settings) {
  auto keys = VerpKeys::read(settings.authenticity.verp_keys);
  if (!keys) return fail(keys.error());
  Authenticator made;
  made.keys_ = *std::move(keys);
  made.knows_all_domains_ = !settings.authenticity.sender_domains.empty();
  for (const auto* domains : {&settings.authenticity.sender_domains, &settings.reading.own_domains})
    for (const std::string& domain : *domains) made.domains_.push_back(normal_domain(domain));
  for (const std::string& address : settings.reading.own_addresses)
    made.addresses_.push_back(normal_address(address));
  return made;
}

SignatureState Authenticator::check(const SignedReturnPath& path, const std::string& recipient,
                                    UnixSeconds received_at) const {
  if (!path.well_formed) return SignatureState::broken;
  if (!keys_.fits(path, path.recipient.empty() ? recipient : path.recipient)) return SignatureState::wrong;
  if (day_of(received_at) > path.day) return SignatureState::expired;
  if (!path.recipient.empty() && path.recipient != recipient) return SignatureState::for_another;
  return SignatureState::valid;
}

/// The path that proves most speaks; none of them is a contradiction where one is due.
Authenticator::Finding Authenticator::by_signature(const BounceReport& report, ReportedRecipient& recipient,
                                                   UnixSeconds received_at) const {
  SignatureState best = SignatureState::broken;
  for (const SignedReturnPath& path : report.signed_paths) {
    const SignatureState state = check(path, recipient.address, received_at);
    if (state < best) best = state;
    if (state != SignatureState::valid) continue;
    recipient.signature = std::to_string(path.day) + '-' + path.tag;
    break;
  }
  return {best == SignatureState::valid ? Authenticity::proven : Authenticity::contradicted, because(best)};
}

bool Authenticator::is_ours(std::string_view domain) const {
  return std::any_of(domains_.begin(), domains_.end(), [&](const std::string& ours) {
    if (domain.size() < ours.size() || !domain.ends_with(ours)) return false;
    return domain.size() == ours.size() || domain[domain.size() - ours.size() - 1] == '.';
  });
}

Authenticator::Finding Authenticator::by_original(const OriginalMessage& original) const {
  constexpr std::string_view nothing = "nothing proves it, and nothing speaks against it";
  if (domains_.empty() && addresses_.empty()) return {Authenticity::plausible, nothing};
  const std::string id_domain = lower_copy(domain_of(original.message_id));
  if (is_ours(id_domain)) return {Authenticity::matched, "the Message-ID of the returned mail is ours"};
  const std::string list = lower_copy(original.list_id);
  if (is_ours(list)) return {Authenticity::matched, "the List-Id of the returned mail is ours"};
  const bool from_ours = is_ours(domain_of(original.from)) ||
                         std::find(addresses_.begin(), addresses_.end(), original.from) != addresses_.end();
  if (from_ours && !(knows_all_domains_ && !id_domain.empty()))
    return {Authenticity::matched, "the From of the returned mail is ours"};
  if (!knows_all_domains_) return {Authenticity::plausible, nothing};
  if (from_ours)
    return {Authenticity::contradicted, "the returned mail has our From, and a Message-ID that is not ours"};
  if (original.from.empty() && id_domain.empty() && list.empty()) return {Authenticity::plausible, nothing};
  return {Authenticity::contradicted, "the returned mail is not ours"};
}

void Authenticator::judge(BounceReport& report, UnixSeconds received_at) const {
  if (!can_decide(report.kind)) return;
  const bool is_signed = !keys_.empty() && !report.signed_paths.empty();
  const Finding original = is_signed ? Finding{} : by_original(report.original);
  for (ReportedRecipient& recipient : report.recipients) {
    Finding found = is_signed ? by_signature(report, recipient, received_at) : original;
    if (found.level > Authenticity::contradicted && names_another(report, recipient))
      found = {Authenticity::contradicted, "the return path names one recipient, the returned mail another"};
    recipient.authenticity = found.level;
    recipient.authenticity_because = found.because;
    if (found.level != Authenticity::proven) recipient.signature.clear();
  }
}

std::int64_t day_of(UnixSeconds time) { return time / day_seconds; }

bool is_distrusted(const BounceEvent& event, Authenticity required) {
  return can_decide(event.kind) &&
         (event.authenticity == Authenticity::contradicted || event.authenticity < required);
}

}  // namespace bounced
