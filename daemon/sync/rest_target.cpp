#include "daemon/sync/rest_target.hpp"

#include <nlohmann/json.hpp>

#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr int not_found = 404;

}  // namespace

RestTarget::RestTarget(const TargetSettings& settings, std::string base, const std::string& user,
                       const std::string& password, std::function<bool()> stop)
    : settings_(settings),
      title_(target_title(settings)),
      base_(std::move(base)),
      http_({title_, settings.ca_file, settings.timeout, user, password, std::move(stop)}) {
  while (base_.ends_with('/')) base_.pop_back();
}

std::vector<SyncReply> RestTarget::deliver(std::span<const OutboxChange> changes) {
  std::vector<SyncReply> replies;
  replies.reserve(changes.size());
  for (const OutboxChange& one : changes) {
    replies.push_back(tell(one).value_or(SyncReply{}));
    if (replies.back().fate != Fate::later) continue;
    const SyncReply last = replies.back();
    replies.resize(changes.size(), last);
    break;
  }
  return replies;
}

Result<HttpAnswer> RestTarget::call(HttpRequest request) {
  request.url = base_ + request.url;
  return http_.send(request);
}

Result<HttpAnswer> RestTarget::send_json(const std::string& method, const std::string& path,
                                         const nlohmann::json& body) {
  return call({.method = method,
               .url = path,
               .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
               .content_type = "application/json"});
}

Result<HttpAnswer> RestTarget::send_form(const std::string& method, const std::string& path,
                                         const std::string& body) {
  return call({.method = method,
               .url = path,
               .body = body,
               .content_type = body.empty() ? "" : "application/x-www-form-urlencoded"});
}

Trouble RestTarget::trouble_of(const Result<HttpAnswer>& answer, bool absent_is_done) const {
  if (!answer) return reply_of_failure(answer.error());
  if (answer->good() || (absent_is_done && answer->status == not_found)) return {};
  const auto json = nlohmann::json::parse(answer->body, nullptr, false);
  for (const char* key : {"description", "message", "error"})
    if (const std::string words = text_in(json, key); !words.empty())
      return reply_of_answer(title_, *answer, words);
  return reply_of_answer(title_, *answer);
}

Trouble RestTarget::read_object(const Result<HttpAnswer>& answer, nlohmann::json& object) const {
  if (auto trouble = trouble_of(answer)) return trouble;
  object = nlohmann::json::parse(answer->body, nullptr, false);
  if (!object.is_object()) return not_understood();
  return {};
}

SyncReply RestTarget::not_understood() const {
  return {Fate::later,
          {Exit::unavailable, title_ + ": the server's answer is not what it should be", "check `url`"}};
}

std::string text_in(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool same_address(const std::string& a, const std::string& b) { return lower_copy(a) == lower_copy(b); }

Result<std::string> password_of(const TargetSettings& settings) {
  if (settings.password == SecretSource{}) return std::string();
  auto secret = read_secret(settings.password);
  if (!secret)
    return fail(secret.error().exit, target_title(settings) + ": " + secret.error().message,
                secret.error().hint);
  return secret;
}

}  // namespace bounced
