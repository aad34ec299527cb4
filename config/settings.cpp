#include "config/settings.hpp"
namespace bounced {
SettingsReading read_settings(const std::string&, const std::string&) { return {}; }
Result<Settings> load_settings(const std::string&, bool) { return Settings{}; }
Result<std::string> read_secret(const SecretSource& source) { return source.inline_value; }
std::string show_settings(const Settings&) { return {}; }
std::string example_settings() { return {}; }
std::string settings_manual() { return {}; }
}  // namespace bounced
