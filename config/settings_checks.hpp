// What no single option can tell: options that go together, and files that settings name.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "config/toml_document.hpp"

namespace bounced {

/// Adds faults about options that contradict each other. `document` is what `settings` was read from: faults
/// about single options are told already, so an option that is there but wrong counts as given here, and so
/// does one of `unread_keys` (see SyntaxReading).
void check_relations(const Settings& settings, const TomlValue& document,
                     const std::vector<std::string>& unread_keys, std::vector<SettingsFault>& faults);

/// The part of check_relations that is about [[target]]: what each type needs, and what means nothing for it.
void check_targets(const Settings& settings, const TomlValue& document,
                   const std::vector<std::string>& unread_keys, std::vector<SettingsFault>& faults);
/// The part that is about [summary].
void check_summary(const Settings& settings, const TomlValue& document,
                   const std::vector<std::string>& unread_keys, std::vector<SettingsFault>& faults);
/// The keys of a section that each give its password; one of them may be there.
inline constexpr std::array<std::string_view, 4> password_keys{"password_file", "password_command",
                                                               "credential", "password"};

/// Adds faults about the file system: secrets that others can read, files that are not there. `mode` is the
/// settings file's own (stat(2)).
void check_files(const Settings& settings, const TomlValue& document, unsigned mode,
                 std::vector<SettingsFault>& faults);

/// The tables of a [[list]], in order: one for each item that was read.
std::vector<const TomlValue*> tables_of(const TomlValue& document, std::string_view list);

}  // namespace bounced
