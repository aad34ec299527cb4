// Target "mautic": "do not contact" by e-mail (developer.mautic.org, REST API, Contacts). The contact is
// looked for by address, then POST /api/contacts/ID/dnc/email/add with reason 2, which is a bounce;
// dnc/email/remove takes it back.
#include <nlohmann/json.hpp>

#include "daemon/sync/rest_target.hpp"
#include "daemon/sync/target_kinds.hpp"

namespace bounced {
namespace {

using Json = nlohmann::json;

/// Entity/DoNotContact.php: 1 unsubscribed, 2 bounced, 3 by hand.
constexpr int reason_unsubscribed = 1, reason_bounced = 2;

class MauticTarget final : public RestTarget {
 public:
  using RestTarget::RestTarget;

  Result<std::string> examine() override {
    Json json;
    if (auto trouble = read_object(get("/api/contacts?limit=1&minimal=1"), json)) return fail(trouble->error);
    return "Mautic at " + server_of(base());
  }

 private:
  Trouble tell(const OutboxChange& change) override {
    std::vector<std::string> contacts;
    if (auto trouble = find(change.address, contacts)) return trouble;
    const bool complaint = facts(change.reason).category == Category::complaint;
    for (const std::string& id : contacts) {
      const std::string path = "/api/contacts/" + id + "/dnc/email/";
      const auto answer = change.suppressed
                              ? send_json("POST", path + "add",
                                          {{"reason", complaint ? reason_unsubscribed : reason_bounced},
                                           {"comments", "bounced: " + std::string(to_string(change.reason))}})
                              : send_json("POST", path + "remove", Json::object());
      if (auto trouble = trouble_of(answer, true)) return trouble;
    }
    return {};
  }

  Trouble find(const std::string& address, std::vector<std::string>& contacts) {
    Json json;
    if (auto trouble =
            read_object(get("/api/contacts?limit=10&search=" + url_encoded("email:" + address)), json))
      return trouble;
    const auto found = json.find("contacts");
    if (found == json.end()) return not_understood();
    for (const auto& [key, contact] :
         found->items()) {  // an object by id, and an empty list where there is none
      if (!contact.is_object() || !contact.contains("id") || !contact["id"].is_number_integer()) continue;
      if (same_address(email_of(contact), address))
        contacts.push_back(std::to_string(contact["id"].get<std::int64_t>()));
    }
    return {};
  }

  static std::string email_of(const Json& contact) {
    const auto fields = contact.find("fields");
    if (fields == contact.end() || !fields->is_object()) return "";
    const auto all = fields->find("all");
    if (all != fields->end()) return text_in(*all, "email");
    const auto core = fields->find("core");
    if (core == fields->end() || !core->is_object()) return "";
    const auto email = core->find("email");
    return email == core->end() ? "" : text_in(*email, "value");
  }
};

}  // namespace

MadeTarget make_mautic_target(const TargetSettings& settings, std::function<bool()> stop) {
  const auto password = password_of(settings);
  if (!password) return fail(password.error());
  return std::unique_ptr<Target>(
      std::make_unique<MauticTarget>(settings, settings.url, settings.user, *password, std::move(stop)));
}

}  // namespace bounced
