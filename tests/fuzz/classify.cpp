// Any bytes as a reply: a verdict comes out, and the explanation agrees with it.
#include "parser/classify.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/rules_file.hpp"

namespace {

const bounced::Classifier& shipped() {
  static const auto made = [] {
    auto book = bounced::load_rules("");
    if (!book) std::abort();
    auto classifier = bounced::Classifier::make(std::move(*book));
    if (!classifier) std::abort();
    return classifier;
  }();
  return made.value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bounced::Reply reply;
  reply.text.assign(reinterpret_cast<const char*>(data), size);
  const bounced::Verdict verdict = shipped().classify(reply);
  const bounced::Explanation why = shipped().explain(reply);
  if (why.verdict.rule != verdict.rule || why.verdict.reason != verdict.reason) std::abort();
  if (!verdict.rule.empty() && why.candidates.front().rule != verdict.rule) std::abort();
  (void)bounced::normalise_reply(reply.text);
  return 0;
}
