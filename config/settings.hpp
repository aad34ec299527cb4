// The settings of a run. One table of options (settings_table.cpp) drives reading, checking, `config show`,
// `config example` and the manual.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "parser/read_bounce.hpp"
#include "parser/reason.hpp"
#include "parser/result.hpp"

namespace bounced {

/// Where a secret comes from; exactly one is set. Read when needed, never logged, never printed by `config
/// show`.
struct SecretSource {
  std::string inline_value;  ///< then the settings file must not be readable by others
  std::string file;
  std::string command;     ///< run by /bin/sh -c; the first line of its output
  std::string credential;  ///< name below $CREDENTIALS_DIRECTORY (systemd)
};

/// What is done with a mail after its decision is durable.
enum class AfterRead : std::uint8_t { move, flag, leave, remove };

struct MailboxSettings {
  std::string name;
  std::string url;  ///< imaps://host[:port]/FOLDER, imap:// (STARTTLS), dir:, maildir:, mbox: + path
  std::string user;
  SecretSource password;
  std::string ca_file;
  std::string login_options;  ///< libcurl's, e.g. "AUTH=PLAIN"
  AfterRead after_read = AfterRead::move;
  std::string processed_folder = "bounced/processed";
  std::string unrecognised_folder = "bounced/unrecognised";
  std::string quarantine_folder = "bounced/quarantine";
  std::string keyword = "$BouncedDone";  ///< for after_read = "flag"
  std::vector<std::string> disable;      ///< server extensions not to use: "MOVE", "UIDPLUS", "IDLE"
  int batch_mails = 200;
  std::size_t batch_bytes = 8U * 1024 * 1024;
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds read_timeout{120};
};

/// How many failures of a reason suppress, on how many distinct days, in which window; how long the
/// suppression lasts.
struct Threshold {
  int count = 3;
  int distinct_days = 3;
  std::chrono::hours window{24 * 30};
  std::chrono::hours expires{0};  ///< 0 = never
};

struct PolicySettings {
  std::map<Reason, Threshold> thresholds;  ///< only those that differ from the built-in ones of daemon/policy
  std::chrono::hours confirm_spacing{24};
  std::vector<std::string> never_suppress;  ///< addresses, or "@domain"
};

struct LogSettings {
  std::string level = "info";
  std::string format = "text";       ///< "text", "json"
  std::string file;                  ///< "" = standard error
  std::string addresses = "hashed";  ///< "full", "hashed", "none"
};

struct Settings {
  std::string file;  ///< where they were read from; "" = built-in
  std::string database_path = "/var/lib/bounced/bounced.db";
  std::vector<MailboxSettings> mailboxes;
  std::string rules_directory;  ///< the operator's own rules; "" = none
  std::chrono::seconds poll_interval{300};
  ReadOptions reading;
  PolicySettings policy;
  LogSettings log;
};

/// Everything that is wrong with a settings file, in the order of its lines.
struct SettingsFault {
  int line = 0;
  std::string key;
  std::string what;  ///< what is wrong, with the nearest valid key where one is near
};

struct SettingsReading {
  Settings settings;
  std::vector<SettingsFault> faults;
};

/// Reads the text of a settings file: all faults at once.
SettingsReading read_settings(const std::string& text, const std::string& file);

/// Reads the file; the first fault becomes an Error (Exit::config) that says "file:line: …" and how many more
/// there are. A missing file is an Error only if `required`; else built-in defaults come back.
Result<Settings> load_settings(const std::string& path, bool required);

/// The secret's value. Errors: Exit::config (nothing set), Exit::no_permission (unreadable),
/// Exit::unavailable (the command failed: its exit code and first line of error output, never the secret).
Result<std::string> read_secret(const SecretSource& source);

std::string show_settings(const Settings& settings);  ///< as TOML, every option, secrets left out
std::string example_settings();                       ///< a commented file with every option and its default
std::string settings_manual();                        ///< the OPTIONS section of bounced.toml(5), as roff

}  // namespace bounced
