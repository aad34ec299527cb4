// The settings file on disk, and the files that settings name.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "config/mailbox_url.hpp"
#include "config/settings_checks.hpp"

namespace bounced {
namespace {

/// As least_verp_key_bytes of daemon/verp_keys.hpp, which tells more: here a look at the size must do.
constexpr off_t least_key_bytes = 32;
constexpr unsigned others = S_IRWXG | S_IRWXO;

std::string octal(unsigned mode) {
  std::string out;
  for (int shift = 6; shift >= 0; shift -= 3) out += static_cast<char>('0' + ((mode >> shift) & 7));
  return out;
}

struct Place {
  const TomlValue* table;
  std::string path;
  std::string_view key;
};

class FileChecker {
 public:
  explicit FileChecker(std::vector<SettingsFault>& faults) : faults_(faults) {}

  void tell(const Place& place, std::string what, bool warning) {
    const auto* value = place.table == nullptr ? nullptr : place.table->find(place.key);
    const int line = value != nullptr ? value->line : place.table != nullptr ? place.table->line : 0;
    faults_.push_back({line, place.path + "." + std::string(place.key), std::move(what), warning});
  }

  /// A file that must be there. One that this user may not look at is a warning: the daemon's may.
  void wants_file(const Place& place, const std::string& file, bool secret) {
    if (file.empty()) return;
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) {
      const bool missing = errno == ENOENT || errno == ENOTDIR;
      tell(place, file + (missing ? ": there is no such file" : ": " + std::string(std::strerror(errno))),
           !missing);
    } else if (S_ISDIR(info.st_mode)) {
      tell(place, file + " is a directory, and a file is wanted", false);
    } else if (::access(file.c_str(), R_OK) != 0) {
      tell(place, file + " can't be read by the user that runs this", true);
    } else if (secret && S_ISREG(info.st_mode) && (info.st_mode & others) != 0) {
      tell(place, file + " can be read by others (mode " + octal(info.st_mode) + "): chmod 600 " + file,
           true);
    }
  }

  void wants_directory(const Place& place, const std::string& directory, bool warning) {
    if (directory.empty()) return;
    struct stat info {};
    if (::stat(directory.c_str(), &info) != 0) {
      const bool missing = errno == ENOENT || errno == ENOTDIR;
      tell(place,
           directory + (missing ? ": there is no such directory" : ": " + std::string(std::strerror(errno))),
           warning || !missing);
    } else if (!S_ISDIR(info.st_mode)) {
      tell(place, directory + " is no directory", warning);
    }
  }

  /// The keys of signed return paths: as secret as passwords, and not too short to be one.
  void check_keys(const Settings& settings, const TomlValue& document) {
    const Place place{document.find("authenticity"), "authenticity", "verp_keys"};
    for (const std::string& file : settings.authenticity.verp_keys) {
      wants_file(place, file, true);
      struct stat info {};
      if (::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size < least_key_bytes)
        tell(place,
             std::string(file).append(" is too short to be a key: bounced verp key ").append(file) +
                 " makes one",
             false);
    }
  }

  /// The files that a section with a password names.
  void check_sign_in(const SecretSource& password, const std::string& ca_file, const TomlValue& table,
                     const std::string& path, unsigned mode) {
    wants_file({&table, path, "password_file"}, password.file, true);
    wants_file({&table, path, "ca_file"}, ca_file, false);
    if (!password.inline_value.empty() && (mode & others) != 0)
      tell({&table, path, "password"},
           "stands in a file that others can read (mode " + octal(mode) +
               "): chmod 600 the settings file, or use password_file",
           false);
  }

  void check_target(const TargetSettings& target, const TomlValue& table, const std::string& path,
                    unsigned mode) {
    check_sign_in(target.password, target.ca_file, table, path, mode);
    wants_file({&table, path, "config_file"}, target.config_file, false);
    if (!target.path.empty())
      wants_directory({&table, path, "path"}, target.path.substr(0, target.path.rfind('/') + 1), true);
  }

  void check_summary(const SummarySettings& summary, const TomlValue& document, unsigned mode) {
    const auto* table = document.find("summary");
    if (table == nullptr) return;
    check_sign_in(summary.password, summary.ca_file, *table, "summary", mode);
    const Place zone{table, "summary", "timezone"};
    struct stat info {};
    if (!summary.timezone.empty() && ::stat(("/usr/share/zoneinfo/" + summary.timezone).c_str(), &info) != 0)
      tell(zone, "/usr/share/zoneinfo does not have it: it is written like Europe/Berlin", false);
    if (!summary.file.empty())
      wants_directory({table, "summary", "file"}, summary.file.substr(0, summary.file.rfind('/') + 1), true);
  }

  void check_mailbox(const MailboxSettings& mailbox, const TomlValue& table, const std::string& path,
                     unsigned mode) {
    check_sign_in(mailbox.password, mailbox.ca_file, table, path, mode);
    const auto url = read_mailbox_url(mailbox.url);
    if (!url) return;
    // A mail directory may come with a mount that is late: its mailbox says so when it is opened.
    if (url->kind == MailboxUrl::Kind::dir || url->kind == MailboxUrl::Kind::maildir)
      wants_directory({&table, path, "url"}, url->path, true);
  }

 private:
  std::vector<SettingsFault>& faults_;
};

}  // namespace

void check_files(const Settings& settings, const TomlValue& document, unsigned mode,
                 std::vector<SettingsFault>& faults) {
  FileChecker checker(faults);
  const auto tables = tables_of(document, "mailbox");
  for (std::size_t i = 0; i < settings.mailboxes.size() && i < tables.size(); ++i)
    checker.check_mailbox(settings.mailboxes[i], *tables[i], "mailbox[" + std::to_string(i + 1) + "]", mode);
  const auto targets = tables_of(document, "target");
  for (std::size_t i = 0; i < settings.targets.size() && i < targets.size(); ++i)
    checker.check_target(settings.targets[i], *targets[i], "target[" + std::to_string(i + 1) + "]", mode);
  checker.check_summary(settings.summary, document, mode);
  checker.check_keys(settings, document);
  checker.wants_directory({document.find("rules"), "rules", "directory"}, settings.rules_directory, false);
}

}  // namespace bounced
