#include "parser/classify.hpp"
namespace bounced {
struct Classifier::Compiled {
  RuleBook book;
};
Classifier::Classifier(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;
Result<Classifier> Classifier::make(RuleBook book) {
  auto c = std::make_unique<Compiled>();
  c->book = std::move(book);
  return Classifier(std::move(c));
}
Verdict Classifier::classify(const Reply&) const { return {}; }
Explanation Classifier::explain(const Reply&) const { return {}; }
const RuleBook& Classifier::book() const { return compiled_->book; }
std::vector<RuleFault> check_rules(const Classifier&) { return {}; }
std::string unwrap_reply(const std::string& text) { return text; }
std::string normalise_reply(const std::string& text) { return text; }
}  // namespace bounced
