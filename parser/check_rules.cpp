// The examples of the rules, tried on the rules.
#include <algorithm>

#include "parser/classify.hpp"

namespace bounced {
namespace {

std::string first_word(const std::string& words) { return words.substr(0, words.find(' ')); }

/// An example as a reply: the vendor and the command that the rule asks for are given, the rest is the text.
Reply reply_of(const Rule& rule, const std::string& example) {
  Reply reply;
  reply.text = example;
  reply.vendor = rule.vendor;
  reply.command = first_word(rule.command);
  return reply;
}

std::string told(const Verdict& verdict) { return verdict.rule.empty() ? "no rule" : "rule " + verdict.rule; }

}  // namespace

std::vector<RuleFault> check_rules(const Classifier& classifier) {
  std::vector<RuleFault> faults;
  for (const Rule& rule : classifier.book().rules) {
    const auto blame = [&](std::string what, const std::string& won_by = "") {
      faults.push_back({rule.id, rule.origin, std::move(what), won_by});
    };
    if (rule.example.empty()) blame("it has no example");
    for (const std::string& example : rule.example) {
      const Verdict verdict = classifier.classify(reply_of(rule, example));
      if (verdict.rule != rule.id)
        blame("its example is won by " + told(verdict) + ": " + example, verdict.rule);
    }
    for (const std::string& example : rule.counter_example) {
      const Verdict verdict = classifier.classify(reply_of(rule, example));
      if (verdict.rule == rule.id) blame("it wins its counter-example: " + example);
    }
  }
  return faults;
}

}  // namespace bounced
