// Target "listmonk" (listmonk.app/docs/apis). Two ways in, by `api`:
//
//   blocklist: GET /api/subscribers by a query, PUT /api/subscribers/ID/blocklist. What we decide holds at
//   once. bounce: POST /webhooks/bounce, and listmonk counts by its own settings. Its answer is true for
//   anybody.
//
// An end: DELETE /api/subscribers/ID/bounces and PATCH status enabled, for one that is blocklisted. There is
// no look-up by address, only by SQL: quotes are doubled, and the answer is compared.
#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/sync/rest_target.hpp"
#include "daemon/sync/target_kinds.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

using Json = nlohmann::json;

struct Subscriber {
  std::int64_t id = 0;
  std::string status;
};

class ListmonkTarget final : public RestTarget {
 public:
  using RestTarget::RestTarget;

  Result<std::string> examine() override {
    Json json;
    if (auto trouble = read_object(get("/api/subscribers?per_page=1&query=" + url_encoded("false")), json))
      return fail(trouble->error);
    return "listmonk at " + server_of(base());
  }

 private:
  Trouble tell(const OutboxChange& change) override {
    if (!change.suppressed) return release(change.address);
    return settings().api == "bounce" ? report(change) : block(change.address);
  }

  Trouble report(const OutboxChange& change) {
    const bool complaint = facts(change.reason).category == Category::complaint;
    Json json;
    const auto answer = send_json("POST", "/webhooks/bounce",
                                  {{"email", change.address},
                                   {"source", "bounced"},
                                   {"type", complaint ? "complaint" : "hard"},
                                   {"meta", {{"reason", to_string(change.reason)}, {"why", change.why}}},
                                   {"created_at", rfc3339(change.at)}});
    if (auto trouble = read_object(answer, json)) return trouble;
    return json.contains("data") && json["data"] == true ? Trouble() : not_understood();
  }

  Trouble block(const std::string& address) {
    std::vector<Subscriber> found;
    if (auto trouble = find(address, found)) return trouble;
    for (const Subscriber& one : found) {
      if (one.status == "blocklisted") continue;
      if (auto trouble = trouble_of(send_json("PUT", path_of(one) + "/blocklist", Json::object()), true))
        return trouble;
    }
    return {};
  }

  Trouble release(const std::string& address) {
    std::vector<Subscriber> found;
    if (auto trouble = find(address, found)) return trouble;
    for (const Subscriber& one : found) {
      if (one.status != "blocklisted") continue;
      if (auto trouble = trouble_of(call({.method = "DELETE", .url = path_of(one) + "/bounces"}), true))
        return trouble;
      if (auto trouble = trouble_of(send_json("PATCH", path_of(one), {{"status", "enabled"}}), true))
        return trouble;
    }
    return {};
  }

  static std::string path_of(const Subscriber& one) { return "/api/subscribers/" + std::to_string(one.id); }

  Trouble find(const std::string& address, std::vector<Subscriber>& found) {
    std::string quoted;
    for (const char c : address) quoted += c == '\'' ? "''" : std::string(1, c);
    Json json;
    const std::string query = url_encoded("subscribers.email = '" + quoted + "'");
    if (auto trouble = read_object(get("/api/subscribers?per_page=10&query=" + query), json)) return trouble;
    const auto data = json.find("data");
    if (data == json.end() || !data->is_object()) return not_understood();
    const auto results = data->find("results");
    if (results == data->end() || !results->is_array()) return {};  // null where there is nobody
    for (const Json& one : *results) {
      const auto id = one.is_object() ? one.find("id") : one.end();
      if (!one.is_object() || id == one.end() || !id->is_number_integer()) return not_understood();
      if (same_address(text_in(one, "email"), address))
        found.push_back({id->get<std::int64_t>(), text_in(one, "status")});
    }
    return {};
  }
};

}  // namespace

MadeTarget make_listmonk_target(const TargetSettings& settings, std::function<bool()> stop) {
  const auto password = password_of(settings);
  if (!password) return fail(password.error());
  return std::unique_ptr<Target>(
      std::make_unique<ListmonkTarget>(settings, settings.url, settings.user, *password, std::move(stop)));
}

}  // namespace bounced
