#include "parser/dialects/vocabulary.hpp"

#include <algorithm>

namespace bounced::dialects {

Vocabulary::Vocabulary(const std::vector<std::string_view>& marks) {
  for (const auto& table :
       {frame_words(), refusal_words(), subject_words(), role_words(), western_words(), eastern_words()})
    for (const Word& word : table) add(word.text, word.meaning);
  for (const std::string_view phrase : marks) marks_.push_back(add(phrase, Meaning::mark));
  index_.seal();
}

std::uint16_t Vocabulary::add(std::string_view phrase, Meaning meaning) {
  const std::uint16_t id = index_.add(phrase);
  if (id >= meanings_.size()) meanings_.resize(id + 1U);
  meanings_[id] |= 1U << static_cast<unsigned>(meaning);
  return id;
}

bool Vocabulary::any(const std::vector<PhraseHit>& hits, Meaning meaning) const {
  return std::any_of(hits.begin(), hits.end(), [&](const PhraseHit& hit) { return means(hit, meaning); });
}

}  // namespace bounced::dialects
