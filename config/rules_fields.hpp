// The fields of the sections of a rules file: one table for each, which drives reading, checking and
// printing.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parser/rule.hpp"

namespace bounced {

/// How a field is written and checked beyond its type.
enum class Spelling : std::uint8_t {
  plain,
  id,          ///< printable ASCII without blanks or quotes
  pattern,     ///< RE2; printed as a literal string
  status,      ///< see status_condition_fault
  reply_code,  ///< see reply_code_condition_fault
};

template <class Section>
struct RulesField {
  using Member = std::variant<std::string Section::*, std::vector<std::string> Section::*, int Section::*,
                              bool Section::*, std::chrono::seconds Section::*, Reason Section::*,
                              Confidence Section::*, Advice Section::*, Fault Section::*>;
  std::string_view name;
  Member member;
  Spelling spelling = Spelling::plain;
  bool required = false;
  bool Section::*given =
      nullptr;  ///< set when the field is written; then it is printed even if it has the default
};

inline const std::array<RulesField<VendorFacts>, 8> vendor_fields{{
    {"id", &VendorFacts::id, Spelling::id, true},
    {"name", &VendorFacts::name, Spelling::plain, true},
    {"text", &VendorFacts::text, Spelling::pattern},
    {"url", &VendorFacts::url},
    {"host", &VendorFacts::host},
    {"domain", &VendorFacts::domain},
    {"also", &VendorFacts::also},
    {"source", &VendorFacts::source, Spelling::plain, true},
}};

inline const std::array<RulesField<Term>, 3> term_fields{{
    {"name", &Term::name, Spelling::id, true},
    {"language", &Term::language, Spelling::id},
    {"words", &Term::words, Spelling::plain, true},
}};

inline const std::array<RulesField<Rule>, 25> rule_fields{{
    {"id", &Rule::id, Spelling::id, true},
    {"vendor", &Rule::vendor, Spelling::id},
    {"pattern", &Rule::pattern, Spelling::pattern},
    {"subject", &Rule::subject},
    {"predicate", &Rule::predicate},
    {"without", &Rule::without},
    {"within", &Rule::within},
    {"before", &Rule::before},
    {"closes", &Rule::closes},
    {"unless", &Rule::unless, Spelling::pattern},
    {"reply_code", &Rule::reply_code, Spelling::reply_code},
    {"status", &Rule::status, Spelling::status},
    {"command", &Rule::command},
    {"reason", &Rule::reason, Spelling::plain, true},
    {"fault", &Rule::fault, Spelling::plain, false, &Rule::has_fault},
    {"confidence", &Rule::confidence},
    {"confirm", &Rule::confirm},
    {"advice", &Rule::advice, Spelling::plain, false, &Rule::has_advice},
    {"remedy", &Rule::remedy},
    {"remedy_url", &Rule::remedy_url},
    {"retry_after", &Rule::retry_after},
    {"source", &Rule::source, Spelling::plain, true},
    {"last_seen", &Rule::last_seen},
    {"example", &Rule::example, Spelling::plain, true},
    {"counter_example", &Rule::counter_example},
}};

}  // namespace bounced
