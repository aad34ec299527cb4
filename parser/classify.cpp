#include "parser/classify.hpp"

#include <algorithm>

#include "parser/compiled_rules.hpp"
#include "parser/waiting_time.hpp"

namespace bounced {

struct Classifier::Compiled {
  CompiledRules rules;
};

namespace {

constexpr std::array<std::string_view, 6> stage_names{"vendor_code", "vendor_phrase", "phrase",
                                                      "text_code",   "reply_code",    "status"};

std::string_view name_of(Stage stage) { return stage_names[static_cast<std::size_t>(stage)]; }

/// What the report argues for: the rule's or the reason's own advice, held back where the evidence does not
/// carry a suppression.
Advice advice_of(const Rule& rule, Confidence confidence, const Evidence& evidence) {
  const Advice advice = rule.has_advice ? rule.advice : facts(rule.reason).advice;
  if (rule.reason == Reason::unclassified && !rule.has_advice)
    return evidence.severity() == '4' ? Advice::retry : Advice::soft;
  if (advice != Advice::suppress) return advice;
  if (confidence < Confidence::strong) return Advice::soft;
  if (rule.has_advice) return advice;
  if (evidence.severity() == '4') return Advice::soft;
  // 530, 534, 535, 538: the answer is about our own login (RFC 4954 section 6), whoever is "unknown" in it.
  if (evidence.reply_code.starts_with("53")) return Advice::soft;
  // 500, 502, 503 and 504 answer a command (RFC 5321 section 4.2.4), 501 may be about an address.
  if (evidence.reply_code.starts_with("50") && evidence.reply_code != "501") return Advice::soft;
  // Without any code the words may be a person's ("this mailbox is no longer in use", an automatic reply).
  if (evidence.severity() == 0 && facts(rule.reason).category == Category::mailbox_state) return Advice::soft;
  return advice;
}

void no_rule(const Evidence& evidence, Verdict& out) {
  const bool positive = evidence.severity() == '2';
  out.reason = positive ? Reason::not_a_bounce : Reason::unclassified;
  out.advice = positive ? Advice::ignore : evidence.severity() == '4' ? Advice::retry : Advice::soft;
  out.fault = facts(out.reason).fault;
  out.permanence = facts(out.reason).permanence;
}

std::string matched_of(const Hit& hit, const Evidence& evidence) {
  if (hit.rule->code_only) return hit.stage == Stage::reply_code ? evidence.reply_code : evidence.status;
  return evidence.text.substr(hit.span.begin, hit.span.end - hit.span.begin);
}

void judge(const CompiledRules& rules, const Hit& hit, const Evidence& evidence, Verdict& out) {
  const Rule& rule = rules.rule(*hit.rule);
  const ReasonFacts& reason = facts(rule.reason);
  out.reason = rule.reason;
  out.fault = rule.has_fault ? rule.fault : reason.fault;
  out.permanence = reason.permanence;
  out.confidence = hit.confidence;
  out.advice = advice_of(rule, hit.confidence, evidence);
  out.confirm = rule.confirm && out.advice == Advice::suppress;
  out.rule = rule.id;
  out.matched = matched_of(hit, evidence);
  out.remedy = rule.remedy.empty() ? std::string(reason.remedy) : rule.remedy;
  out.remedy_url = rule.remedy_url;
  out.retry_after = rule.retry_after;
  if (out.retry_after.count() == 0 && out.advice == Advice::retry)
    out.retry_after = waiting_time(evidence.text, evidence.tokens);
}

void name_vendor(const CompiledRules& rules, const Evidence& evidence, Verdict& out) {
  if (evidence.vendors.count > 0) out.vendor = rules.book().vendors[evidence.vendors.list[0]].id;
}

std::string why_lost(const Hit& winner, const Hit& loser) {
  const bool firm = winner.confidence >= Confidence::strong;
  if (firm != (loser.confidence >= Confidence::strong))
    return std::string(to_string(winner.confidence)) + " evidence outranks " +
           std::string(to_string(loser.confidence));
  if (winner.stage != loser.stage)
    return std::string(name_of(winner.stage)) + " outranks " + std::string(name_of(loser.stage));
  return "a rule that stands before it holds too";
}

Candidate candidate_of(const CompiledRules& rules, const Hit& hit, const Evidence& evidence) {
  const Rule& rule = rules.rule(*hit.rule);
  Candidate out;
  out.rule = rule.id;
  out.reason = rule.reason;
  out.confidence = hit.confidence;
  out.stage = name_of(hit.stage);
  out.matched = matched_of(hit, evidence);
  return out;
}

}  // namespace

Classifier::Classifier(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;

Result<Classifier> Classifier::make(RuleBook book) {
  auto rules = CompiledRules::make(std::move(book));
  if (!rules) return fail(rules.error());
  return Classifier(std::make_unique<Compiled>(Compiled{std::move(*rules)}));
}

const RuleBook& Classifier::book() const { return compiled_->rules.book(); }

Verdict Classifier::classify(const Reply& reply) const {
  // Buffers that a thread uses again; what they held before is of no account.
  thread_local Evidence evidence;
  thread_local std::vector<Hit> triggered;
  const CompiledRules& rules = compiled_->rules;
  rules.read(reply, evidence, nullptr);
  Hit best;
  Verdict verdict;
  name_vendor(rules, evidence, verdict);
  if (rules.best(evidence, triggered, best)) {
    judge(rules, best, evidence, verdict);
  } else {
    no_rule(evidence, verdict);
  }
  return verdict;
}

Explanation Classifier::explain(const Reply& reply) const {
  const CompiledRules& rules = compiled_->rules;
  Explanation out;
  Evidence evidence;
  rules.read(reply, evidence, &out.vendor_because);
  std::vector<Hit> hits;
  std::vector<Excepted> excepted;
  rules.hits(evidence, hits, &excepted);
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.rank < b.rank; });
  out.verdict = classify(reply);
  out.unwrapped = evidence.line;
  out.normalised = normalise_reply(evidence.line);
  for (const Hit& hit : hits) {
    if (!out.candidates.empty() && hit.rule == hits[out.candidates.size() - 1].rule) continue;
    out.candidates.push_back(candidate_of(rules, hit, evidence));
    if (&hit != hits.data()) out.candidates.back().lost_because = why_lost(hits.front(), hit);
  }
  for (const Excepted& kept_out : excepted) {
    Candidate candidate;
    candidate.rule = rules.rule(*kept_out.rule).id;
    candidate.reason = rules.rule(*kept_out.rule).reason;
    candidate.stage = kept_out.rule->vendor >= 0 ? "vendor_phrase" : "phrase";
    candidate.lost_because = kept_out.why;
    out.candidates.push_back(std::move(candidate));
  }
  return out;
}

}  // namespace bounced
