// What goes together in [summary].
#include <algorithm>

#include "config/settings_checks.hpp"

namespace bounced {

void check_summary(const Settings& settings, const TomlValue& document,
                   const std::vector<std::string>& unread_keys, std::vector<SettingsFault>& faults) {
  const auto* table = document.find("summary");
  if (table == nullptr || table->kind != TomlValue::Kind::table) return;
  const SummarySettings& summary = settings.summary;
  const auto is_unread = [&](std::string_view key) {
    return std::find(unread_keys.begin(), unread_keys.end(), key) != unread_keys.end();
  };
  const auto tell = [&](std::string_view key, std::string what, bool warning = false) {
    const auto* value = table->find(key);
    faults.push_back({value == nullptr ? table->line : value->line, "summary." + std::string(key),
                      std::move(what), warning});
  };
  const auto missing = [&](std::string_view key, bool empty) { return empty && !is_unread(key); };
  const bool mails = !summary.to.empty() || !summary.command.empty();
  if (mails && missing("from", summary.from.empty())) tell("from", "is missing: a mail needs an author");
  if (!summary.smtp_url.empty() && missing("to", summary.to.empty()))
    tell("to", "is missing: who gets the mail?");
  if (!summary.to.empty() && summary.command.empty() && missing("smtp_url", summary.smtp_url.empty()))
    tell("smtp_url", "is missing: which server takes the mail? Or give a command");
  if (!summary.command.empty() && missing("to", summary.to.empty()))
    tell("to", "is missing: the mail on the command's standard input is to somebody");
  if (!summary.at.empty() && !mails && summary.file.empty())
    tell("to", "is missing: the summary goes nowhere. Give addresses, or file or command");
  if (summary.formats.empty() && (mails || !summary.file.empty())) tell("formats", "is empty: name one");
  std::vector<std::string_view> given;
  for (const auto key : password_keys)
    if (table->find(key) != nullptr || is_unread(key)) given.push_back(key);
  for (std::size_t i = 1; i < given.size(); ++i)
    tell(given[i], "the password is given twice: keep this or " + std::string(given[0]));
  if (!summary.user.empty() && given.empty())
    tell("password_file",
         "is missing: user has no password. Add it, or one of password_command, credential, password");
  if (!given.empty() && missing("user", summary.user.empty()))
    tell("user", "is missing: whose password is it?");
  if (!summary.user.empty() && summary.tls == "never" && summary.smtp_url.starts_with("smtp://"))
    tell("tls", "would send the password in the clear: leave it out, or the user");
}

}  // namespace bounced
