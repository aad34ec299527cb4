// Target "phplist": the blacklist of phpList 4's REST interface (phplist/rest-api, BlacklistController;
// marked beta there). A session is opened by name and password and lasts an hour; its key goes into the
// header php-auth-pw.
#include <nlohmann/json.hpp>

#include "daemon/sync/rest_target.hpp"
#include "daemon/sync/target_kinds.hpp"

namespace bounced {
namespace {

using Json = nlohmann::json;

constexpr int unauthorised = 401, forbidden = 403;

class PhplistTarget final : public RestTarget {
 public:
  PhplistTarget(const TargetSettings& settings, std::string password, std::function<bool()> stop)
      : RestTarget(settings, settings.url, "", "", std::move(stop)), password_(std::move(password)) {}

  Result<std::string> examine() override {
    if (auto trouble = sign_in()) return fail(trouble->error);
    return "phpList at " + server_of(base());
  }

 private:
  Trouble tell(const OutboxChange& change) override {
    const Json body{{"email", change.address},
                    {"reason", std::string(to_string(change.reason)) + " (bounced)"}};
    const HttpRequest request =
        change.suppressed ? HttpRequest{.method = "POST",
                                        .url = "/api/v2/blacklist/add",
                                        .body = body.dump(-1, ' ', false, Json::error_handler_t::replace),
                                        .content_type = "application/json"}
                          : HttpRequest{.method = "DELETE",
                                        .url = "/api/v2/blacklist/remove/" + url_encoded(change.address)};
    const bool had_key = !key_.empty();
    auto answer = call_signed_in(request);
    if (!answer) return trouble_of_sign_in(answer.error());
    if (had_key && (answer->status == unauthorised || answer->status == forbidden)) {
      key_.clear();  // it may have expired
      answer = call_signed_in(request);
      if (!answer) return trouble_of_sign_in(answer.error());
    }
    return trouble_of(answer, !change.suppressed);
  }

  Result<HttpAnswer> call_signed_in(HttpRequest request) {
    if (key_.empty())
      if (auto trouble = sign_in()) return fail(trouble->error);
    request.headers = {"php-auth-pw: " + key_};
    return call(std::move(request));
  }

  static Trouble trouble_of_sign_in(const Error& error) { return reply_of_failure(error); }

  Trouble sign_in() {
    Json json;
    const auto answer =
        send_json("POST", "/api/v2/sessions", {{"login_name", settings().user}, {"password", password_}});
    if (auto trouble = read_object(answer, json)) {
      trouble->fate = Fate::later;  // nothing was said about a change
      return trouble;
    }
    key_ = text_in(json, "key");
    const bool usable = !key_.empty() && key_.find_first_of("\r\n") == std::string::npos;
    return usable ? Trouble() : not_understood();
  }

  std::string password_, key_;
};

}  // namespace

MadeTarget make_phplist_target(const TargetSettings& settings, std::function<bool()> stop) {
  auto password = password_of(settings);
  if (!password) return fail(password.error());
  return std::unique_ptr<Target>(
      std::make_unique<PhplistTarget>(settings, *std::move(password), std::move(stop)));
}

}  // namespace bounced
