#include "daemon/sync/target.hpp"

#include <algorithm>
#include <array>

#include "daemon/sync/target_kinds.hpp"

namespace bounced {
namespace {

struct TargetType {
  std::string_view type;
  MadeTarget (*make)(const TargetSettings&, std::function<bool()>);
};

/// A new type is a row here, a word of `type` in config/target_options.cpp and a row in
/// config/target_checks.cpp.
constexpr std::array types{
    TargetType{"file", make_file_target},         TargetType{"exec", make_exec_target},
    TargetType{"webhook", make_webhook_target},   TargetType{"mailman3", make_mailman3_target},
    TargetType{"listmonk", make_listmonk_target}, TargetType{"mailgun", make_mailgun_target},
    TargetType{"ses", make_ses_target},           TargetType{"phplist", make_phplist_target},
    TargetType{"mautic", make_mautic_target},     TargetType{"sendy", make_sendy_target},
};

}  // namespace

Result<void> Target::replace(const StateSource&) {
  return fail(Exit::internal, "this target takes no whole state");
}

Result<void> Target::held(const std::function<void(const std::string&)>&) {
  return fail(Exit::internal, "this target can't be asked");
}

Result<bool> Target::lacks(const std::string&) { return true; }

Result<std::unique_ptr<Target>> make_target(const TargetSettings& settings, std::function<bool()> stop) {
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](const TargetType& one) { return one.type == settings.type; });
  if (found == types.end())
    return fail(Exit::internal, target_title(settings) + ": there is no type " + settings.type);
  return found->make(settings, std::move(stop));
}

std::vector<SyncReply> same_reply(std::size_t count, const SyncReply& reply) {
  return std::vector<SyncReply>(count, reply);
}

std::string target_title(const TargetSettings& settings) { return "target " + settings.name; }

}  // namespace bounced
