#include "daemon/sync/http_replies.hpp"

#include <algorithm>
#include <array>

namespace bounced {
namespace {

struct StatusFacts {
  int status;
  Exit exit;
  const char* hint;
};
/// Those below 500 that are about the target.
constexpr std::array<StatusFacts, 11> about_the_target{{
    {301, Exit::config, "redirects are not followed: set `url` to where it leads"},
    {302, Exit::config, "redirects are not followed: set `url` to where it leads"},
    {307, Exit::config, "redirects are not followed: set `url` to where it leads"},
    {308, Exit::config, "redirects are not followed: set `url` to where it leads"},
    {401, Exit::no_permission, "check `user` and the password"},
    {403, Exit::no_permission, "check `user` and the password, and what the account may do"},
    {404, Exit::config, "check `url`"},
    {405, Exit::config, "check `url`"},
    {407, Exit::no_permission, "a proxy wants a sign-in"},
    {421, Exit::config, "check the host in `url`"},
    {429, Exit::try_again, ""},
}};
constexpr std::array<int, 2> passing{408, 425};

}  // namespace

SyncReply reply_of_failure(const Error& error) { return {Fate::later, error}; }

SyncReply reply_of_answer(const std::string& title, const HttpAnswer& answer, const std::string& words) {
  if (answer.good()) return {};
  const std::string said = server_words(words.empty() ? answer.body : words);
  const std::string message =
      title + ": the server answered " + std::to_string(answer.status) + (said.empty() ? "" : ": " + said);
  const auto known = std::find_if(about_the_target.begin(), about_the_target.end(),
                                  [&](const StatusFacts& one) { return one.status == answer.status; });
  if (known != about_the_target.end())
    return {Fate::later, {known->exit, message, known->hint}, answer.retry_after};
  const bool passes = answer.status < 400 || answer.status >= 500 ||
                      std::find(passing.begin(), passing.end(), answer.status) != passing.end();
  if (passes) return {Fate::later, {Exit::unavailable, message, ""}, answer.retry_after};
  return {Fate::refused, {Exit::data, message, ""}, answer.retry_after};
}

}  // namespace bounced
