// Target "mailman3": the REST interface of GNU Mailman 3 (API 3.1; docs.mailman3.org, "REST API"). Measured
// on Mailman 3.3.8:
//
// - members/find takes subscriber, role and delivery_status together; a membership without a status of its
// own
//   counts as enabled.
// - A * in subscriber is a wildcard: what comes back is compared with what was asked for. A + that is not %2B
// is
//   a blank.
// - PATCH members/ID/preferences answers 204; DELETE members/ID without pre_approved waits for a moderator.
// - Who is banned already is a 400 "Address is already banned"; who is not, a 404.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/sync/mailman_config.hpp"
#include "daemon/sync/rest_target.hpp"
#include "daemon/sync/target_kinds.hpp"

namespace bounced {
namespace {

using Json = nlohmann::json;

constexpr int found_none = 404, refused_form = 400;
constexpr int page_entries = 500;  ///< of members/find: some 300 kB

struct Membership {
  std::string id, list, email;
};

class MailmanTarget final : public RestTarget {
 public:
  MailmanTarget(const TargetSettings& settings, const MailmanConfig& access, std::function<bool()> stop)
      : RestTarget(settings, access.url, access.user, access.password, std::move(stop)) {}

  Result<std::string> examine() override {
    const auto answer = get("/system/versions");
    if (!answer) return fail(answer.error());
    if (!answer->good()) return fail(reply_of_answer(title(), *answer).error);
    const Json json = Json::parse(answer->body, nullptr, false);
    if (!json.is_object() || !json.contains("mailman_version"))
      return fail(Exit::config, title() + ": " + base() + " is no REST interface of Mailman 3",
                  "check `url`");
    for (const std::string& list : settings().target_lists) {
      const auto known = get("/lists/" + url_encoded(list));
      if (!known) return fail(known.error());
      if (!known->good())
        return fail(Exit::config, title() + ": there is no list " + list,
                    "target_lists wants List-Ids, such as news.lists.example.org");
    }
    return text_in(json, "mailman_version") + " at " + server_of(base());
  }

  [[nodiscard]] bool can_be_asked() const override { return settings().action != "unsubscribe"; }

  Result<void> held(const std::function<void(const std::string&)>& each) override {
    if (settings().action == "ban") return banned(each);
    for (int page = 1;; ++page) {
      std::vector<Membership> found;
      auto trouble = find("delivery_status=" + settings().delivery_status +
                              "&count=" + std::to_string(page_entries) + "&page=" + std::to_string(page),
                          found);
      if (trouble) return fail(trouble->error);
      for (const Membership& one : found)
        if (is_ours(one.list)) each(one.email);
      if (found.size() < static_cast<std::size_t>(page_entries)) return {};
    }
  }

  /// An address that is no member anywhere lacks nothing.
  Result<bool> lacks(const std::string& address) override {
    if (settings().action == "ban") return true;
    std::vector<Membership> found;
    if (auto trouble = memberships(address, "enabled", found)) return fail(trouble->error);
    return !found.empty();
  }

 private:
  Trouble tell(const OutboxChange& change) override {
    if (settings().action == "ban") return ban(change);
    if (settings().action == "unsubscribe")
      return change.suppressed ? unsubscribe(change.address) : std::nullopt;  // nobody is subscribed again
    const std::string& ours = settings().delivery_status;
    return change.suppressed ? set_status(change.address, "enabled", ours)
                             : set_status(change.address, ours, "enabled");
  }

  /// Memberships that say `from` shall say `to`. Others were set so by somebody else, and stay.
  Trouble set_status(const std::string& address, const std::string& from, const std::string& to) {
    std::vector<Membership> found;
    if (auto trouble = memberships(address, from, found)) return trouble;
    for (const Membership& one : found) {
      const auto answer = send_form("PATCH", "/members/" + one.id + "/preferences", "delivery_status=" + to);
      if (auto trouble = trouble_of(answer, true)) return trouble;
    }
    return {};
  }

  Trouble unsubscribe(const std::string& address) {
    std::vector<Membership> found;
    if (auto trouble = memberships(address, "", found)) return trouble;
    for (const Membership& one : found) {
      const auto answer = send_form("DELETE", "/members/" + one.id, "pre_approved=true");
      if (auto trouble = trouble_of(answer, true)) return trouble;
    }
    return {};
  }

  Trouble ban(const OutboxChange& change) {
    // Mailman takes what begins so for a pattern: a bounce that names such an address must not ban all
    // others.
    if (change.address.front() == '^')
      return SyncReply{Fate::refused,
                       {Exit::data, title() + ": Mailman would ban a pattern of addresses", ""}};
    const std::string address = url_encoded(change.address);
    for (const std::string& place : ban_places()) {
      const std::string one = std::string(place).append("/").append(address);
      const auto answer =
          change.suppressed ? send_form("POST", place, "email=" + address) : send_form("DELETE", one, "");
      const bool was_so = answer && change.suppressed && answer->status == refused_form &&
                          answer->body.find("already banned") != std::string::npos;
      if (was_so) continue;
      if (change.suppressed && answer && answer->status == found_none)
        return reply_of_answer(title(), *answer, "there is no list of " + place);
      if (auto trouble = trouble_of(answer, true)) return trouble;
    }
    return {};
  }

  /// Paths of the bans that we keep: the site's, or one for each list.
  [[nodiscard]] std::vector<std::string> ban_places() const {
    if (settings().target_lists.empty()) return {"/bans"};
    std::vector<std::string> places;
    for (const std::string& list : settings().target_lists)
      places.push_back("/lists/" + url_encoded(list) + "/bans");
    return places;
  }

  Result<void> banned(const std::function<void(const std::string&)>& each) {
    for (const std::string& place : ban_places()) {
      const auto answer = get(place);
      if (!answer) return fail(answer.error());
      if (!answer->good()) return fail(reply_of_answer(title(), *answer).error);
      const Json json = Json::parse(answer->body, nullptr, false);
      if (!json.is_object()) return fail(Exit::unavailable, title() + ": the server answered no JSON");
      const auto entries = json.find("entries");
      if (entries == json.end() || !entries->is_array()) continue;
      for (const Json& entry : *entries) each(text_in(entry, "email"));
    }
    return {};
  }

  /// Memberships of an address on our lists; `status` "" = any.
  Trouble memberships(const std::string& address, const std::string& status, std::vector<Membership>& found) {
    auto trouble = find(
        "subscriber=" + url_encoded(address) + (status.empty() ? "" : "&delivery_status=" + status), found);
    std::erase_if(found, [&](const Membership& one) {
      return !same_address(one.email, address) || !is_ours(one.list);
    });
    return trouble;
  }

  Trouble find(const std::string& query, std::vector<Membership>& found) {
    const auto answer =
        get("/members/find?role=member&fields=member_id&fields=list_id&fields=email&" + query);
    if (!answer) return reply_of_failure(answer.error());
    if (!answer->good()) return reply_of_answer(title(), *answer);
    const Json json = Json::parse(answer->body, nullptr, false);
    if (!json.is_object())
      return SyncReply{Fate::later,
                       {Exit::unavailable, title() + ": the server answered no JSON", "check `url`"}};
    const auto entries = json.find("entries");
    if (entries == json.end() || !entries->is_array()) return {};  // absent when there are none
    for (const Json& entry : *entries)
      found.push_back({text_in(entry, "member_id"), text_in(entry, "list_id"), text_in(entry, "email")});
    return {};
  }

  [[nodiscard]] bool is_ours(const std::string& list) const {
    const auto& lists = settings().target_lists;
    return lists.empty() || std::find(lists.begin(), lists.end(), list) != lists.end();
  }
};

/// Where it is and how to sign in: what the settings say goes before mailman.cfg.
Result<MailmanConfig> access_of(const TargetSettings& settings) {
  MailmanConfig access = mailman_config("");
  if (!settings.config_file.empty()) {
    auto read = read_mailman_config(settings.config_file);
    if (!read)
      return fail(read.error().exit, target_title(settings) + ": " + read.error().message, read.error().hint);
    access = *std::move(read);
  }
  if (!settings.url.empty()) access.url = settings.url;
  if (!settings.user.empty()) access.user = settings.user;
  auto password = password_of(settings);
  if (!password) return fail(password.error());
  if (!password->empty()) access.password = *std::move(password);
  return access;
}

}  // namespace

MadeTarget make_mailman3_target(const TargetSettings& settings, std::function<bool()> stop) {
  const auto access = access_of(settings);
  if (!access) return fail(access.error());
  return std::unique_ptr<Target>(std::make_unique<MailmanTarget>(settings, *access, std::move(stop)));
}

}  // namespace bounced
