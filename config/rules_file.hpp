// Rules files: TOML in, RuleBook out, and back. HACKING.md shows the format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/result.hpp"
#include "parser/rule.hpp"

namespace bounced {

/// One thing that is wrong with a rules file.
struct RulesFault {
  std::string origin;  ///< "file:line"
  std::string what;    ///< the section and what is wrong, with the nearest valid word where one is near
};

struct RulesReading {
  RuleBook book;  ///< the sections without a fault
  std::vector<RulesFault> faults;
};

/// Reads the text of one rules file: all faults at once, in the order of its lines.
RulesReading inspect_rules(std::string_view text, std::string_view file);

/// Reads one rules file. The first fault becomes an Error (Exit::config), "file:line: section: what is
/// wrong", that says how many more there are.
Result<RuleBook> read_rules(const std::string& text, const std::string& file);

/// The shipped rules (compiled in: status, vendors, phrases) with the *.toml of `directory` ("" = none), in
/// the order of their names: a vendor or rule of theirs replaces the shipped one of the same id where that
/// stands; new ones come before all shipped ones, so that they win where both hold; terms add up. Errors:
/// Exit::config as read_rules; Exit::no_input when the directory or a file in it can't be read.
Result<RuleBook> load_rules(const std::string& directory);

/// The book in the form that read_rules reads: the same sections in the same order, without the defaults.
/// read_rules(dump_rules(book)) gives the book again, save for `origin`.
std::string dump_rules(const RuleBook& book);
/// A short hash over all of a book, in hexadecimal; changes when a rule does.
std::string rules_version(const RuleBook& book);
/// One rule in that form, for `rules show`.
std::string dump_rule(const Rule& rule);

/// Everything that is wrong with the rules in force with `directory`, or with the shipped ones alone ("" = no
/// directory): faults of the files, patterns that RE2 refuses, examples that another rule wins. A rule of the
/// directory that takes an example from a shipped rule is reported too.
std::vector<RulesFault> check_rules_directory(const std::string& directory);

}  // namespace bounced
