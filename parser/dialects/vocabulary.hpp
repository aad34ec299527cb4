// The phrase index together with what each phrase means.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "parser/dialects/words.hpp"
#include "parser/phrase_index.hpp"

namespace bounced::dialects {

class Vocabulary {
 public:
  /// All words of words.hpp; `marks` are further phrases that dialects are recognised by.
  explicit Vocabulary(const std::vector<std::string_view>& marks);

  [[nodiscard]] std::vector<PhraseHit> find_all(std::string_view text) const { return index_.find_all(text); }
  [[nodiscard]] bool means(const PhraseHit& hit, Meaning meaning) const {
    return (meanings_[hit.id] >> static_cast<unsigned>(meaning) & 1U) != 0;
  }
  /// True when one of the hits has that meaning.
  [[nodiscard]] bool any(const std::vector<PhraseHit>& hits, Meaning meaning) const;
  /// Number of the i-th mark.
  [[nodiscard]] std::uint16_t mark(std::size_t i) const { return marks_[i]; }
  [[nodiscard]] std::size_t size() const { return meanings_.size(); }

 private:
  std::uint16_t add(std::string_view phrase, Meaning meaning);

  PhraseIndex index_;
  std::vector<std::uint32_t> meanings_;  // a bit for each Meaning, by phrase number
  std::vector<std::uint16_t> marks_;
};

}  // namespace bounced::dialects
