// Reading a settings file: its text through the table of options, and the file itself.
#include "config/settings.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "config/option_value.hpp"
#include "config/settings_checks.hpp"
#include "config/settings_syntax.hpp"
#include "config/settings_table.hpp"
#include "config/words.hpp"

namespace bounced {
namespace {

using Kind = TomlValue::Kind;

std::string quoted_name(const Section& section) {
  switch (section.shape) {
    case Shape::list:
      return "[[" + std::string(section.name) + "]]";
    case Shape::per_reason:
      return "[" + std::string(section.name) + ".REASON]";
    case Shape::table:
      break;
  }
  return "[" + std::string(section.name) + "]";
}

std::vector<std::string_view> reasons_of(const std::map<Reason, Threshold>& thresholds) {
  std::vector<std::string_view> names;
  names.reserve(thresholds.size());
  for (const auto& [reason, threshold] : thresholds) names.push_back(to_string(reason));
  return names;
}

/// A key of the file as it may stand in a message: bare keys as they are, others quoted and not too long.
std::string printable(const std::string& key) {
  constexpr std::size_t longest = 60;
  const bool bare = !key.empty() && key.size() <= longest && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (bare) return key;
  return key.size() <= longest ? toml_quoted(key) : "(a key of " + std::to_string(key.size()) + " bytes)";
}

/// "did you mean …?": the nearest key here, else the section that has the key.
std::string suggestion(std::string_view key, const std::vector<std::string_view>& here) {
  if (auto near = did_you_mean(key, here); !near.empty()) return near;
  for (const auto& section : sections())
    for (const auto* facts : options_of(section))
      if (facts->key == key) return "; it belongs into " + quoted_name(section);
  std::string all;
  for (const auto word : here) all += (all.empty() ? "; there is " : ", ") + std::string(word);
  return all;
}

class SettingsReader {
 public:
  SettingsReader(SettingsReading& out, const std::vector<std::string>& unread) : out_(out), unread_(unread) {}

  void read(const TomlValue& document) {
    for (const auto& [key, value] : document.entries) read_section(key, value);
    for_each_list(out_.settings, [&](std::string_view name, const auto& options, auto& items) {
      read_list(name, options, items, document);
    });
    auto& verp = out_.settings.reading.verp;
    verp.insert(verp.begin(), out_.settings.own_verp.begin(), out_.settings.own_verp.end());
  }

 private:
  void fault(int line, std::string key, std::string what) {
    out_.faults.push_back({line, std::move(key), std::move(what), false});
  }

  void read_section(const std::string& key, const TomlValue& value) {
    const auto section = std::find_if(sections().begin(), sections().end(),
                                      [&](const Section& each) { return each.name == key; });
    if (section == sections().end()) {
      std::vector<std::string_view> names;
      for (const auto& each : sections())
        if (std::find(names.begin(), names.end(), each.name) == names.end()) names.push_back(each.name);
      const bool is_section = value.kind == Kind::table || value.kind == Kind::array;
      fault(value.line, printable(key),
            std::string("unknown ") + (is_section ? "section" : "key") + suggestion(key, names));
      return;
    }
    if (section->shape == Shape::list) return;  // read_list
    if (value.kind != Kind::table) {
      fault(value.line, key,
            "is a section, written " + quoted_name(*section) + ", and not " + std::string(value.kind_name()));
      return;
    }
    read_table(key, value, general_options(), out_.settings, key);
    if (key != "policy") return;
    read_reasons(value, "policy", out_.settings.policy.thresholds,
                 [](auto& thresholds, Reason reason) -> Threshold& { return thresholds.at(reason); });
    if (const auto* overrides = value.find("override")) read_overrides(*overrides);
  }

  /// Reads the entries of one table. Rows of other sections are passed over; tables in [policy] are
  /// read_reasons's.
  template <class Owner>
  void read_table(std::string_view section, const TomlValue& table, const std::vector<Option<Owner>>& options,
                  Owner& owner, const std::string& path) {
    std::vector<std::string_view> keys;
    for (const auto& row : options)
      if (row.facts.section == section) keys.push_back(row.facts.key);
    for (const auto& [key, value] : table.entries) {
      const auto full_key = path + "." + printable(key);
      const auto row =
          std::find_if(options.begin(), options.end(), [&, &key = key](const Option<Owner>& each) {
            return each.facts.section == section && each.facts.key == key;
          });
      if (row != options.end()) {
        const auto found = read_option_value(row->facts, row->step, value, [&](int line, std::string what) {
          fault(line, full_key, std::move(what));
        });
        if (found) row->set(owner, *found);
      } else if (!belongs_to_others(section, path, key, value)) {
        fault(value.line, full_key, "unknown key" + suggestion(key, keys));
      }
    }
    for (const auto& row : options)
      if (row.facts.section == section && row.facts.required && table.find(row.facts.key) == nullptr &&
          std::find(unread_.begin(), unread_.end(), row.facts.key) == unread_.end())
        fault(table.line, path + "." + std::string(row.facts.key),
              "is missing" + (row.facts.example.empty() ? ""
                                                        : ", e.g. " + std::string(row.facts.key) + " = " +
                                                              std::string(row.facts.example)));
  }

  /// Tables in [policy] and [[policy.override]] are read_reasons's, the list of overrides is
  /// read_overrides's.
  static bool belongs_to_others(std::string_view section, const std::string& path, const std::string& key,
                                const TomlValue& value) {
    if (section == "policy.override") return value.kind == Kind::table;
    return section == "policy" && path == "policy" && (value.kind == Kind::table || key == "override");
  }

  /// Reads the tables of `parent`, one a reason; `threshold_of(thresholds, reason)` is what to read into.
  template <class Thresholds, class ThresholdOf>
  void read_reasons(const TomlValue& parent, const std::string& parent_path, Thresholds& thresholds,
                    const ThresholdOf& threshold_of) {
    static const auto known = default_thresholds();
    for (const auto& [key, value] : parent.entries) {
      if (value.kind != Kind::table || key == "override") continue;
      const auto path = parent_path + "." + printable(key);
      const auto reason = reason_named(key);
      if (!reason) {
        const auto near = did_you_mean(key, reasons_of(known));
        fault(value.line, path, "unknown reason" + (near.empty() ? "; bounced.toml(5) lists them" : near));
      } else if (!known.contains(*reason)) {
        fault(value.line, path,
              "has no threshold: " + key + " never counts against an address (" +
                  std::string(facts(*reason).meaning) + ")");
      } else {
        read_table("policy", value, threshold_options(), threshold_of(thresholds, *reason), path);
      }
    }
  }

  void read_overrides(const TomlValue& list) {
    auto& overrides = out_.settings.policy.overrides;
    overrides.clear();
    read_items("policy.override", override_options(), overrides, list);
    const auto tables = list.kind == Kind::table ? std::vector<TomlValue>{list} : list.items;
    std::size_t at = 0;
    for (std::size_t i = 0; i < tables.size() && at < overrides.size(); ++i) {
      if (tables[i].kind != Kind::table) continue;
      auto& one = overrides[at++];
      read_reasons(tables[i], "policy.override[" + std::to_string(i + 1) + "]", one.thresholds,
                   [](auto& thresholds, Reason reason) -> Threshold& { return thresholds[reason].values; });
      for (auto& [reason, change] : one.thresholds)
        for (std::size_t option = 0; option < threshold_options().size(); ++option)
          if (tables[i].find(to_string(reason))->find(threshold_options()[option].facts.key) != nullptr)
            change.given |= 1U << option;
    }
  }

  template <class Item>
  void read_list(std::string_view name, const std::vector<Option<Item>>& options, std::vector<Item>& items,
                 const TomlValue& document) {
    if (const auto* list = document.find(name)) read_items(std::string(name), options, items, *list);
  }

  template <class Item>
  void read_items(const std::string& key, const std::vector<Option<Item>>& options, std::vector<Item>& items,
                  const TomlValue& value) {
    const auto* list = &value;
    std::vector<const TomlValue*> tables;
    if (list->kind == Kind::table) {
      fault(list->line, key, "is a list: write [[" + key + "]] with two brackets");
      tables.push_back(list);
    } else if (list->kind == Kind::array) {
      for (const auto& item : list->items) tables.push_back(&item);
    } else {
      fault(list->line, key,
            "is a list of sections, each written [[" + key + "]], and not " + std::string(list->kind_name()));
    }
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const auto path = key + "[" + std::to_string(i + 1) + "]";
      if (tables[i]->kind != Kind::table) {
        fault(tables[i]->line, path,
              "is a section, written [[" + key + "]], and not " + std::string(tables[i]->kind_name()));
        continue;
      }
      Item item;
      read_table(key, *tables[i], options, item, path);
      items.push_back(std::move(item));
    }
  }

  SettingsReading& out_;
  const std::vector<std::string>& unread_;
};

/// A value typed without quotes, as TOML: what is no number and no list is a string.
std::string as_toml(const std::string& value) {
  const auto odd = value.find_first_not_of("0123456789");
  const bool fraction = odd != std::string::npos && odd > 0 && value[odd] == '.' && odd + 1 < value.size() &&
                        value.find_first_not_of("0123456789", odd + 1) == std::string::npos;
  const bool number = !value.empty() && (odd == std::string::npos || fraction);
  const bool quoted = value.starts_with('"') || value.starts_with('[');
  return number || quoted || value == "true" || value == "false" ? value : toml_quoted(value);
}

/// A settings file is some kB; what is larger is another file.
constexpr std::size_t largest_file = 1024U * 1024;

void sort_by_line(std::vector<SettingsFault>& faults) {
  std::stable_sort(faults.begin(), faults.end(),
                   [](const SettingsFault& a, const SettingsFault& b) { return a.line < b.line; });
}

/// Reads the text and leaves the document behind for check_files.
SettingsReading read_text(const std::string& text, const std::string& file, TomlValue& document) {
  SettingsReading reading;
  reading.settings.file = file;
  if (text.size() > largest_file) {
    reading.faults.push_back({0, "", "is larger than 1 MiB: this is no settings file", false});
    return reading;
  }
  auto syntax = read_syntax(text);
  reading.faults = std::move(syntax.faults);
  if (syntax.complete) {
    document = std::move(syntax.document);
    SettingsReader(reading, syntax.unread_keys).read(document);
    check_relations(reading.settings, document, syntax.unread_keys, reading.faults);
  }
  sort_by_line(reading.faults);
  return reading;
}

struct FileText {
  std::string text;
  unsigned mode = 0;
};

/// Reads a whole file, one byte beyond largest_file at most. The error's message does not name the file.
Result<FileText> read_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) {
    const int problem = errno;
    if (problem == EACCES || problem == EPERM)
      return fail(Exit::no_permission, std::strerror(problem),
                  "run it as the user of the daemon, or with --config /dev/null for built-in settings");
    return fail(Exit::config, std::strerror(problem), "`bounced config example` prints one to start from");
  }
  FileText file;
  struct stat info {};
  if (::fstat(descriptor, &info) == 0) file.mode = info.st_mode;
  std::array<char, 16384> block{};
  ssize_t count = 0;
  while (file.text.size() <= largest_file && (count = ::read(descriptor, block.data(), block.size())) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    file.text.append(block.data(), static_cast<std::size_t>(count));
  }
  const int problem = count < 0 ? errno : 0;
  ::close(descriptor);
  if (problem != 0) return fail(Exit::config, std::strerror(problem), "a file with TOML in it is wanted");
  return file;
}

SettingsReading read_file_text(const FileText& file, const std::string& path) {
  TomlValue document;
  auto reading = read_text(file.text, path, document);
  check_files(reading.settings, document, file.mode, reading.faults);
  sort_by_line(reading.faults);
  return reading;
}

}  // namespace

bool SettingsReading::failed() const {
  return std::any_of(faults.begin(), faults.end(), [](const SettingsFault& fault) { return !fault.warning; });
}

SettingsReading read_settings(const std::string& text, const std::string& file) {
  TomlValue document;
  return read_text(text, file, document);
}

Result<Settings> settings_with(const Settings& base, const std::vector<std::string>& changes) {
  std::string text;
  for (const auto& change : changes) {
    const auto equals = change.find('=');
    if (equals == std::string::npos || equals == 0 || change[equals - 1] == '.' ||
        change.find('\n') != std::string::npos)
      return fail(Exit::usage, "'" + change + "' sets nothing", "write it as KEY=VALUE");
    text += change.substr(0, equals) + " = " + as_toml(change.substr(equals + 1)) + "\n";
  }
  SettingsReading reading;
  reading.settings = base;
  auto syntax = read_syntax(text);
  reading.faults = std::move(syntax.faults);
  for (const auto& section : sections())
    if (section.shape == Shape::list && syntax.document.find(section.name) != nullptr)
      return fail(Exit::usage, std::string(section.name) + " is a list: its keys can't be set so", "");
  if (syntax.complete && reading.faults.empty()) {
    SettingsReader(reading, syntax.unread_keys).read(syntax.document);
    check_relations(reading.settings, syntax.document, syntax.unread_keys, reading.faults);
  }
  sort_by_line(reading.faults);
  for (const auto& fault : reading.faults) {
    if (fault.warning) continue;
    const auto place = static_cast<std::size_t>(std::max(fault.line, 1)) - 1;
    return fail(Exit::usage, changes[std::min(place, changes.size() - 1)] + ": " + fault.what, "");
  }
  return std::move(reading.settings);
}

SettingsReading read_settings_file(const std::string& path) {
  const auto file = read_file(path);
  if (!file) {
    SettingsReading reading;
    reading.settings.file = path;
    reading.faults.push_back({0, "", file.error().message + " (" + file.error().hint + ")", false});
    return reading;
  }
  return read_file_text(*file, path);
}

std::string fault_line(const SettingsFault& fault, const std::string& file) {
  return file + (fault.line > 0 ? ":" + std::to_string(fault.line) : "") + ": " +
         (fault.key.empty() ? "" : fault.key + ": ") + fault.what;
}

Result<Settings> load_settings(const std::string& path, bool required) {
  struct stat info {};
  if (!required && ::stat(path.c_str(), &info) != 0 && (errno == ENOENT || errno == ENOTDIR))
    return Settings{};
  const auto file = read_file(path);
  if (!file) return fail(file.error().exit, path + ": " + file.error().message, file.error().hint);
  auto reading = read_file_text(*file, path);
  const SettingsFault* first = nullptr;
  int more = -1;
  for (const auto& fault : reading.faults) {
    if (fault.warning) continue;
    if (first == nullptr) first = &fault;
    ++more;
  }
  if (first == nullptr) return std::move(reading.settings);
  return fail(Exit::config, fault_line(*first, path),
              more == 0 ? "" : std::to_string(more) + " more: `bounced config check` shows all");
}

}  // namespace bounced
