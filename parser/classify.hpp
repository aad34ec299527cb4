// From a reply to a verdict: the order of evidence, applied to compiled rules.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "parser/result.hpp"
#include "parser/rule.hpp"
#include "parser/verdict.hpp"

namespace bounced {

class Classifier {
 public:
  /// Compiles the rules. Fails (Exit::config) on a pattern that RE2 refuses, an unknown vendor, or ids used
  /// twice: the message names the rule, its file and line, and RE2's own words.
  static Result<Classifier> make(RuleBook book);

  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;
  ~Classifier();

  /// Total and thread-safe; time linear in the text.
  [[nodiscard]] Verdict classify(const Reply& reply) const;
  /// The same verdict with all that led to it.
  [[nodiscard]] Explanation explain(const Reply& reply) const;
  [[nodiscard]] const RuleBook& book() const;

 private:
  struct Compiled;
  explicit Classifier(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

/// What a rule says of itself that isn't so: examples that another rule wins, counter-examples that it wins,
/// no example at all.
struct RuleFault {
  std::string rule;
  std::string origin;
  std::string what;
  std::string won_by;  ///< the rule that wins an example in its place; "" = none
};
std::vector<RuleFault> check_rules(const Classifier& classifier);

/// The innermost reply that relays quote around ("… said: 550 5.1.1 …", "550-'5.2.2 …'"): facts of the field,
/// see unwrap.cpp.
std::string unwrap_reply(const std::string& text);

/// The text with addresses, IP addresses, ids, hosts and times replaced by tokens (<addr>, <ip>, <id>,
/// <host>, <time>), blanks collapsed, lower case: equal for replies that differ only in those. Groups
/// operator issues and unknown replies.
std::string normalise_reply(const std::string& text);

}  // namespace bounced
