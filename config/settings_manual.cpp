// bounced.toml(5): the table of options as a manual page.
//
// contrib/man/bounced.toml.5 is what `bounced config manual` prints; a test compares the two.
#include <algorithm>

#include "config/option_value.hpp"
#include "config/settings_table.hpp"

namespace bounced {
namespace {

constexpr std::string_view head =
    R"(.\" Written by `bounced config manual`: change config/settings_table.cpp instead.
.TH BOUNCED.TOML 5 "" bounced "File formats"
.SH NAME
bounced.toml \- settings of bounced
.SH SYNOPSIS
.I /etc/bounced/bounced.toml
.SH DESCRIPTION
The settings of
.BR bounced (1),
written in TOML (https://toml.io): sections in brackets, options as
.IR "key = value" ,
text in quotes, and comments behind a #.
An option that is left out has its default; a file that is left out leaves all of them.
.PP
A duration is a whole number with a unit, s, m, h, d or w, as in "90s", "5m" or "30d".
A size is a whole number with a unit, B, kB, MB, GB, KiB, MiB or GiB, as in "8MiB".
Either may also be a plain number: bytes for a size, and for a duration the unit that the option names.
.PP
.B bounced config check
names everything that is wrong with a file, with its line and the nearest valid key; every other command then ends with
exit code 78.
.B bounced config show
prints the settings in force,
.B bounced config example
a file with every option.
.SS The smallest file
.EX
[database]
path = "/var/lib/bounced/bounced.db"

[[mailbox]]
name = "returns"
url = "imaps://mail.example.org/INBOX"
user = "bounces@example.org"
password_file = "/etc/bounced/password"
.EE
)";

constexpr std::string_view foot = R"(.SH FILES
.TP
.I /etc/bounced/bounced.toml
Where the settings are looked for unless
.B \-\-config
names another file.
.SH SEE ALSO
.BR bounced (1),
.BR bounced\-rules (5),
.BR systemd.exec (5)
for
.B LoadCredential=
)";

/// Text for roff: nothing in it is taken for a request or an escape, and what is typed is typed ASCII.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '.':
        out += line_start ? "\\&." : ".";
        break;
      default:
        out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

/// Text with each sentence on a line of its own, as roff wants it.
std::string sentences(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find(". ");
    const auto length = end == std::string_view::npos ? text.size() : end + 1;
    out += roff(text.substr(0, length)) + "\n";
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return out;
}

/// "A whole number from 1 to 10000; default 200." `default_text` is TOML; "" where there is none to tell.
std::string form_text(const OptionFacts& facts, std::string_view default_text) {
  auto text = wanted_text(facts);
  text.front() = static_cast<char>(text.front() - 'a' + 'A');
  if (facts.form == Form::duration)
    text += facts.plain_unit == 86400  ? "; a plain number counts days"
            : facts.plain_unit == 3600 ? "; a plain number counts hours"
                                       : "; a plain number counts seconds";
  if (facts.required) return text + "; required.";
  if (default_text.empty()) return text + ".";
  if (default_text == "\"\"") return text + "; empty by default.";
  if (default_text == "[]") return text + "; none by default.";
  const std::vector<std::string> every_word(facts.words.begin(), facts.words.end());
  if (facts.form == Form::words && default_text == option_value_toml(facts, every_word))
    return text + "; all by default.";
  return text + "; default " + std::string(default_text) + ".";
}

std::string entry(const OptionFacts& facts, std::string_view default_text) {
  std::string out = ".TP\n.B " + roff(facts.key) + "\n" + sentences(facts.documentation);
  out += sentences(form_text(facts, default_text));
  if (!facts.example.empty())
    out += ".br\nExample: " + roff(std::string(facts.key) + " = " + std::string(facts.example)) + "\n";
  return out;
}

template <class Owner>
std::string entries(const std::vector<Option<Owner>>& options, std::string_view section) {
  std::string out;
  for (const auto& row : options)
    if (row.facts.section == section) out += entry(row.facts, option_value_toml(row.facts, row.get(Owner{})));
  return out;
}

std::string threshold_table() {
  std::string out = ".TS\nlB lB lB lB lB\nl r r r l.\nreason\tcount\tdistinct_days\twindow\texpires\n";
  for (const auto& [reason, threshold] : default_thresholds()) {
    out += roff(to_string(reason));
    for (const auto& row : threshold_options()) {
      if (row.facts.form == Form::share) continue;  // 1 for all of them
      auto text = option_value_toml(row.facts, row.get(threshold));
      std::erase(text, '"');
      out += "\t" + roff(text);
    }
    out += "\n";
  }
  return out + ".TE\n";
}

std::string verp_list() {
  std::string out =
      ".PP\nThe conventions that\n.B verp\nof [reading] names, each with an address whose recipient is "
      "user@example.com:\n";
  for (const auto& form : verp_forms())
    out += ".TP\n.B " + roff(form.convention.name) + "\n" + roff(form.address) + " (" + roff(form.writer) +
           ")\n";
  return out;
}

std::string section_text(const Section& section) {
  const auto name = std::string(section.name);
  switch (section.shape) {
    case Shape::table:
      return ".SS [" + name + "]\n" + sentences(section.documentation) + entries(general_options(), name) +
             (name == "reading" ? verp_list() : "");
    case Shape::per_reason: {
      std::string out = ".SS [" + name + ".REASON]\n" + sentences(section.documentation);
      for (const auto& row : threshold_options()) out += entry(row.facts, "");
      return out + ".PP\nThe defaults:\n" + threshold_table();
    }
    case Shape::list:
      break;
  }
  std::string out = ".SS [[" + name + "]]\n" + sentences(section.documentation);
  const Settings none;
  for_each_list(none, [&](std::string_view list, const auto& options, const auto&) {
    if (list == name) out += entries(options, list);
  });
  return out;
}

}  // namespace

std::string settings_manual() {
  // tbl(1) reads the page first when its first line says t.
  std::string out = "'\\\" t\n" + std::string(head) + ".SH OPTIONS\n";
  for (const auto& section : sections()) out += section_text(section);
  return out + std::string(foot);
}

}  // namespace bounced
