// Target "mailgun": the list of bounces of a sending domain (documentation.mailgun.com, "Bounces"):
// POST /v3/DOMAIN/bounces takes up to 1000 at a time, DELETE /v3/DOMAIN/bounces/ADDRESS one. The user is
// "api", the password the key.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/sync/rest_target.hpp"
#include "daemon/sync/target_kinds.hpp"

namespace bounced {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_at_a_time = 1000;

class MailgunTarget final : public RestTarget {
 public:
  using RestTarget::RestTarget;

  std::vector<SyncReply> deliver(std::span<const OutboxChange> changes) override {
    std::vector<OutboxChange> made;
    for (const OutboxChange& one : changes)
      if (one.suppressed) made.push_back(one);
    std::vector<SyncReply> of_made;
    for (std::size_t at = 0; at < made.size(); at += most_at_a_time) {
      const auto piece = std::span(made).subspan(at, std::min(most_at_a_time, made.size() - at));
      const auto replies = add(piece);
      of_made.insert(of_made.end(), replies.begin(), replies.end());
    }
    std::vector<SyncReply> replies;
    std::size_t next = 0;
    SyncReply trouble;  // once it can't be reached, nothing more is tried
    for (const OutboxChange& one : changes) {
      SyncReply reply = one.suppressed                ? of_made[next++]
                        : trouble.fate == Fate::later ? trouble
                                                      : tell(one).value_or(SyncReply{});
      if (reply.fate == Fate::later) trouble = reply;
      replies.push_back(std::move(reply));
    }
    return replies;
  }

  Result<std::string> examine() override {
    Json json;
    if (auto trouble = read_object(get(place() + "?limit=1"), json)) return fail(trouble->error);
    return "Mailgun takes bounces of " + settings().sending_domain;
  }

 private:
  [[nodiscard]] std::string place() const {
    return "/v3/" + url_encoded(settings().sending_domain) + "/bounces";
  }

  Trouble tell(const OutboxChange& change) override {
    return trouble_of(call({.method = "DELETE", .url = place() + "/" + url_encoded(change.address)}), true);
  }

  /// Halves what is refused until it is clear which one is at fault.
  std::vector<SyncReply> add(std::span<const OutboxChange> changes) {
    Json list = Json::array();
    for (const OutboxChange& one : changes)
      list.push_back(
          {{"address", one.address},
           {"code", "550"},
           {"error", std::string(to_string(one.reason)) + (one.why.empty() ? "" : ": " + one.why)}});
    const auto trouble = trouble_of(send_json("POST", place(), list));
    if (!trouble || trouble->fate != Fate::refused || changes.size() == 1)
      return same_reply(changes.size(), trouble.value_or(SyncReply{}));
    const std::size_t half = changes.size() / 2;
    std::vector<SyncReply> replies = add(changes.first(half));
    const auto rest = replies.back().fate == Fate::later ? same_reply(changes.size() - half, replies.back())
                                                         : add(changes.subspan(half));
    replies.insert(replies.end(), rest.begin(), rest.end());
    return replies;
  }
};

}  // namespace

MadeTarget make_mailgun_target(const TargetSettings& settings, std::function<bool()> stop) {
  const auto password = password_of(settings);
  if (!password) return fail(password.error());
  return std::unique_ptr<Target>(std::make_unique<MailgunTarget>(
      settings, settings.url.empty() ? "https://api.mailgun.net" : settings.url,
      settings.user.empty() ? "api" : settings.user, *password, std::move(stop)));
}

}  // namespace bounced
