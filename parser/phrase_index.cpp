#include "parser/phrase_index.hpp"

#include <algorithm>
#include <cstring>

#include "parser/text.hpp"

namespace bounced {
namespace {

std::uint32_t key_of(const char* bytes) {
  std::uint32_t key = 0;
  std::memcpy(&key, bytes, sizeof key);
  return key;
}

/// Multiplicative hashing (Knuth, TAOCP 6.4): the upper 16 bits of the product.
constexpr std::uint32_t slot_of(std::uint32_t key) { return key * 2654435769U >> 16U; }

constexpr ByteSet word_bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

bool inside_word(std::string_view text, std::size_t border) {
  return border > 0 && border < text.size() && word_bytes.has(text[border - 1]) &&
         word_bytes.has(text[border]);
}

}  // namespace

std::uint16_t PhraseIndex::add(std::string_view phrase) {
  const bool open_end = phrase.ends_with('*');
  if (open_end) phrase.remove_suffix(1);
  for (std::size_t i = 0; i < phrases_.size(); ++i)
    if (phrases_[i].text == phrase && phrases_[i].open_end == open_end) return static_cast<std::uint16_t>(i);
  phrases_.push_back({std::string(phrase), open_end});
  return static_cast<std::uint16_t>(phrases_.size() - 1);
}

void PhraseIndex::seal() {
  for (std::size_t i = 0; i < phrases_.size(); ++i) {
    if (phrases_[i].text.size() < shortest) continue;
    const std::uint32_t key = key_of(phrases_[i].text.data());
    entries_.push_back({key, static_cast<std::uint16_t>(i)});
    filter_[slot_of(key) / 64] |= std::uint64_t{1} << (slot_of(key) % 64);
  }
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
}

bool PhraseIndex::may_begin(std::uint32_t key) const {
  const std::uint32_t slot = slot_of(key);
  return (filter_[slot / 64] >> (slot % 64) & 1U) != 0;
}

std::vector<PhraseHit> PhraseIndex::find_all(std::string_view text) const {
  std::vector<PhraseHit> hits;
  bool in_word = false;
  for (std::size_t i = 0; i + shortest <= text.size(); ++i) {
    const bool word_goes_on = in_word;
    in_word = word_bytes.has(text[i]);
    if (word_goes_on && in_word) continue;
    const std::uint32_t key = key_of(text.data() + i);
    if (!may_begin(key)) continue;
    auto entry = std::lower_bound(entries_.begin(), entries_.end(), key,
                                  [](const Entry& e, std::uint32_t wanted) { return e.key < wanted; });
    for (; entry != entries_.end() && entry->key == key; ++entry) {
      const Phrase& phrase = phrases_[entry->id];
      const std::size_t end = i + phrase.text.size();
      if (text.compare(i, phrase.text.size(), phrase.text) != 0) continue;
      if (!phrase.open_end && inside_word(text, end)) continue;
      hits.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(end), entry->id});
    }
  }
  return hits;
}

}  // namespace bounced
