// Settings files: any bytes are read without an exception, faults stand in the order of their lines, and what
// has no fault shows as a file that reads to the same.
#include "config/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto reading = bounced::read_settings(text, "fuzz.toml");
  must(std::is_sorted(reading.faults.begin(), reading.faults.end(),
                      [](const auto& a, const auto& b) { return a.line < b.line; }));
  const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
  for (const auto& fault : reading.faults) {
    must(fault.line >= 0 && fault.line <= lines && !fault.what.empty());
    must(bounced::fault_line(fault, "fuzz.toml").find('\n') == std::string::npos);
  }
  const bool has_inline_secret =
      std::any_of(reading.settings.mailboxes.begin(), reading.settings.mailboxes.end(),
                  [](const auto& mailbox) { return !mailbox.password.inline_value.empty(); });
  if (reading.failed() || has_inline_secret) return 0;
  const auto shown = bounced::show_settings(reading.settings);
  const auto again = bounced::read_settings(shown, "fuzz.toml");
  must(!again.failed());
  must(bounced::show_settings(again.settings) == shown);
  return 0;
}
