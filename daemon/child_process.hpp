// A program that is started, given its input, and waited for.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/result.hpp"

namespace bounced {

struct ChildStart {
  std::vector<std::string> words;      ///< the program (looked for in $PATH when it has no '/') and its words
  std::vector<std::string> variables;  ///< "NAME=value", added to our own environment
  std::string_view input;              ///< its standard input; its standard output goes to /dev/null
  std::chrono::milliseconds time{30'000};
  std::function<bool()> stop = {};         ///< asked several times a second; true kills it
  std::string time_setting = "`timeout`";  ///< what a hint calls the setting of `time`
  bool heard = true;                       ///< false: its error output goes to ours, and it has no complaint
};

struct ChildEnd {
  int code = 0;           ///< exit code; 128 + N when signal N ended it
  int signal = 0;         ///< that ended it; 0 = none
  std::string complaint;  ///< the first line of its error output, bounded
};

/// Runs a program without a shell, in a process group of its own, which is killed as a whole when the time is
/// over. A program that ends without reading all of its input is no error. Errors, without the name of who
/// wants it: Exit::config (no such program, not executable), Exit::unavailable (did not end in time, can't be
/// started), Exit::try_again (stopped).
Result<ChildEnd> run_child(const ChildStart& start);

}  // namespace bounced
