// What targets with a REST interface have in common: one change after the other, JSON answers, a sign-in.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "daemon/http_client.hpp"
#include "daemon/sync/http_replies.hpp"
#include "daemon/sync/target.hpp"

namespace bounced {

/// One call that did not come to what was wanted; nothing = it did.
using Trouble = std::optional<SyncReply>;

class RestTarget : public Target {
 public:
  RestTarget(const TargetSettings& settings, std::string base, const std::string& user,
             const std::string& password, std::function<bool()> stop);

  /// Tells one after the other; the first that is `later` stands for the rest.
  std::vector<SyncReply> deliver(std::span<const OutboxChange> changes) override;

 protected:
  virtual Trouble tell(const OutboxChange& change) = 0;

  Result<HttpAnswer> call(HttpRequest request);  ///< `url`: what follows the base
  Result<HttpAnswer> get(const std::string& path) { return call({.url = path}); }
  Result<HttpAnswer> send_json(const std::string& method, const std::string& path,
                               const nlohmann::json& body);
  Result<HttpAnswer> send_form(const std::string& method, const std::string& path, const std::string& body);

  /// What is wrong with an answer; nothing for 2xx, and for 404 where `absent_is_done`.
  [[nodiscard]] Trouble trouble_of(const Result<HttpAnswer>& answer, bool absent_is_done = false) const;
  /// The JSON object of an answer, or the trouble.
  Trouble read_object(const Result<HttpAnswer>& answer, nlohmann::json& object) const;
  [[nodiscard]] SyncReply not_understood() const;

  [[nodiscard]] const TargetSettings& settings() const { return settings_; }
  [[nodiscard]] const std::string& title() const { return title_; }
  [[nodiscard]] const std::string& base() const { return base_; }

 private:
  TargetSettings settings_;
  std::string title_, base_;
  HttpClient http_;
};

/// A text of a JSON object; "" where there is none of that name.
std::string text_in(const nlohmann::json& object, const char* key);
/// Without regard to the case of ASCII letters: what services give back of an address.
bool same_address(const std::string& a, const std::string& b);
/// The password of the settings, with the target's name in an error; "" where none is set.
Result<std::string> password_of(const TargetSettings& settings);

}  // namespace bounced
