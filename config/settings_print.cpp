// The table of options as text: the settings in force, and an example file.
#include <algorithm>

#include "config/option_value.hpp"
#include "config/settings_table.hpp"

namespace bounced {
namespace {

constexpr std::size_t comment_width = 100;  // columns of the example file

std::string assignment(const OptionFacts& facts, std::string_view toml) {
  return std::string(facts.key) + " = " + std::string(toml) + "\n";
}

/// Words wrapped into comment lines.
std::string comment(std::string_view text) {
  std::string out;
  std::string line = "#";
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const auto word = text.substr(0, blank);
    if (line.size() > 1 && line.size() + 1 + word.size() > comment_width) {
      out += line + "\n";
      line = "#";
    }
    line += " " + std::string(word);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  return out + line + "\n";
}

/// One of a group of options of which exactly one may be given: shown only when it is.
bool is_password_source(const OptionFacts& facts) {
  return (facts.section == "mailbox" || facts.section == "target" || facts.section == "summary") &&
         (facts.key == "password_file" || facts.key == "password_command" || facts.key == "credential" ||
          facts.key == "password");
}

template <class Owner>
std::string shown(const std::vector<Option<Owner>>& options, std::string_view section, const Owner& owner) {
  std::string out;
  for (const auto& row : options) {
    if (row.facts.section != section) continue;
    const auto value = row.get(owner);
    if (is_password_source(row.facts) && std::get<std::string>(value).empty()) continue;
    if (row.facts.secret)
      out += "# " + std::string(row.facts.key) + " is set here, and left out\n";
    else
      out += assignment(row.facts, option_value_toml(row.facts, value));
  }
  return out;
}

std::string shown_thresholds(const Settings& settings) {
  std::string out;
  for (const auto& [reason, threshold] : settings.policy.thresholds)
    out += "\n[policy." + std::string(to_string(reason)) + "]\n" +
           shown(threshold_options(), "policy", threshold);
  return out;
}

/// The thresholds that an override gives.
std::string shown_changes(const PolicyOverride& one) {
  std::string out;
  for (const auto& [reason, change] : one.thresholds) {
    out += "\n[policy.override." + std::string(to_string(reason)) + "]\n";
    for (std::size_t i = 0; i < threshold_options().size(); ++i)
      if ((change.given & 1U << i) != 0) {
        const auto& row = threshold_options()[i];
        out += assignment(row.facts, option_value_toml(row.facts, row.get(change.values)));
      }
  }
  return out;
}
template <class Item>
std::string shown_changes(const Item&) {
  return "";
}

std::string range_text(const OptionFacts& facts) {
  return facts.form == Form::text || facts.form == Form::texts ? "" : " (" + wanted_text(facts) + ")";
}

/// An option of the example file: `commented` puts it behind a #, with its example for a value.
template <class Owner>
std::string exemplified(const Option<Owner>& row, bool commented) {
  std::string out = comment(std::string(row.facts.documentation) + range_text(row.facts));
  const auto value = option_value_toml(row.facts, row.get(Owner{}));
  const bool use_example = commented && !row.facts.example.empty();
  out += (commented ? "# " : "") +
         assignment(row.facts, use_example ? row.facts.example : std::string_view(value));
  if (!commented && !row.facts.example.empty()) out += "# " + assignment(row.facts, row.facts.example);
  return out;
}

std::string example_section(const Section& section) {
  std::string out = "\n" + comment(section.documentation);
  if (section.shape == Shape::table) {
    out += "[" + std::string(section.name) + "]\n";
    for (const auto& row : general_options())
      if (row.facts.section == section.name) out += "\n" + exemplified(row, is_password_source(row.facts));
  } else if (section.shape == Shape::list) {
    out += "# [[" + std::string(section.name) + "]]\n";
    const Settings none;
    for_each_list(none, [&](std::string_view name, const auto& options, const auto&) {
      if (name != section.name) return;
      for (const auto& row : options) out += "#\n" + exemplified(row, true);
    });
  } else {
    for (const auto& row : threshold_options())
      out += "#\n" + comment(std::string(row.facts.key) + ": " + std::string(row.facts.documentation) +
                             range_text(row.facts));
    out += "\n";
    for (const auto& [reason, threshold] : default_thresholds()) {
      out += comment("the verdict: " + std::string(facts(reason).meaning));
      out += "[policy." + std::string(to_string(reason)) + "]\n" +
             shown(threshold_options(), "policy", threshold) + "\n";
    }
    out.pop_back();
  }
  return out;
}

}  // namespace

std::string show_settings(const Settings& settings) {
  std::string out =
      "# " + (settings.file.empty() ? "built-in settings" : "settings of " + toml_quoted(settings.file)) +
      "\n";
  for (const auto& section : sections()) {
    if (section.shape == Shape::table)
      out += "\n[" + std::string(section.name) + "]\n" + shown(general_options(), section.name, settings);
    if (section.shape == Shape::per_reason) out += shown_thresholds(settings);
    if (section.shape != Shape::list) continue;
    for_each_list(settings, [&](std::string_view name, const auto& options, const auto& items) {
      if (name != section.name) return;
      for (const auto& item : items)
        out += "\n[[" + std::string(name) + "]]\n" + shown(options, name, item) + shown_changes(item);
    });
  }
  return out;
}

std::string example_settings() {
  std::string out = comment(
      "Settings of bounced: every option with its default. bounced.toml(5) has the same as a "
      "manual; `bounced config check` says what is wrong with a file.");
  for (const auto& section : sections()) out += example_section(section);
  return out;
}

}  // namespace bounced
