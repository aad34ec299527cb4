#include "parser/compiled_rules.hpp"

#include <algorithm>
#include <unordered_set>

namespace bounced {
namespace {

Failure wrong(const Rule& rule, const std::string& what, std::string hint = {}) {
  return fail(Exit::config, rule.origin + ": rule " + rule.id + ": " + what, std::move(hint));
}

bool is_address_verdict(Reason reason) { return facts(reason).advice == Advice::suppress; }

std::size_t gap(const Occurrence& a, const Occurrence& b) {
  const Occurrence& left = a.first_word <= b.first_word ? a : b;
  const Occurrence& right = a.first_word <= b.first_word ? b : a;
  return right.first_word > left.last_word ? right.first_word - left.last_word - 1U : 0U;
}

Span join(const Occurrence& a, const Occurrence& b) {
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

/// The bit of a reply code's first digit.
constexpr std::uint8_t class_bit(char digit) { return static_cast<std::uint8_t>(1U << (digit & 7)); }

/// The place of a kind of evidence among all kinds, best first.
std::uint32_t rank_of(Stage stage, Confidence confidence) {
  const bool firm = confidence >= Confidence::strong;
  switch (stage) {
    case Stage::vendor_code:
      return 0;
    case Stage::vendor_phrase:
      return firm ? 1 : 4;
    case Stage::phrase:
      return firm ? 2 : 5;
    case Stage::text_code:
      return firm ? 3 : 6;
    case Stage::reply_code:
      return 7;
    case Stage::status:
      return firm ? 3 : 8;
  }
  return 9;
}

Stage stage_of(const Rule& rule, bool code_only) {
  if (!rule.vendor.empty())
    return rule.confidence == Confidence::exact ? Stage::vendor_code : Stage::vendor_phrase;
  if (!code_only) return Stage::phrase;
  return rule.status.empty() ? Stage::reply_code : Stage::text_code;
}

/// Where in Hit::rank the place of the kind of evidence stands.
constexpr unsigned rank_shift = 28;
/// Ranks from here on may be those of rules on codes alone that no vendor has.
constexpr std::uint32_t first_rank_of_codes = 3U << rank_shift;
constexpr std::uint32_t any_rank = 0xFFFFFFFF;

}  // namespace

Result<CompiledRules> CompiledRules::make(RuleBook book) {
  CompiledRules made;
  made.book_ = std::move(book);
  auto lexicon = Lexicon::make(made.book_.terms);
  if (!lexicon) return fail(lexicon.error());
  made.lexicon_ = std::move(*lexicon);
  made.closer_ = made.lexicon_.number_of("closer");
  auto vendors = VendorIndex::make(made.book_.vendors, made.patterns_);
  if (!vendors) return fail(vendors.error());
  made.vendors_ = std::move(*vendors);
  made.vendor_patterns_ = made.patterns_.count();
  made.by_pattern_.assign(made.vendor_patterns_, CompiledRule::no_pattern);
  made.by_term_.resize(max_terms);
  made.codes_.resize(made.book_.vendors.size() + 1);
  std::unordered_set<std::string_view> ids;
  made.rules_.reserve(made.book_.rules.size());
  for (std::uint32_t place = 0; place < made.book_.rules.size(); ++place) {
    const Rule& rule = made.book_.rules[place];
    if (!ids.insert(rule.id).second)
      return wrong(rule, "the id is there twice", "ids are unique over all files");
    if (auto compiled = made.compile(place); !compiled) return fail(compiled.error());
  }
  made.patterns_.finish();
  return made;
}

Result<TermSet> CompiledRules::term_set(const Rule& rule, const std::vector<std::string>& names) const {
  TermSet set;
  for (const std::string& name : names) {
    const int number = lexicon_.number_of(name);
    if (number < 0) return wrong(rule, "no [[term]] has the name " + name);
    set.set(static_cast<std::size_t>(number));
  }
  return set;
}

Result<void> CompiledRules::compile(std::uint32_t place) {
  const Rule& rule = book_.rules[place];
  CompiledRule made;
  made.place = place;
  if (!rule.vendor.empty()) {
    made.vendor = vendors_.number_of(rule.vendor);
    if (made.vendor < 0) return wrong(rule, "no [[vendor]] has the id " + rule.vendor);
  }
  for (const auto& [names, set] :
       {std::pair{&rule.subject, &made.subject}, std::pair{&rule.predicate, &made.predicate},
        std::pair{&rule.without, &made.without}}) {
    auto found = term_set(rule, *names);
    if (!found) return fail(found.error());
    *set = *found;
  }
  for (const auto& [pattern, number] :
       {std::pair{&rule.pattern, &made.pattern}, std::pair{&rule.unless, &made.unless}}) {
    if (pattern->empty()) continue;
    auto added =
        patterns_.add(*pattern, rule.checked ? Patterns::Compile::on_first_use : Patterns::Compile::now);
    if (!added) return wrong(rule, added.error().message, "RE2 syntax: no look-ahead and no back-references");
    *number = *added;
    by_pattern_.push_back(pattern == &rule.pattern ? static_cast<std::uint32_t>(rules_.size())
                                                   : CompiledRule::no_pattern);
  }
  made.status = read_status_condition(rule.status);
  if (!rule.status.empty() && made.status.empty()) return wrong(rule, status_condition_fault(rule.status));
  for (std::size_t at = 0; at < rule.reply_code.size(); ++at) {
    if (rule.reply_code[at] == ' ') continue;
    made.reply_classes |= class_bit(rule.reply_code[at]);
    for (; at + 1 < rule.reply_code.size() && rule.reply_code[at + 1] != ' '; ++at)
      made.whole_reply_code = true;
  }
  made.has_command = !rule.command.empty();
  made.within = rule.within;
  made.before = rule.before;
  made.closes = rule.closes;
  made.confidence = rule.confidence;
  made.about_address = is_address_verdict(rule.reason);
  made.code_only = rule.pattern.empty() && made.subject.none() && made.predicate.none();
  if (made.code_only && rule.status.empty() && rule.reply_code.empty() && rule.command.empty() &&
      made.vendor < 0)
    return wrong(rule, "it has no condition and would win every reply",
                 "give it a pattern, a predicate, a status or a reply_code");
  made.stage = stage_of(rule, made.code_only);
  rules_.push_back(std::move(made));
  file(static_cast<std::uint32_t>(rules_.size() - 1));
  return {};
}

void CompiledRules::file(std::uint32_t number) {
  const CompiledRule& rule = rules_[number];
  if (rule.pattern != CompiledRule::no_pattern) return;  // its pattern triggers it
  if (rule.code_only) {
    file_code_rule(number);
    return;
  }
  const TermSet& triggers = rule.predicate.any() ? rule.predicate : rule.subject;
  for (std::size_t term = 0; term < max_terms; ++term)
    if (triggers[term]) by_term_[term].push_back({number, rule.vendor});
}

void CompiledRules::file_code_rule(std::uint32_t number) {
  const CompiledRule& rule = rules_[number];
  const int row = rule.vendor + 1;  // 0: rules of no vendor
  CodeRules& rules = codes_[static_cast<std::size_t>(row)];
  std::array<bool, 10> subjects{};
  for (const StatusRange& range : rule.status) {
    if (range.first_subject != range.last_subject || range.first_subject > 9) {
      rules.any_subject.push_back(number);
      return;
    }
    subjects[static_cast<std::size_t>(range.first_subject)] = true;
  }
  if (rule.status.empty()) rules.any_subject.push_back(number);
  for (std::size_t subject = 0; subject < subjects.size(); ++subject)
    if (subjects[subject]) rules.by_subject[subject].push_back(number);
}

void CompiledRules::read(const Reply& reply, Evidence& out, std::string* vendor_because) const {
  read_reply(reply, out);
  tokenise(std::string_view(out.line).substr(out.line.size() - out.text.size()), out.tokens);
  lexicon_.find(out.tokens, out.text, reply.recipient, out.terms);
  patterns_.candidates(out.lower, out.candidates);
  out.vendors = vendors_.recognise(reply, out.text, patterns_, out.candidates, vendor_because);
}

void CompiledRules::hits(const Evidence& evidence, std::vector<Hit>& out,
                         std::vector<Excepted>* excepted) const {
  out.clear();
  triggered_by_text(evidence, out);
  triggered_by_codes(codes_[0], evidence, out);
  std::erase_if(out, [&](Hit& hit) { return !holds(evidence, hit, excepted); });
}

bool CompiledRules::best(const Evidence& evidence, std::vector<Hit>& scratch, Hit& out) const {
  scratch.clear();
  triggered_by_text(evidence, scratch);
  // Firm words outrank every code: most replies have some, and then the rules on codes need no look.
  if (first_that_holds(evidence, scratch, first_rank_of_codes, out)) return true;
  triggered_by_codes(codes_[0], evidence, scratch);
  return first_that_holds(evidence, scratch, any_rank, out);
}

bool CompiledRules::first_that_holds(const Evidence& evidence, std::vector<Hit>& hits, std::uint32_t below,
                                     Hit& out) const {
  const auto later = [](const Hit& a, const Hit& b) { return a.rank > b.rank; };
  std::make_heap(hits.begin(), hits.end(), later);
  while (!hits.empty() && hits.front().rank < below) {
    out = hits.front();
    if (holds(evidence, out, nullptr)) return true;
    std::pop_heap(hits.begin(), hits.end(), later);
    hits.pop_back();
  }
  return false;
}

void CompiledRules::note(std::uint32_t number, const Evidence& evidence, std::vector<Hit>& out) const {
  if (const CompiledRule& rule = rules_[number]; codes_hold(rule, evidence))
    out.push_back(hit_of(rule, evidence));
}

void CompiledRules::triggered_by_text(const Evidence& evidence, std::vector<Hit>& out) const {
  for (const std::uint32_t pattern : evidence.candidates.patterns)
    if (by_pattern_[pattern] != CompiledRule::no_pattern) note(by_pattern_[pattern], evidence, out);
  const TermSet& terms = evidence.terms.anywhere;
  for (std::size_t term = terms._Find_first(); term < max_terms; term = terms._Find_next(term))
    for (const Trigger& trigger : by_term_[term])
      if (trigger.vendor < 0 || evidence.vendors.has(trigger.vendor)) note(trigger.rule, evidence, out);
  for (std::size_t i = 0; i < evidence.vendors.count; ++i)
    triggered_by_codes(codes_[evidence.vendors.list[i] + 1U], evidence, out);
}

void CompiledRules::triggered_by_codes(const CodeRules& rules, const Evidence& evidence,
                                       std::vector<Hit>& out) const {
  for (const std::uint32_t number : rules.any_subject) note(number, evidence, out);
  const auto subject = static_cast<std::size_t>(evidence.numbers.subject);
  if (evidence.numbers.type == 0 || subject >= rules.by_subject.size()) return;
  for (const std::uint32_t number : rules.by_subject[subject]) note(number, evidence, out);
}

bool CompiledRules::codes_hold(const CompiledRule& rule, const Evidence& evidence) const {
  if (rule.vendor >= 0 && !evidence.vendors.has(rule.vendor)) return false;
  const auto in_range = [&](const StatusRange& range) { return range.holds(evidence.numbers); };
  if (!rule.status.empty() && std::none_of(rule.status.begin(), rule.status.end(), in_range)) return false;
  if (rule.reply_classes != 0) {
    if (evidence.reply_code.empty() || (rule.reply_classes & class_bit(evidence.reply_code[0])) == 0)
      return false;
    if (rule.whole_reply_code && !reply_code_fits(book_.rules[rule.place].reply_code, evidence.reply_code))
      return false;
  }
  return !rule.has_command || command_fits(book_.rules[rule.place].command, evidence.command);
}

bool CompiledRules::holds(const Evidence& evidence, Hit& hit, std::vector<Excepted>* excepted) const {
  const CompiledRule& rule = *hit.rule;
  if (!phrase_holds(rule, evidence, hit.span)) return false;
  if (rule.pattern != CompiledRule::no_pattern &&
      !patterns_.find(rule.pattern, evidence.text, evidence.candidates, hit.span))
    return false;
  std::string why;
  if (!excepted_by(rule, evidence, excepted ? &why : nullptr)) return true;
  if (excepted) excepted->push_back({&rule, why});
  return false;
}

bool CompiledRules::pair_holds(const CompiledRule& rule, const Occurrence& subject,
                               const Occurrence& predicate) const {
  if (&subject == &predicate || subject.sentence != predicate.sentence) return false;
  const std::size_t between = gap(subject, predicate);
  if (between > static_cast<std::size_t>(rule.within)) return false;
  return subject.first_word <= predicate.first_word || between <= static_cast<std::size_t>(rule.before);
}

bool CompiledRules::closes(const Occurrence& predicate, const Occurrences& terms) const {
  if (terms.last_word[predicate.sentence] <= predicate.last_word) return true;
  if (closer_ < 0) return false;
  return std::any_of(terms.list.begin(), terms.list.end(), [&](const Occurrence& next) {
    return next.first_word == predicate.last_word + 1 && next.terms[static_cast<std::size_t>(closer_)];
  });
}

bool CompiledRules::phrase_holds(const CompiledRule& rule, const Evidence& evidence, Span& span) const {
  if (rule.predicate.none() && rule.subject.none()) return true;
  const Occurrences& terms = evidence.terms;
  const bool pair = rule.predicate.any() && rule.subject.any();
  const TermSet& first = rule.predicate.any() ? rule.predicate : rule.subject;
  for (const Occurrence& predicate : terms.list) {
    if ((predicate.terms & first).none()) continue;
    if ((terms.in_sentence[predicate.sentence] & rule.without).any()) continue;
    const bool closing = !rule.closes || closes(predicate, terms);
    if (!pair) {
      if (!closing) continue;
      span = {predicate.begin, predicate.end};
      return true;
    }
    for (const Occurrence& subject : terms.list) {
      if ((subject.terms & rule.subject).none() || !pair_holds(rule, subject, predicate)) continue;
      if (!closing && subject.first_word <= predicate.first_word) continue;
      span = join(subject, predicate);
      return true;
    }
  }
  return false;
}

bool CompiledRules::excepted_by(const CompiledRule& rule, const Evidence& evidence, std::string* why) const {
  if (rule.unless != CompiledRule::no_pattern &&
      patterns_.matches(rule.unless, evidence.text, evidence.candidates)) {
    if (why != nullptr) {
      Span found;
      patterns_.find(rule.unless, evidence.text, evidence.candidates, found);
      *why = "its exception holds: \"" + evidence.text.substr(found.begin, found.end - found.begin) + "\"";
    }
    return true;
  }
  // A rule without words of its own looks at the whole text.
  if (rule.code_only || rule.pattern != CompiledRule::no_pattern) {
    const TermSet foreign = evidence.terms.anywhere & rule.without;
    if (foreign.none()) return false;
    if (why != nullptr)
      for (const Occurrence& found : evidence.terms.list)
        if ((found.terms & foreign).any()) {
          *why = "the text says \"" + evidence.text.substr(found.begin, found.end - found.begin) + "\"";
          break;
        }
    return true;
  }
  return false;
}

Hit CompiledRules::hit_of(const CompiledRule& rule, const Evidence& evidence) const {
  Hit hit;
  hit.rule = &rule;
  hit.confidence = rule.confidence;
  hit.stage = rule.stage;
  if (rule.stage == Stage::text_code && !evidence.status_in_text) {
    hit.stage = Stage::status;
    // The DSN's own status beside a server's reply without one is the reporter's guess from the reply code.
    if (evidence.code_in_text && rule.about_address)
      hit.confidence = std::min(hit.confidence, Confidence::weak);
  }
  std::uint32_t nearness = 0;
  for (std::size_t i = 0; i < evidence.vendors.count; ++i)
    if (rule.vendor == evidence.vendors.list[i]) nearness = static_cast<std::uint32_t>(i);
  hit.rank = (rank_of(hit.stage, hit.confidence) << rank_shift) | (nearness << 24U) | rule.place;
  return hit;
}

}  // namespace bounced
