#include "daemon/forgetting.hpp"

#include "daemon/digest.hpp"
#include "daemon/time_text.hpp"

namespace bounced {

std::string forgotten_hash(const std::string& key, const std::string& address) {
  const Sha256Bytes digest = hmac_sha256(key, address);
  return {digest.begin(), digest.end()};
}

Result<std::optional<Forgotten>> forgotten_address(Store& store, const std::string& address) {
  const auto key = store.forgetting().key();
  if (!key) return fail(key.error());
  return store.forgetting().find(forgotten_hash(*key, address));
}

std::string forgotten_text(const Forgotten& one) {
  return "suppressed, forgotten on " + rfc3339(one.at) + " (" + std::string(to_string(one.reason)) + ")" +
         (one.scope.empty() ? "" : ", for mail from " + one.scope + " only");
}

Result<ForgottenAddresses> ForgottenAddresses::of(Store& store) {
  const auto any = store.forgetting().any();
  if (!any) return fail(any.error());
  if (!*any) return ForgottenAddresses(store, "");
  auto key = store.forgetting().key();
  if (!key) return fail(key.error());
  return ForgottenAddresses(store, *std::move(key));
}

Result<bool> ForgottenAddresses::has(const std::string& address) const {
  if (key_.empty()) return false;
  const auto found = store_->forgetting().find(forgotten_hash(key_, address));
  if (!found) return fail(found.error());
  return found->has_value();
}

}  // namespace bounced
