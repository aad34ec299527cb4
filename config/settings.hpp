// The settings of a run. One table of options (settings_table.cpp) drives reading, checking, `config show`,
// `config example` and the manual.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "parser/read_bounce.hpp"
#include "parser/reason.hpp"
#include "parser/result.hpp"

namespace bounced {

/// Where a secret comes from; exactly one is set. Read when needed, never logged, never printed by `config
/// show`.
struct SecretSource {
  std::string inline_value = {};  ///< then the settings file must not be readable by others
  std::string file = {};
  std::string command = {};     ///< run by /bin/sh -c; the first line of its output
  std::string credential = {};  ///< name below $CREDENTIALS_DIRECTORY (systemd)

  bool operator==(const SecretSource&) const = default;
};

/// What is done with a mail after its decision is durable.
enum class AfterRead : std::uint8_t { move, flag, leave, remove };
inline constexpr std::array<std::string_view, 4> after_read_names{"move", "flag", "leave", "remove"};
constexpr const auto& names_of(AfterRead) { return after_read_names; }

constexpr const auto& names_of(Authenticity) { return authenticity_names; }

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
  std::string keyword = "$BouncedDone";            ///< for after_read = "flag"
  Authenticity require = Authenticity::plausible;  ///< below it, a report decides nothing
  std::vector<std::string>
      disable;  ///< what not to use of the server: "MOVE", "UIDPLUS", "PIPELINING", "IDLE"
  int batch_mails = 200;
  std::size_t batch_bytes = 8U * 1024 * 1024;
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds read_timeout{120};
  std::chrono::seconds idle_renewal{9 * 60};

  bool operator==(const MailboxSettings&) const = default;
};

/// A program that is told of suppressions and of their ends. Which members mean something for which type is
/// the table of target_checks.cpp.
struct TargetSettings {
  std::string name;
  std::string type;              ///< a word of target_options.cpp
  std::string mode = "deliver";  ///< "deliver", "dry_run", "off"
  // Which suppressions it is told.
  std::vector<std::string> reasons;  ///< empty = all
  std::vector<std::string> domains;  ///< of the address, or above it; empty = all
  std::vector<std::string> lists;    ///< List-Ids of the mail that bounced; empty = all
  std::string minimum_confidence = "none";
  std::string scope = "global";  ///< "global"; "all": also those for a single sender
  // How it is told.
  int batch = 500;
  std::chrono::seconds timeout{30};
  int attempts = 5;
  std::chrono::seconds retry_first{30};
  std::chrono::seconds retry_longest{3600};
  std::string url, user, ca_file;
  SecretSource password;
  std::string path;  ///< of type file
  std::string format = "csv";
  std::vector<std::string> command, undo_command;  ///< of type exec: program and words
  std::string input = "addresses";
  std::vector<std::string> success_codes{"0"};
  std::string config_file;  ///< of type mailman3: mailman.cfg, for user and password
  std::string action = "disable";
  std::string delivery_status = "by_bounces";
  std::vector<std::string> target_lists;  ///< empty = all
  std::string api = "blocklist";          ///< of type listmonk
  std::string sending_domain;             ///< of type mailgun
  std::string region;                     ///< of type ses

  bool operator==(const TargetSettings&) const = default;
};

/// How many failures of a reason suppress, on how many distinct days, in which window; how long the
/// suppression lasts.
struct Threshold {
  int count = 3;
  int distinct_days = 3;
  std::chrono::hours window{24 * 30};
  std::chrono::hours expires{0};  ///< 0 = never
  int weight = 100;               ///< per cent of a failure that one for this reason counts as

  bool operator==(const Threshold&) const = default;
};

/// What an override says of one reason.
struct ThresholdChange {
  Threshold values;
  unsigned given = 0;  ///< bit n: the option n of threshold_options() is given

  bool operator==(const ThresholdChange&) const = default;
};

/// The threshold with what the change gives.
Threshold changed(Threshold base, const ThresholdChange& change);

/// Other thresholds for some addresses or mailings: [[policy.override]]. It holds where all that it names
/// fits.
struct PolicyOverride {
  std::string domain;                 ///< of the recipient; names below it are included
  std::string list;                   ///< List-Id of the returned mail
  std::string provider;               ///< who answered, as BounceEvent::provider
  std::string suppress = "as usual";  ///< "as usual", "never", "allowed"
  std::map<Reason, ThresholdChange> thresholds;

  bool operator==(const PolicyOverride&) const = default;
};

/// The built-in thresholds: one for each reason that counts against an address (its advice in reason_table is
/// suppress or soft). A verdict whose rule overrides the advice may have a reason outside the map:
/// Threshold{}.
std::map<Reason, Threshold> default_thresholds();

struct PolicySettings {
  std::map<Reason, Threshold> thresholds =
      default_thresholds();  ///< always whole: the built-in ones, with the file's on top
  std::chrono::hours confirm_spacing{24};
  std::vector<std::string> never_suppress;  ///< addresses, or "@domain"
  std::vector<PolicyOverride> overrides;    ///< in the order of the file

  bool operator==(const PolicySettings&) const = default;
};

/// When failures of one kind come in a wave, and what is done then.
struct BreakerSettings {
  std::string mode = "hold";  ///< "hold", "off"
  /// Verdicts within the window below which nothing is a wave. One provider's: a list of 10,000 with one dead
  /// address in twenty, two fifths of them at one provider, gives 200. One wording's: independent servers
  /// share the wordings of their software, so that the cleaning of an ordinary list says one by the hundred.
  int minimum = 200;
  int text_minimum = 1000;
  /// Times the most that any window of the baseline had. Newsletters differ from week to week by less than
  /// half of this; the waves that are on record reached a third of a list and more.
  int factor = 4;
  std::chrono::minutes window{60};
  std::chrono::hours baseline{24 * 28};      ///< four weeks: a monthly mailing is in it
  std::chrono::hours release_after{0};       ///< 0 = never
  std::vector<std::string> command;          ///< program and words; empty = none
  std::chrono::seconds command_timeout{30};  ///< as long as a password command may take

  bool operator==(const BreakerSettings&) const = default;
};

/// The nightly summary: when it is sent, and which ways. Nothing is sent before `to`, `file` or `command` say
/// where to.
struct SummarySettings {
  std::string at;        ///< "07:00", local time; "" = `run` sends nothing
  std::string timezone;  ///< "Europe/Berlin"; "" = the system's
  std::vector<std::string> formats{"text", "html"};
  std::int64_t sent_per_day = 0;  ///< 0 = not known
  std::string sent_count_file;    ///< "" = none
  std::vector<std::string> to;
  std::string from, envelope_from;
  std::string smtp_url;          ///< smtp://host[:port], smtps://host[:port]; "" = no mail by SMTP
  std::string tls = "required";  ///< "required", "never"
  std::string user;
  SecretSource password;
  std::string ca_file;
  std::chrono::seconds timeout{60};
  std::string file;                  ///< without its ending; "" = none
  std::vector<std::string> command;  ///< program and words; empty = none

  bool operator==(const SummarySettings&) const = default;
};

/// How long things are kept; 0 = for ever.
struct RetentionSettings {
  /// Events and what their reports told: a year and a month, so that a year can be compared with the last.
  std::chrono::hours events{24 * 400};
  /// Content hashes of mails, by which a mail counts once: as long as anybody keeps mails in a mailbox.
  std::chrono::hours journal{24 * 1100};
  std::int64_t warn_bytes = 0;  ///< a database larger than this is warned of; 0 = never

  bool operator==(const RetentionSettings&) const = default;
};

struct LogSettings {
  std::string level = "info";        ///< "debug", "info", "warning", "error"
  std::string format = "text";       ///< "text", "json"
  std::string file;                  ///< "" = standard error
  std::string addresses = "hashed";  ///< "full", "hashed", "none"

  bool operator==(const LogSettings&) const = default;
};

/// What tells our own mail and return paths from those of others. How signed return paths look is
/// ReadOptions::signed_verp.
struct AuthenticitySettings {
  std::vector<std::string> sender_domains;  ///< of From, Message-ID or List-Id: all of them, or none
  std::vector<std::string> verp_keys;       ///< files; the first signs, all verify
  std::chrono::hours verp_expires{24 * 21};

  bool operator==(const AuthenticitySettings&) const = default;
};

/// The VERP conventions that are known by name, in the order in which they are tried.
const std::vector<VerpConvention>& verp_conventions();

/// Reading options before any setting: all conventions of verp_conventions().
ReadOptions default_reading();

struct Settings {
  std::string file;  ///< where they were read from; "" = built-in
  std::string database_path = "/var/lib/bounced/bounced.db";
  std::vector<MailboxSettings> mailboxes;
  std::vector<TargetSettings> targets;
  std::string rules_directory;      ///< the operator's own rules; "" = none
  std::string mx_lookup = "never";  ///< "never", "when_unknown"
  std::string resolver;             ///< for MX look-ups: "192.0.2.53[:port]"; "" = the system's
  std::chrono::seconds poll_interval{300};
  std::vector<VerpConvention> own_verp;     ///< of [[verp]]
  ReadOptions reading = default_reading();  ///< `verp`: the file's own conventions, then the built-in ones
  AuthenticitySettings authenticity;
  PolicySettings policy;
  BreakerSettings breaker;
  /// How long an operator issue must be quiet to be closed; 0 = never. A week: weekly mailings have come by.
  std::chrono::hours issues_close_after{24 * 7};
  SummarySettings summary;
  RetentionSettings retention;
  LogSettings log;
};

/// Something that is wrong with a settings file.
struct SettingsFault {
  int line = 0;      ///< 1-based; 0 = the file as a whole
  std::string key;   ///< "mailbox[1].url"; "" for the file as a whole
  std::string what;  ///< what is wrong, with the nearest valid key where one is near
  /// True for what keeps nobody from running: the world is not (yet) as the settings say, and the part that
  /// needs it will say so itself. `config check` shows it; load_settings goes on.
  bool warning = false;
};

/// Everything that is wrong, in the order of the lines, and what could be read nonetheless.
struct SettingsReading {
  Settings settings;
  std::vector<SettingsFault> faults;

  /// True when a fault is more than a warning.
  [[nodiscard]] bool failed() const;
};

/// "FILE:LINE: KEY: WHAT", without the parts that the fault does not have.
std::string fault_line(const SettingsFault& fault, const std::string& file);

/// Reads the text of a settings file: all faults at once. Total: any text, no exception, no look at the file
/// system. `file` is only for Settings::file.
SettingsReading read_settings(const std::string& text, const std::string& file);

/// Settings as they would be with some keys set otherwise: each of `changes` is KEY=VALUE, the key with its
/// section ("policy.mailbox_full.count=3", "policy.confirm_spacing=2d"); strings need no quotes. The first
/// fault becomes an Error (Exit::usage). Keys of lists ([[mailbox]], …) can't be set so.
Result<Settings> settings_with(const Settings& base, const std::vector<std::string>& changes);

/// Reads a settings file and looks at what it names: modes of files with secrets, files that are not there.
/// A file that can't be read is one fault (line 0).
SettingsReading read_settings_file(const std::string& path);

/// Reads the file; the first fault that is no warning becomes an Error (Exit::config) that says "file:line:
/// …" and how many more there are. A missing file is an Error only if `required`; else built-in defaults come
/// back.
Result<Settings> load_settings(const std::string& path, bool required);

/// How long a password command may take: a password manager may ask an agent, but nobody types.
inline constexpr std::chrono::seconds secret_command_time{30};

/// The secret's value: one line, not empty, without its line end. A command that has not ended in time is
/// killed with all that it started. Errors: Exit::config
/// (nothing set, no such file or credential, empty or several lines), Exit::no_permission (unreadable),
/// Exit::unavailable (the command failed: its exit code and first line of error output, never the secret).
Result<std::string> read_secret(const SecretSource& source,
                                std::chrono::milliseconds time = secret_command_time);

/// The effective settings as TOML: every option, inline secrets left out. Reading it gives the settings again
/// (but for inline secrets, which leave a comment).
std::string show_settings(const Settings& settings);
/// A commented file with every option and its default, mailboxes commented out: reading it gives Settings{}.
std::string example_settings();
/// The manual page bounced.toml(5), as roff.
std::string settings_manual();

}  // namespace bounced
