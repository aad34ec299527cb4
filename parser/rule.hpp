// Rules and vendors as data. config/rules_file reads and prints them; classify.cpp compiles and applies them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "parser/reason.hpp"

namespace bounced {

/// How a vendor is recognised (config/rules/vendors/*.toml, section [[vendor]]). Patterns are RE2, without
/// case.
struct VendorFacts {
  std::string id;                 ///< "vade"
  std::string name;               ///< "Vade"
  std::vector<std::string> text;  ///< patterns in the reply that only this vendor writes
  std::vector<std::string> url;   ///< parts of URLs in the reply, plain text
  std::vector<std::string>
      host;  ///< suffixes of the answering host or MX, plain text, e.g. "mail.protection.outlook.com"
  std::vector<std::string> domain;  ///< recipient domains that this vendor serves itself, plain text
  std::vector<std::string>
      also;  ///< vendors whose rules apply too, after its own, e.g. outlook.com -> microsoft365
  std::string source;
  std::string origin;  ///< file and line, for messages
  bool checked =
      false;  ///< its patterns are known to be well formed: those of the shipped rules, by the tests

  bool operator==(const VendorFacts&) const = default;
};

/// Words that mean the same (section [[term]]): a subject ("recipient", "our_ip") or a predicate ("absent",
/// "listed") of the grammar of phrases. Sections of one name add up, e.g. one for each language.
struct Term {
  std::string name;      ///< "absent"
  std::string language;  ///< BCP 47, "de"; "" = any
  std::vector<std::string>
      words;           ///< phrases in lower case: "no such", "not exist*" (* = any ending), "<addr> unknown"
  std::string origin;  ///< file and line, for messages

  bool operator==(const Term&) const = default;
};

/// One rule (section [[rule]]). Empty conditions always hold; all given ones must.
struct Rule {
  std::string id;       ///< "vade/403-unknown-recipient": unique over all files
  std::string vendor;   ///< applies only to replies of this vendor; "" = any
  std::string pattern;  ///< RE2 on the unwrapped text after its leading codes, blanks collapsed, without
                        ///< case; "" = no condition on the text
  std::vector<std::string>
      subject;  ///< names of terms, any of which stands near a predicate; [] = none needed
  std::vector<std::string> predicate;  ///< names of terms, any of which must occur; [] = none needed
  std::vector<std::string> without;    ///< names of terms that must not occur in the same sentence
  int within = 6;                      ///< words between subject and predicate at most
  int before = 1000;    ///< the same where the predicate stands before the subject; `within` holds too
  bool closes = false;  ///< where the subject stands first, the predicate ends its sentence, or a word of the
                        ///< term "closer" follows: in
                        ///< "<addr>: invalid attachment type" the adjective belongs to what follows it
  std::string unless;   ///< RE2 that must not match
  std::string reply_code;  ///< prefixes of the reply code, any of which holds: "5", "421 45"
  std::string status;      ///< enhanced codes, any of which holds: "5.7.1", a beginning with a dot at its end
                           ///< "5.7.", any class "x.7.26", a range of details "5.7.606-649"; see status_fits
  std::string command;     ///< SMTP commands as in Reply::command, any of which holds: "RCPT", "MAIL RCPT"
  Reason reason = Reason::unclassified;
  Confidence confidence = Confidence::strong;
  bool confirm = false;
  bool has_fault = false;  ///< `fault` given in the rule: overrides the reason's own, e.g. a false listing
  Fault fault = Fault::none;
  bool has_advice =
      false;  ///< `advice` given in the rule: overrides the reason's own, e.g. a passing IP block → retry
  Advice advice = Advice::soft;
  std::string remedy;
  std::string remedy_url;
  std::chrono::seconds retry_after{};
  std::string source;                        ///< where the fact is from: a URL, an RFC section, "observed"
  std::string last_seen;                     ///< "2026-02" or ""
  std::vector<std::string> example;          ///< replies that this rule must win
  std::vector<std::string> counter_example;  ///< replies that look alike and that it must not win
  std::string origin;                        ///< file and line, for messages
  bool checked = false;                      ///< its patterns are known to be well formed, as in VendorFacts

  bool operator==(const Rule&) const = default;
};

/// All rules in force: those of the operator's own directory, then the shipped ones in order of the files
/// (status, vendors, phrases), in which the operator's replace those of the same id.
struct RuleBook {
  std::vector<VendorFacts> vendors;
  std::vector<Term> terms;
  std::vector<Rule> rules;
};

/// An enhanced code in numbers; type is '2', '4' or '5', or 0 for what is none.
struct StatusNumbers {
  char type = 0;
  int subject = 0;
  int detail = 0;
};
StatusNumbers read_status(std::string_view status);

/// One word of Rule::status in numbers: "5.7.606-649" and its like.
struct StatusRange {
  char type = 'x';  ///< 'x' = any
  int first_subject = 0;
  int last_subject = 999;
  int first_detail = 0;
  int last_detail = 999;

  [[nodiscard]] bool holds(const StatusNumbers& status) const {
    return status.type != 0 && (type == 'x' || type == status.type) && status.subject >= first_subject &&
           status.subject <= last_subject && status.detail >= first_detail && status.detail <= last_detail;
  }
};
/// The words of a condition on the status; those that aren't well formed are left out.
std::vector<StatusRange> read_status_condition(std::string_view condition);

/// Whether an enhanced code ("5.7.1"; "" = none) is one of those of Rule::status. An empty condition holds
/// for everything, a condition that isn't well formed for nothing.
bool status_fits(std::string_view condition, std::string_view status);
/// Whether a reply code ("550"; "" = none) begins with one of those of Rule::reply_code; "" holds always.
bool reply_code_fits(std::string_view condition, std::string_view reply_code);
/// Whether a command is one of those of Rule::command; "" holds always.
bool command_fits(std::string_view condition, std::string_view command);
/// What is wrong with the condition on the status or on the reply code, "" when nothing is: for messages to
/// the people who write rules.
std::string status_condition_fault(std::string_view condition);
std::string reply_code_condition_fault(std::string_view condition);

}  // namespace bounced
