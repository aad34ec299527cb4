// Target "sendy": POST /unsubscribe of each list (sendy.co/api). Answers are words, with status 200 also
// where something is wrong: they are compared. There is no way to mark a bounce, and nobody is subscribed
// again.
#include <algorithm>
#include <array>

#include "daemon/sync/rest_target.hpp"
#include "daemon/sync/target_kinds.hpp"

namespace bounced {
namespace {

/// What says that the address gets no more mail of the list.
constexpr std::array<std::string_view, 4> done_words{"true", "1", "Email does not exist.",
                                                     "Email does not exist in list."};
/// What is wrong with the settings, and not with the address.
constexpr std::array<std::string_view, 5> settings_words{"Some fields are missing.", "Invalid list ID.",
                                                         "List does not exist.", "API key not passed",
                                                         "Invalid API key"};

std::string trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return std::string(text);
}

class SendyTarget final : public RestTarget {
 public:
  SendyTarget(const TargetSettings& settings, std::string key, std::function<bool()> stop)
      : RestTarget(settings, settings.url, "", "", std::move(stop)), key_(std::move(key)) {}

  /// There is no call that changes nothing: that the server answers is all that can be known.
  Result<std::string> examine() override {
    const auto answer = get("/");
    if (!answer) return fail(answer.error());
    return server_of(base()) + " answers";
  }

 private:
  Trouble tell(const OutboxChange& change) override {
    if (!change.suppressed) return {};
    for (const std::string& list : settings().target_lists)
      if (auto trouble = unsubscribe(change.address, list)) return trouble;
    return {};
  }

  Trouble unsubscribe(const std::string& address, const std::string& list) {
    const auto answer =
        send_form("POST", "/unsubscribe",
                  "email=" + url_encoded(address) + "&list=" + url_encoded(list) + "&boolean=true" +
                      (key_.empty() ? "" : "&api_key=" + url_encoded(key_)));
    if (auto trouble = trouble_of(answer)) return trouble;
    const std::string said = trimmed(answer->body);
    const auto is = [&](std::string_view words) { return said == words; };
    if (std::any_of(done_words.begin(), done_words.end(), is)) return {};
    const std::string message = title() + ": list " + list + ": the server said: " + server_words(said);
    if (said == "Invalid email address.") return SyncReply{Fate::refused, {Exit::data, message, ""}};
    if (std::any_of(settings_words.begin(), settings_words.end(), is))
      return SyncReply{
          Fate::later,
          {Exit::config, message, "check target_lists (the ids that Sendy shows) and the password"}};
    return SyncReply{Fate::later, {Exit::unavailable, message, "is `url` where Sendy is installed?"}};
  }

  std::string key_;
};

}  // namespace

MadeTarget make_sendy_target(const TargetSettings& settings, std::function<bool()> stop) {
  auto key = password_of(settings);
  if (!key) return fail(key.error());
  return std::unique_ptr<Target>(std::make_unique<SendyTarget>(settings, *std::move(key), std::move(stop)));
}

}  // namespace bounced
