// Target "webhook": changes as JSON by POST, signed as Standard Webhooks has it (standardwebhooks.com,
// spec 1.0):
//
//   webhook-id: the same whenever the same changes are sent again
//   webhook-timestamp: seconds since the epoch, of this attempt
//   webhook-signature: v1,BASE64(HMAC-SHA256(secret, "ID.TIMESTAMP.BODY"))
//
// 2xx: taken. 410: the receiver wants no more. A batch that is refused is halved until it is clear which
// changes are at fault.
#include <optional>

#include "config/settings.hpp"
#include "daemon/digest.hpp"
#include "daemon/http_client.hpp"
#include "daemon/sync/change_json.hpp"
#include "daemon/sync/http_replies.hpp"
#include "daemon/sync/rest_target.hpp"
#include "daemon/sync/target_kinds.hpp"
#include "daemon/time_text.hpp"
#include "parser/transfer_encoding.hpp"

namespace bounced {
namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t id_digits = 32;
constexpr int gone = 410;

/// "whsec_" and base64, or the bytes themselves.
std::string signing_key(const std::string& secret) {
  if (!secret.starts_with(secret_prefix)) return secret;
  return decode_base64(std::string_view(secret).substr(secret_prefix.size()));
}

std::string_view text_of(const Sha256Bytes& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

class WebhookTarget final : public Target {
 public:
  WebhookTarget(const TargetSettings& settings, std::string key, std::function<bool()> stop)
      : title_(target_title(settings)),
        url_(settings.url),
        key_(std::move(key)),
        http_({title_, settings.ca_file, settings.timeout, "", "", std::move(stop)}) {}

  std::vector<SyncReply> deliver(std::span<const OutboxChange> changes) override {
    const SyncReply reply = send(changes);
    if (reply.fate != Fate::refused || changes.size() == 1) return same_reply(changes.size(), reply);
    const std::size_t half = changes.size() / 2;
    std::vector<SyncReply> replies = deliver(changes.first(half));
    const Fate last = replies.back().fate;
    const auto rest = last == Fate::later || last == Fate::disable
                          ? same_reply(changes.size() - half, replies.back())
                          : deliver(changes.subspan(half));
    replies.insert(replies.end(), rest.begin(), rest.end());
    return replies;
  }

  /// An empty batch: a receiver that knows nothing of it must answer as to any other.
  Result<std::string> examine() override {
    const SyncReply reply = send({});
    if (reply.fate == Fate::done) return server_of(url_) + " takes changes";
    return fail(reply.error);
  }

 private:
  static std::string body_of(std::span<const OutboxChange> changes) {
    std::string body = R"({"type":"suppressions.changed","timestamp":")" +
                       rfc3339(changes.empty() ? now_seconds() : changes.back().at) +
                       R"(","data":{"changes":[)";
    JsonLine line;
    for (const OutboxChange& one : changes) {
      const std::string_view json = change_json(line, one);
      body.append(json.substr(0, json.size() - 1)).append(",");
    }
    if (!changes.empty()) body.pop_back();
    return body + "]}}";
  }

  SyncReply send(std::span<const OutboxChange> changes) {
    HttpRequest request{
        .method = "POST", .url = url_, .body = body_of(changes), .content_type = "application/json"};
    Sha256 hash;
    hash.add(request.body);
    const std::string id = "msg_" + hex_text(text_of(hash.finish())).substr(0, id_digits);
    const std::string timestamp = std::to_string(now_seconds());
    request.headers = {"webhook-id: " + id, "webhook-timestamp: " + timestamp};
    if (!key_.empty())
      request.headers.push_back(
          "webhook-signature: v1," +
          base64_text(text_of(hmac_sha256(key_, id + "." + timestamp + "." + request.body))));
    const auto answer = http_.send(request);
    if (!answer) return reply_of_failure(answer.error());
    if (answer->status == gone)
      return {Fate::disable,
              {Exit::unavailable, title_ + ": the server answered 410: it wants no more changes",
               "`bounced sync " + title_.substr(title_.find(' ') + 1) + "` tries it again"}};
    return reply_of_answer(title_, *answer);
  }

  std::string title_, url_, key_;
  HttpClient http_;
};

}  // namespace

MadeTarget make_webhook_target(const TargetSettings& settings, std::function<bool()> stop) {
  const auto secret = password_of(settings);
  if (!secret) return fail(secret.error());
  std::string key = signing_key(*secret);
  if (key.empty() && !secret->empty())
    return fail(Exit::config, target_title(settings) + ": the secret behind whsec_ is no base64");
  return std::unique_ptr<Target>(std::make_unique<WebhookTarget>(settings, std::move(key), std::move(stop)));
}

}  // namespace bounced
