// Target "ses": the suppression list of an account at Amazon SES (SES API v2, PutSuppressedDestination and
// DeleteSuppressedDestination). The user is the access key's id, the password its secret.
#include <nlohmann/json.hpp>

#include "daemon/sync/aws_signature.hpp"
#include "daemon/sync/rest_target.hpp"
#include "daemon/sync/target_kinds.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

using Json = nlohmann::json;

constexpr std::string_view place = "/v2/email/suppression/addresses";

class SesTarget final : public RestTarget {
 public:
  SesTarget(const TargetSettings& settings, std::string base, AwsAccess access, std::function<bool()> stop)
      : RestTarget(settings, std::move(base), "", "", std::move(stop)), access_(std::move(access)) {}

  Result<std::string> examine() override {
    Json json;
    if (auto trouble = read_object(signed_call("GET", "/v2/email/account", ""), json))
      return fail(trouble->error);
    return "Amazon SES in " + access_.region;
  }

 private:
  Trouble tell(const OutboxChange& change) override {
    if (!change.suppressed)
      return trouble_of(signed_call("DELETE", std::string(place) + "/" + url_encoded(change.address), ""),
                        true);
    const bool complaint = facts(change.reason).category == Category::complaint;
    const Json body{{"EmailAddress", change.address}, {"Reason", complaint ? "COMPLAINT" : "BOUNCE"}};
    return trouble_of(
        signed_call("PUT", std::string(place), body.dump(-1, ' ', false, Json::error_handler_t::replace)));
  }

  Result<HttpAnswer> signed_call(const std::string& method, const std::string& path,
                                 const std::string& body) {
    const std::string server = server_of(base());
    const std::string host = server.substr(server.find("://") + 3);
    return call({.method = method,
                 .url = path,
                 .body = body,
                 .content_type = body.empty() ? "" : "application/json",
                 .headers = aws_headers({method, host, path, body}, access_, now_seconds())});
  }

  AwsAccess access_;
};

}  // namespace

MadeTarget make_ses_target(const TargetSettings& settings, std::function<bool()> stop) {
  const auto secret = password_of(settings);
  if (!secret) return fail(secret.error());
  const std::string base =
      settings.url.empty() ? "https://email." + settings.region + ".amazonaws.com" : settings.url;
  return std::unique_ptr<Target>(std::make_unique<SesTarget>(
      settings, base, AwsAccess{settings.user, *secret, settings.region, "ses"}, std::move(stop)));
}

}  // namespace bounced
