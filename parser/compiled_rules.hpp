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

/// What is asked of a rule most often stands first, so that a look at it fetches one line of the cache.
struct CompiledRule {
  static constexpr std::uint32_t no_pattern = 0xFFFFFFFF;
  std::vector<StatusRange> status;  ///< any of which holds; empty = no condition
  std::uint32_t place = 0;          ///< in RuleBook::rules
  int vendor = -1;                  ///< place in RuleBook::vendors; -1 = any
  std::uint8_t reply_classes =
      0;                          ///< a bit for each first digit of a reply code that holds; 0 = no condition
  bool whole_reply_code = false;  ///< the first digit is not all that is asked
  bool has_command = false;       ///< there is a condition on the SMTP command
  bool code_only = false;         ///< no condition on the text
  bool about_address = false;     ///< its reason advises to suppress
  Stage stage = Stage::status;    ///< text_code: or status, where the text has none
  Confidence confidence = Confidence::none;
  std::uint32_t pattern = no_pattern;
  std::uint32_t unless = no_pattern;
  int within = 0;  ///< words between subject and predicate
  int before = 0;  ///< the same, the predicate first
  bool closes = false;
  TermSet subject;
  TermSet predicate;
  TermSet without;
};

/// A rule that holds for a reply.
struct Hit {
  const CompiledRule* rule = nullptr;
  Stage stage = Stage::status;
  Confidence confidence = Confidence::none;
  std::uint32_t rank = 0;  ///< smaller wins; no two rules have the same
  Span span;               ///< the bytes of Evidence::text that it rests on; empty for rules on codes
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
  /// The one that wins; false when none holds. The text is only looked at for rules that nothing better has
  /// beaten. `scratch` is for its use.
  bool best(const Evidence& evidence, std::vector<Hit>& scratch, Hit& out) const;

  [[nodiscard]] const RuleBook& book() const { return book_; }
  [[nodiscard]] const Rule& rule(const CompiledRule& compiled) const { return book_.rules[compiled.place]; }

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
  /// Adds the rule as a hit if its conditions on codes hold.
  void note(std::uint32_t number, const Evidence& evidence, std::vector<Hit>& out) const;
  /// Notes the rules that a pattern or a term calls up, and those of the vendors that said it.
  void triggered_by_text(const Evidence& evidence, std::vector<Hit>& out) const;
  void triggered_by_codes(const CodeRules& rules, const Evidence& evidence, std::vector<Hit>& out) const;
  /// The best one of a rank below `below` that holds; better ones are dropped from `hits`.
  bool first_that_holds(const Evidence& evidence, std::vector<Hit>& hits, std::uint32_t below,
                        Hit& out) const;
  [[nodiscard]] bool codes_hold(const CompiledRule& rule, const Evidence& evidence) const;
  /// Whether the conditions on the text hold too; fills in `hit.span`.
  bool holds(const Evidence& evidence, Hit& hit, std::vector<Excepted>* excepted) const;
  [[nodiscard]] bool pair_holds(const CompiledRule& rule, const Occurrence& subject,
                                const Occurrence& predicate) const;
  [[nodiscard]] bool closes(const Occurrence& predicate, const Occurrences& terms) const;
  [[nodiscard]] bool phrase_holds(const CompiledRule& rule, const Evidence& evidence, Span& span) const;
  [[nodiscard]] bool excepted_by(const CompiledRule& rule, const Evidence& evidence, std::string* why) const;
  [[nodiscard]] Hit hit_of(const CompiledRule& rule, const Evidence& evidence) const;

  RuleBook book_;
  Patterns patterns_;
  Lexicon lexicon_;
  VendorIndex vendors_;
  int closer_ = -1;                    // number of the term "closer"
  std::uint32_t vendor_patterns_ = 0;  // patterns below this number recognise vendors
  std::vector<CompiledRule> rules_;
  std::vector<std::uint32_t> by_pattern_;  // pattern -> rule; no_pattern for an `unless`
  /// A rule that a term triggers, with its vendor, so that rules of others are passed over quickly.
  struct Trigger {
    std::uint32_t rule = 0;
    int vendor = -1;
  };
  std::vector<std::vector<Trigger>> by_term_;  // by number of a term
  std::vector<CodeRules> codes_;               // [vendor + 1]
};

}  // namespace bounced
