// What a [[target]] of each type needs, and what means nothing for it.
#include <algorithm>
#include <set>
#include <span>

#include "config/settings_checks.hpp"
#include "config/settings_table.hpp"

namespace bounced {
namespace {

/// Keys of a type beside those that all have. `password`: whether it wants one.
struct TypeFacts {
  std::string_view type;
  std::vector<std::string_view> needed, possible;
  bool password = false, password_needed = false;
};

const std::vector<TypeFacts>& type_table() {
  static const std::vector<TypeFacts> rows{
      {"file", {"path"}, {"format"}},
      {"exec", {"command"}, {"undo_command", "input", "success_codes"}},
      {"webhook", {"url"}, {"ca_file"}, true, false},
      {"mailman3",
       {},
       {"url", "user", "ca_file", "config_file", "action", "delivery_status", "target_lists"},
       true,
       false},
      {"listmonk", {"url", "user"}, {"ca_file", "api"}, true, true},
      {"mailgun", {"sending_domain"}, {"url", "user", "ca_file"}, true, true},
      {"ses", {"user", "region"}, {"url", "ca_file"}, true, true},
      {"phplist", {"url", "user"}, {"ca_file"}, true, true},
      {"mautic", {"url", "user"}, {"ca_file"}, true, true},
      {"sendy", {"url", "target_lists"}, {"ca_file"}, true, false},
  };
  return rows;
}

/// Every key that some type has and another has not.
const std::set<std::string_view>& special_keys() {
  static const std::set<std::string_view> keys = [] {
    std::set<std::string_view> all(password_keys.begin(), password_keys.end());
    for (const TypeFacts& row : type_table()) {
      all.insert(row.needed.begin(), row.needed.end());
      all.insert(row.possible.begin(), row.possible.end());
    }
    return all;
  }();
  return keys;
}

bool has(const std::vector<std::string_view>& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

class TargetChecker {
 public:
  TargetChecker(const TomlValue& table, std::string path, const std::vector<std::string>& unread,
                std::vector<SettingsFault>& faults)
      : table_(table), path_(std::move(path)), unread_(unread), faults_(faults) {}

  void check(const TargetSettings& target) {
    if (target.name == "status" || target.name == "replay")
      tell("name", "is a word of `bounced sync`: give the target another name");
    const auto& types = type_table();
    const auto facts = std::find_if(types.begin(), types.end(),
                                    [&](const TypeFacts& row) { return row.type == target.type; });
    if (facts == types.end()) return;  // told already
    check_keys(*facts, target);
    check_password(*facts);
    const bool tells_scope = target.type == "file" || target.type == "webhook" ||
                             (target.type == "exec" && target.input == "json");
    if (target.scope == "all" && !tells_scope)
      tell("scope", "would stop all mail to addresses that only a single sender must not mail");
    if (target.scope == "all" && target.type == "file" && target.format == "plain")
      tell("scope",
           "has no room in format = \"plain\": addresses that only a single sender must not mail "
           "would look like all others");
    if (target.retry_longest < target.retry_first) tell("retry_longest", "is shorter than retry_first");
  }

  void tell(std::string_view key, std::string what, bool warning = false) {
    const auto* value = table_.find(key);
    faults_.push_back({value == nullptr ? table_.line : value->line, path_ + "." + std::string(key),
                       std::move(what), warning});
  }

 private:
  void check_keys(const TypeFacts& facts, const TargetSettings& target) {
    for (const std::string_view key : facts.needed) {
      const auto* value = table_.find(key);
      const bool empty =
          value != nullptr && ((value->kind == TomlValue::Kind::string && value->text.empty()) ||
                               (value->kind == TomlValue::Kind::array && value->items.empty()));
      if ((value == nullptr && !is_unread(key)) || empty)
        tell(key, "is missing: a target of type \"" + std::string(facts.type) + "\" needs it");
    }
    // What stands there as its default says nothing: `config show` prints every key.
    static const TargetSettings defaults;
    for (const auto& row : target_options()) {
      const std::string_view key = row.facts.key;
      if (special_keys().contains(key) && !has(facts.needed, key) && !has(facts.possible, key) &&
          !(facts.password && is_password(key)) && row.get(target) != row.get(defaults))
        tell(key, "means nothing for a target of type \"" + std::string(facts.type) + "\"", true);
    }
  }

  void check_password(const TypeFacts& facts) {
    std::vector<std::string_view> given;
    for (const auto key : password_keys)
      if (table_.find(key) != nullptr || is_unread(key)) given.push_back(key);
    if (given.empty() && facts.password_needed)
      tell("password_file",
           "no password is given: add password_file, or one of password_command, credential, password");
    for (std::size_t i = 1; i < given.size(); ++i)
      tell(given[i], "the password is given twice: keep this or " + std::string(given[0]));
  }

  [[nodiscard]] bool is_unread(std::string_view key) const {
    return std::find(unread_.begin(), unread_.end(), key) != unread_.end();
  }
  static bool is_password(std::string_view key) {
    return std::find(password_keys.begin(), password_keys.end(), key) != password_keys.end();
  }

  const TomlValue& table_;
  std::string path_;
  const std::vector<std::string>& unread_;
  std::vector<SettingsFault>& faults_;
};

}  // namespace

void check_targets(const Settings& settings, const TomlValue& document,
                   const std::vector<std::string>& unread_keys, std::vector<SettingsFault>& faults) {
  const auto tables = tables_of(document, "target");
  std::set<std::string> names, paths;
  for (std::size_t i = 0; i < settings.targets.size() && i < tables.size(); ++i) {
    const TargetSettings& target = settings.targets[i];
    TargetChecker checker(*tables[i], "target[" + std::to_string(i + 1) + "]", unread_keys, faults);
    if (!target.name.empty() && !names.insert(target.name).second)
      checker.tell("name", "there is another target named \"" + target.name + "\"");
    if (!target.path.empty() && !paths.insert(target.path).second)
      checker.tell("path", "another target writes the same file");
    checker.check(target);
  }
}

}  // namespace bounced
