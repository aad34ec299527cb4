// The words and stems of a book of terms, found letter by letter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace bounced {

class WordTree {
 public:
  using Word = std::uint32_t;  ///< 0 = unknown

  /// The words that one run of letters may be: itself and its stems, longest first.
  struct Known {
    static constexpr std::size_t most = 4;
    std::array<Word, most> words{};
    std::size_t count = 0;
  };

  /// The number of a word, or of a stem ("exist" for "exist*"); the first one that is added is 1, the next
  /// new one 2. `letters` are folded (parser/folding.hpp).
  Word add(std::string_view letters, bool stem);
  /// Numbers given so far.
  [[nodiscard]] Word count() const { return last_word_; }
  /// To be called once, after the last add.
  void finish();

  /// Adds to `out` what `letters` are; nothing when there is no room.
  void find(std::string_view letters, Known& out) const;

 private:
  /// A node while the tree is built; its children are a list.
  struct Growing {
    std::uint32_t first_child = 0;
    std::uint32_t next_sibling = 0;
    Word whole = 0;
    Word stem = 0;
    char letter = 0;  ///< before it
  };
  /// A node after finish(). Its children stand together: those behind a to z first, a bit for each in
  /// `letters`, then `others`.
  struct Node {
    std::uint32_t letters = 0;
    std::uint32_t first_child = 0;
    std::uint32_t others = 0;
    Word whole = 0;  ///< the word that ends here
    Word stem = 0;   ///< the stem that ends here
  };
  [[nodiscard]] std::uint32_t child(const Node& node, char letter) const;
  std::uint32_t grown_child(std::uint32_t at, char letter);
  /// Where a node stood in `growing_`, and where it stands in `nodes_`.
  struct Move {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
  };
  void place_children(Move node, std::vector<Move>& open);
  void file_openings();

  std::vector<Growing> growing_{1};
  std::vector<Node> nodes_;
  std::vector<char> letter_of_;            // by node: the letter before it
  std::vector<std::uint32_t> behind_two_;  // by the first two letters, both of a to z: their node or 0; empty
                                           // where one letter is a stem
  Word last_word_ = 0;
};

}  // namespace bounced
