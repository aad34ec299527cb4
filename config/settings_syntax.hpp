// Reading TOML so that one slip does not hide the others.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "config/toml_document.hpp"

namespace bounced {

struct SyntaxReading {
  TomlValue document;
  std::vector<SettingsFault> faults;
  /// Keys whose lines could not be read: they are there, so nobody should call them missing.
  std::vector<std::string> unread_keys;
  bool complete = true;  ///< false: reading stopped, and the document holds nothing
};

/// Reads the text; where a line of the form `key = …` is wrong, it is told and left out, and reading goes on.
SyntaxReading read_syntax(std::string text);

}  // namespace bounced
