#include "config/settings_checks.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "config/mailbox_url.hpp"
#include "config/settings_table.hpp"

namespace bounced {
namespace {

constexpr int imaps_port = 993, imap_port = 143;

class Checker {
 public:
  Checker(const Settings& settings, const TomlValue& document, const std::vector<std::string>& unread_keys,
          std::vector<SettingsFault>& faults)
      : settings_(settings), document_(document), unread_keys_(unread_keys), faults_(faults) {}

  void check() {
    check_mailboxes();
    check_verp();
    check_thresholds();
    check_overrides();
    check_authenticity();
    check_limits();
  }

 private:
  /// The line of `key` in `table`, else of the table itself.
  static int line_of(const TomlValue* table, std::string_view key) {
    if (table == nullptr) return 0;
    const auto* value = table->find(key);
    return value == nullptr ? table->line : value->line;
  }

  void tell(int line, std::string key, std::string what, bool warning = false) {
    faults_.push_back({line, std::move(key), std::move(what), warning});
  }

  void check_mailboxes() {
    const auto tables = tables_of(document_, "mailbox");
    std::set<std::string> names;
    std::set<std::pair<std::string, std::string>> places;
    for (std::size_t i = 0; i < settings_.mailboxes.size() && i < tables.size(); ++i) {
      const auto& mailbox = settings_.mailboxes[i];
      const auto path = "mailbox[" + std::to_string(i + 1) + "]";
      if (!mailbox.name.empty() && !names.insert(mailbox.name).second)
        tell(line_of(tables[i], "name"), path + ".name",
             "there is another mailbox named \"" + mailbox.name + "\"");
      if (!mailbox.url.empty() && !places.emplace(mailbox.url, mailbox.user).second)
        tell(line_of(tables[i], "url"), path + ".url",
             "another [[mailbox]] has the same url and user: each mail would be fought over by two");
      const auto url = read_mailbox_url(mailbox.url);
      if (!url) continue;
      if (url->is_imap())
        check_imap(mailbox, *url, *tables[i], path);
      else
        check_local(*tables[i], path);
    }
  }

  void check_imap(const MailboxSettings& mailbox, const MailboxUrl& url, const TomlValue& table,
                  const std::string& path) {
    check_sign_in(mailbox, table, path);
    check_folders(mailbox, url, table, path);
    if (url.kind == MailboxUrl::Kind::imap && url.port == imaps_port)
      tell(line_of(&table, "url"), path + ".url", "port 993 speaks TLS from the start: write imaps://", true);
    if (url.kind == MailboxUrl::Kind::imaps && url.port == imap_port)
      tell(line_of(&table, "url"), path + ".url",
           "port 143 starts without TLS: write imap://, which uses STARTTLS", true);
  }

  bool is_unread(std::string_view key) const {
    return std::find(unread_keys_.begin(), unread_keys_.end(), key) != unread_keys_.end();
  }

  void check_sign_in(const MailboxSettings& mailbox, const TomlValue& table, const std::string& path) {
    std::vector<std::string_view> given;
    for (const auto key : password_keys)
      if (table.find(key) != nullptr) given.push_back(key);
    const bool needless = mailbox.login_options == "AUTH=EXTERNAL" ||
                          mailbox.login_options == "AUTH=GSSAPI" ||
                          std::any_of(password_keys.begin(), password_keys.end(),
                                      [this](std::string_view key) { return is_unread(key); });
    if (given.empty() && !needless)
      tell(table.line, path + ".password_file",
           "no password is given: add password_file, or one of password_command, credential, password");
    for (std::size_t i = 1; i < given.size(); ++i)
      tell(line_of(&table, given[i]), path + "." + std::string(given[i]),
           "the password is given twice: keep this or " + std::string(given[0]));
    const auto* user = table.find("user");
    if (is_unread("user") ||
        (user != nullptr && (user->kind != TomlValue::Kind::string || !user->text.empty())))
      return;
    tell(line_of(&table, "user"), path + ".user", "is missing: IMAP needs the name to sign in with");
  }

  /// A mail moved into the folder that is being read would be read again, without end.
  void check_folders(const MailboxSettings& mailbox, const MailboxUrl& url, const TomlValue& table,
                     const std::string& path) {
    const std::array<std::pair<std::string_view, const std::string*>, 3> folders{
        {{"processed_folder", &mailbox.processed_folder},
         {"unrecognised_folder", &mailbox.unrecognised_folder},
         {"quarantine_folder", &mailbox.quarantine_folder}}};
    for (const auto& [key, folder] : folders)
      if (*folder == url.folder)
        tell(line_of(&table, key), path + "." + std::string(key),
             "is the folder of the url itself: its mails would be read again and again");
  }

  void check_local(const TomlValue& table, const std::string& path) {
    const auto refuse = [&](std::string_view key) {
      const auto* value = table.find(key);
      if (value == nullptr) return;
      if (value->kind == TomlValue::Kind::string && value->text.empty()) return;
      tell(value->line, path + "." + std::string(key), "means nothing here: only IMAP mailboxes have it",
           true);
    };
    for (const auto key : password_keys) refuse(key);
    for (const auto key : {"user", "ca_file", "login_options"}) refuse(key);
  }

  void check_verp() {
    const auto tables = tables_of(document_, "verp");
    std::set<std::string> names;
    for (const auto& convention : verp_conventions()) names.insert(convention.name);
    for (std::size_t i = 0; i < settings_.own_verp.size() && i < tables.size(); ++i) {
      const auto& name = settings_.own_verp[i].name;
      if (!name.empty() && !names.insert(name).second)
        tell(line_of(tables[i], "name"), "verp[" + std::to_string(i + 1) + "].name",
             "there is another convention named \"" + name + "\"");
    }
  }

  /// A mailbox that wants what nothing can prove would never decide anything.
  void check_authenticity() {
    const auto tables = tables_of(document_, "mailbox");
    const auto& known = settings_.authenticity;
    const bool has_keys = !known.verp_keys.empty();
    const bool can_match = has_keys || !known.sender_domains.empty() ||
                           !settings_.reading.own_domains.empty() || !settings_.reading.own_addresses.empty();
    for (std::size_t i = 0; i < settings_.mailboxes.size() && i < tables.size(); ++i) {
      const auto wanted = settings_.mailboxes[i].require;
      const auto path = "mailbox[" + std::to_string(i + 1) + "].require";
      if (wanted == Authenticity::proven && !has_keys)
        tell(line_of(tables[i], "require"), path,
             "nothing can be signed without a key: add verp_keys to [authenticity]");
      if (wanted == Authenticity::matched && !can_match)
        tell(line_of(tables[i], "require"), path,
             "nothing can be matched: add sender_domains to [authenticity]");
    }
  }

  void check_thresholds() {
    const auto* policy = document_.find("policy");
    if (policy == nullptr) return;
    for (const auto& [reason, threshold] : settings_.policy.thresholds) {
      const auto name = std::string(to_string(reason));
      check_threshold(threshold, policy->find(name), "policy." + name);
    }
  }

  /// `table`: what gives the threshold, or a part of it.
  void check_threshold(const Threshold& threshold, const TomlValue* table, const std::string& path) {
    if (table == nullptr || table->kind != TomlValue::Kind::table) return;
    const auto days = threshold.distinct_days;
    const bool says_days = table->find("distinct_days") != nullptr;
    if (days > threshold.count)
      tell(line_of(table, says_days ? "distinct_days" : "count"), path + ".distinct_days",
           std::to_string(threshold.count) + " failures can't be on " + std::to_string(days) +
               " distinct days: " +
               (says_days ? "raise count or lower distinct_days" : "set distinct_days too"));
    // Failures on n days span more than n - 1 whole days.
    if (threshold.window < std::chrono::days(days - 1))
      tell(line_of(table, "window"), path + ".window",
           "is too short for failures on " + std::to_string(days) + " distinct days");
  }

  void check_overrides() {
    const auto* policy = document_.find("policy");
    const auto tables = policy == nullptr ? std::vector<const TomlValue*>() : tables_of(*policy, "override");
    const auto& overrides = settings_.policy.overrides;
    for (std::size_t i = 0; i < overrides.size() && i < tables.size(); ++i) {
      const auto path = "policy.override[" + std::to_string(i + 1) + "]";
      const auto& one = overrides[i];
      const bool names = tables[i]->find("domain") != nullptr || tables[i]->find("list") != nullptr ||
                         tables[i]->find("provider") != nullptr;
      if (one.domain.empty() && one.list.empty() && one.provider.empty())
        tell(tables[i]->line, path,
             names ? "names nobody: what it names is empty"
                   : "names nobody: add domain, list or provider, or set [policy.REASON] for all");
      for (const auto& [reason, change] : one.thresholds) {
        const auto name = std::string(to_string(reason));
        check_threshold(changed(settings_.policy.thresholds.at(reason), change), tables[i]->find(name),
                        path + "." + name);
      }
    }
  }

  void check_limits() {
    const auto* table = document_.find("limits");
    if (table == nullptr) return;
    const auto& limits = settings_.reading.limits;
    const auto at_most = [&](std::string_view key, std::size_t value, std::string_view other,
                             std::size_t bound) {
      if (value <= bound) return;
      const auto culprit = table->find(key) == nullptr ? other : key;
      tell(line_of(table, culprit), "limits." + std::string(culprit),
           std::string(key) + " is larger than " + std::string(other));
    };
    at_most("header_field_bytes", limits.header_field_bytes, "header_block_bytes", limits.header_block_bytes);
    at_most("header_block_bytes", limits.header_block_bytes, "message_bytes", limits.message_bytes);
    at_most("diagnostic_bytes", limits.diagnostic_bytes, "message_bytes", limits.message_bytes);
    at_most("free_text_bytes", limits.free_text_bytes, "message_bytes", limits.message_bytes);
  }

  const Settings& settings_;
  const TomlValue& document_;
  const std::vector<std::string>& unread_keys_;
  std::vector<SettingsFault>& faults_;
};

}  // namespace

std::vector<const TomlValue*> tables_of(const TomlValue& document, std::string_view list) {
  std::vector<const TomlValue*> tables;
  const auto* value = document.find(list);
  if (value == nullptr) return tables;
  if (value->kind == TomlValue::Kind::table) tables.push_back(value);
  for (const auto& item : value->items)
    if (item.kind == TomlValue::Kind::table) tables.push_back(&item);
  return tables;
}

void check_relations(const Settings& settings, const TomlValue& document,
                     const std::vector<std::string>& unread_keys, std::vector<SettingsFault>& faults) {
  Checker(settings, document, unread_keys, faults).check();
  check_targets(settings, document, unread_keys, faults);
  check_summary(settings, document, unread_keys, faults);
}

}  // namespace bounced
