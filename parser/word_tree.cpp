#include "parser/word_tree.hpp"

#include <algorithm>

namespace bounced {
namespace {

constexpr bool is_a_to_z(char letter) { return letter >= 'a' && letter <= 'z'; }
constexpr std::uint32_t bit_of(char letter) { return std::uint32_t{1} << (letter - 'a'); }

constexpr std::size_t letters_in_alphabet = 26;
/// The place of two letters of a to z among all such pairs.
constexpr std::size_t opening(char first, char second) {
  return static_cast<std::size_t>(first - 'a') * letters_in_alphabet + static_cast<std::size_t>(second - 'a');
}

/// How many bits are set. The compiler's own is a call into its library where the processor's instruction may
/// not be used.
constexpr std::uint32_t bits_in(std::uint32_t set) {
  set -= set >> 1U & 0x55555555U;
  set = (set & 0x33333333U) + (set >> 2U & 0x33333333U);
  return ((set + (set >> 4U)) & 0x0F0F0F0FU) * 0x01010101U >> 24U;
}

}  // namespace

std::uint32_t WordTree::grown_child(std::uint32_t at, char letter) {
  for (std::uint32_t next = growing_[at].first_child; next != 0; next = growing_[next].next_sibling)
    if (growing_[next].letter == letter) return next;
  const auto fresh = static_cast<std::uint32_t>(growing_.size());
  growing_.push_back({0, growing_[at].first_child, 0, 0, letter});
  growing_[at].first_child = fresh;
  return fresh;
}

WordTree::Word WordTree::add(std::string_view letters, bool stem) {
  std::uint32_t at = 0;
  for (const char letter : letters) at = grown_child(at, letter);
  Word& word = stem ? growing_[at].stem : growing_[at].whole;
  if (word == 0) word = ++last_word_;
  return word;
}

void WordTree::finish() {
  nodes_.reserve(growing_.size());
  letter_of_.reserve(growing_.size());
  nodes_.emplace_back();
  letter_of_.push_back(0);
  // Depth first: what follows a letter stands near it.
  std::vector<Move> open{{0, 0}};
  while (!open.empty()) {
    const Move node = open.back();
    open.pop_back();
    place_children(node, open);
  }
  growing_.clear();
  growing_.shrink_to_fit();
  file_openings();
}

void WordTree::file_openings() {
  std::vector<std::uint32_t> found(letters_in_alphabet * letters_in_alphabet, 0);
  for (char first = 'a'; first <= 'z'; ++first) {
    const std::uint32_t one = child(nodes_[0], first);
    if (one == 0) continue;
    if (nodes_[one].stem != 0) return;
    for (char second = 'a'; second <= 'z'; ++second)
      found[opening(first, second)] = child(nodes_[one], second);
  }
  behind_two_ = std::move(found);
}

void WordTree::place_children(Move node, std::vector<Move>& open) {
  std::array<std::uint32_t, 256> children{};
  std::size_t count = 0;
  for (std::uint32_t next = growing_[node.from].first_child; next != 0; next = growing_[next].next_sibling)
    children[count++] = next;
  std::sort(children.begin(), children.begin() + count, [&](std::uint32_t a, std::uint32_t b) {
    const bool letter_a = is_a_to_z(growing_[a].letter);
    if (letter_a != is_a_to_z(growing_[b].letter)) return letter_a;
    return growing_[a].letter < growing_[b].letter;
  });
  Node& placed = nodes_[node.to];
  placed.first_child = static_cast<std::uint32_t>(nodes_.size());
  placed.whole = growing_[node.from].whole;
  placed.stem = growing_[node.from].stem;
  for (std::size_t i = 0; i < count; ++i) {
    const char letter = growing_[children[i]].letter;
    if (is_a_to_z(letter)) {
      placed.letters |= bit_of(letter);
    } else {
      ++placed.others;
    }
    open.push_back({children[i], placed.first_child + static_cast<std::uint32_t>(i)});
    letter_of_.push_back(letter);
  }
  nodes_.resize(nodes_.size() + count);
}

inline std::uint32_t WordTree::child(const Node& node, char letter) const {
  if (is_a_to_z(letter)) {
    const std::uint32_t bit = bit_of(letter);
    if (node.letters == bit) return node.first_child;  // most have one child
    if ((node.letters & bit) == 0) return 0;
    return node.first_child + bits_in(node.letters & (bit - 1));
  }
  const std::uint32_t first = node.first_child + bits_in(node.letters);
  for (std::uint32_t at = first; at < first + node.others; ++at)
    if (letter_of_[at] == letter) return at;
  return 0;
}

void WordTree::find(std::string_view letters, Known& out) const {
  std::uint32_t at = 0;
  Word stems[Known::most] = {};
  std::size_t stem_count = 0;
  const auto take_stem = [&](Word stem) {
    if (stem == 0) return;
    if (stem_count == Known::most) {  // the longest ones stay
      std::copy(stems + 1, stems + Known::most, stems);
      --stem_count;
    }
    stems[stem_count++] = stem;
  };
  if (!behind_two_.empty() && letters.size() >= 2 && is_a_to_z(letters[0]) && is_a_to_z(letters[1])) {
    at = behind_two_[opening(letters[0], letters[1])];
    if (at == 0) return;
    take_stem(nodes_[at].stem);
    letters.remove_prefix(2);
  }
  for (const char letter : letters) {
    at = child(nodes_[at], letter);
    if (at == 0) break;
    take_stem(nodes_[at].stem);
  }
  if (at != 0 && nodes_[at].whole != 0 && out.count < Known::most) out.words[out.count++] = nodes_[at].whole;
  while (stem_count > 0 && out.count < Known::most) out.words[out.count++] = stems[--stem_count];
}

}  // namespace bounced
