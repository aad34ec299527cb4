// Rules files: TOML in, RuleBook out, and back.
#pragma once

#include <string>
#include <vector>

#include "parser/result.hpp"
#include "parser/rule.hpp"

namespace bounced {

/// Reads one rules file. Errors (Exit::config) say file:line, the section and what is wrong.
Result<RuleBook> read_rules(const std::string& text, const std::string& file);
/// The shipped rules (compiled in), in order; then the *.toml of `directory` ("" = none), which add rules or
/// replace them by id.
Result<RuleBook> load_rules(const std::string& directory);
/// The book in the form that read_rules reads: read_rules(dump_rules(book)) gives the book again.
std::string dump_rules(const RuleBook& book);

}  // namespace bounced
