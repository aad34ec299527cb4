// The rule book made ready: patterns compiled, names resolved, rules filed under what triggers them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "parser/evidence.hpp"
#include "parser/patterns.hpp"
#include "parser/phrases.hpp"
#include "parser/result.hpp"
#include "parser/rule.hpp"
#include "parser/vendor.hpp"

namespace bounced {

/// The order of evidence: an earlier stage outranks a later one. Weak evidence of any stage but the last
/// three ranks after a code that is known to be reliable.
enum class Stage : std::uint8_t { vendor_code, vendor_phrase, phrase, text_code, reply_code, status };

struct CompiledRule {
  static constexpr std::uint32_t no_pattern = 0xFFFFFFFF;
  std::uint32_t place = 0;  ///< in RuleBook::rules
  int vendor = -1;          ///< place in RuleBook::vendors; -1 = any
  std::uint32_t pattern = no_pattern;
  std::uint32_t unless = no_pattern;
  std::vector<StatusRange> status;  ///< any of which holds; empty = no condition
  TermSet subject;
  TermSet predicate;
  TermSet without;
  bool code_only = false;  ///< no condition on the text
};

/// A rule that holds for a reply.
struct Hit {
  const CompiledRule* rule = nullptr;
  Stage stage = Stage::status;
  Confidence confidence = Confidence::none;
  std::uint32_t rank = 0;  ///< smaller wins
  Span span;               ///< bytes of Evidence::text; empty for rules on codes
};

/// A rule whose pattern or phrase is in the text but that an exception of its own keeps out; for `explain`.
struct Excepted {
  const CompiledRule* rule = nullptr;
  std::string why;
};

class CompiledRules {
 public:
  /// Fails (Exit::config): see Classifier::make.
  static Result<CompiledRules> make(RuleBook book);

  /// Takes a reply apart. `vendor_because`: see VendorIndex::recognise; may be null.
  void read(const Reply& reply, Evidence& out, std::string* vendor_because) const;
  /// All rules that hold, in no order. `excepted` may be null.
  void hits(const Evidence& evidence, std::vector<Hit>& out, std::vector<Excepted>* excepted) const;

  [[nodiscard]] const RuleBook& book() const { return book_; }
  [[nodiscard]] const Rule& rule(const CompiledRule& compiled) const { return book_.rules[compiled.place]; }
  /// The bytes of Evidence::text that a hit rests on.
  [[nodiscard]] Span span_of(const Hit& hit, const Evidence& evidence) const;

 private:
  /// Rules on codes alone, by the subject digit of the status that they ask for; `any_subject` for the
  /// others.
  struct CodeRules {
    std::array<std::vector<std::uint32_t>, 10> by_subject;
    std::vector<std::uint32_t> any_subject;
  };
  Result<void> compile(std::uint32_t place);
  Result<TermSet> term_set(const Rule& rule, const std::vector<std::string>& names) const;
  void file(std::uint32_t number);
  void file_code_rule(std::uint32_t number);
  void try_code_rules(const CodeRules& rules, const Evidence& evidence, std::vector<Hit>& out,
                      std::vector<Excepted>* excepted) const;
  void try_rule(const CompiledRule& rule, const Evidence& evidence, std::vector<Hit>& out,
                std::vector<Excepted>* excepted) const;
  [[nodiscard]] bool pair_holds(const Rule& rule, const Occurrence& subject,
                                const Occurrence& predicate) const;
  [[nodiscard]] bool closes(const Occurrence& predicate, const Occurrences& terms) const;
  [[nodiscard]] bool phrase_holds(const CompiledRule& rule, const Evidence& evidence, Span& span) const;
  [[nodiscard]] bool excepted_by(const CompiledRule& rule, const Evidence& evidence, const Span& span,
                                 std::string* why) const;
  [[nodiscard]] Hit hit_of(const CompiledRule& rule, const Evidence& evidence, const Span& span) const;

  RuleBook book_;
  Patterns patterns_;
  Lexicon lexicon_;
  VendorIndex vendors_;
  int closer_ = -1;                    // number of the term "closer"
  std::uint32_t vendor_patterns_ = 0;  // patterns below this number recognise vendors
  std::vector<CompiledRule> rules_;
  std::vector<std::uint32_t> by_pattern_;            // pattern -> rule; no_pattern for an `unless`
  std::vector<std::vector<std::uint32_t>> by_term_;  // number of a term -> rules that it triggers
  std::vector<CodeRules> codes_;                     // [vendor + 1]
};

}  // namespace bounced
