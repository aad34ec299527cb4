#include "parser/word_tree.hpp"

#include <algorithm>

namespace bounced {
namespace {

constexpr bool is_a_to_z(char letter) { return letter >= 'a' && letter <= 'z'; }
constexpr std::uint32_t bit_of(char letter) { return std::uint32_t{1} << (letter - 'a'); }

/// How many bits are set. The compiler's own is a call into its library where the processor's instruction may
/// not be used.
constexpr std::uint32_t bits_in(std::uint32_t set) {
  set -= set >> 1U & 0x55555555U;
  set = (set & 0x33333333U) + (set >> 2U & 0x33333333U);
  return ((set + (set >> 4U)) & 0x0F0F0F0FU) * 0x01010101U >> 24U;
}

}  // namespace

WordTree::Word WordTree::add(std::string_view letters, bool stem) {
  std::uint32_t at = 0;
  for (const char letter : letters) {
    auto& next = growing_[at].next;
    const auto found =
        std::find_if(next.begin(), next.end(), [&](const auto& edge) { return edge.first == letter; });
    if (found != next.end()) {
      at = found->second;
      continue;
    }
    at = static_cast<std::uint32_t>(growing_.size());
    next.emplace_back(letter, at);
    growing_.emplace_back();
  }
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
  std::vector<std::pair<std::uint32_t, std::uint32_t>> open{{0, 0}};
  while (!open.empty()) {
    const auto [from, to] = open.back();
    open.pop_back();
    place_children(from, to, open);
  }
  growing_.clear();
}

void WordTree::place_children(std::uint32_t from, std::uint32_t to,
                              std::vector<std::pair<std::uint32_t, std::uint32_t>>& open) {
  Growing& node = growing_[from];
  std::sort(node.next.begin(), node.next.end(), [](const auto& a, const auto& b) {
    const bool letter_a = is_a_to_z(a.first);
    return letter_a != is_a_to_z(b.first) ? letter_a : a.first < b.first;
  });
  nodes_[to].first_child = static_cast<std::uint32_t>(nodes_.size());
  nodes_[to].whole = node.whole;
  nodes_[to].stem = node.stem;
  for (const auto& [letter, next] : node.next) {
    if (is_a_to_z(letter)) {
      nodes_[to].letters |= bit_of(letter);
    } else {
      ++nodes_[to].others;
    }
    open.emplace_back(next, static_cast<std::uint32_t>(nodes_.size()));
    nodes_.emplace_back();
    letter_of_.push_back(letter);
  }
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
  for (const char letter : letters) {
    at = child(nodes_[at], letter);
    if (at == 0) break;
    const Word stem = nodes_[at].stem;
    if (stem == 0) continue;
    if (stem_count == Known::most) {  // the longest ones stay
      std::copy(stems + 1, stems + Known::most, stems);
      --stem_count;
    }
    stems[stem_count++] = stem;
  }
  if (at != 0 && nodes_[at].whole != 0 && out.count < Known::most) out.words[out.count++] = nodes_[at].whole;
  while (stem_count > 0 && out.count < Known::most) out.words[out.count++] = stems[--stem_count];
}

}  // namespace bounced
