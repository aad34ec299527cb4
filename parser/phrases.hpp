// The grammar of phrases: which terms (rule.hpp) occur where in a reply.
//
// At each word the longest phrase of any term counts, and what it covers is taken: in "domain of sender
// address <addr> does not exist" the words "domain", "sender", "address" and <addr> belong to the term of the
// long phrase and are not seen by themselves. Boilerplate works the same way: "mailbox unavailable" hides
// "mailbox". Words of the term "filler" ("the", "is", "has been") are left out of phrases and replies alike.
#pragma once

#include <array>
#include <bitset>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "parser/normalise.hpp"
#include "parser/result.hpp"
#include "parser/rule.hpp"

namespace bounced {

/// Distinct names of terms that one book may hold.
inline constexpr std::size_t max_terms = 192;
using TermSet = std::bitset<max_terms>;

/// One phrase of a term in a reply.
struct Occurrence {
  TermSet terms;  ///< usually one; a phrase may be listed under several names
  std::uint16_t sentence = 0;
  std::uint32_t first_word = 0;  ///< counted without fillers
  std::uint32_t last_word = 0;
  std::uint32_t begin = 0;  ///< bytes in the text
  std::uint32_t end = 0;
};

struct Occurrences {
  std::vector<Occurrence> list;
  std::vector<TermSet> in_sentence;      ///< by number of the sentence
  std::vector<std::uint32_t> last_word;  ///< of each sentence
  TermSet anywhere;
};

class Lexicon {
 public:
  /// Fails (Exit::config) on an empty phrase, a '*' that isn't at a word's end, or more than max_terms names.
  static Result<Lexicon> make(const std::vector<Term>& terms);

  /// The number of that term, or -1.
  [[nodiscard]] int number_of(std::string_view name) const;
  [[nodiscard]] const std::string& name_of(std::size_t number) const { return names_[number]; }

  /// Finds the phrases in `tokens`. An address that equals `recipient` (any case) is the word <rcpt> too.
  void find(const Tokens& tokens, std::string_view text, std::string_view recipient, Occurrences& out) const;

 private:
  using Word = std::uint32_t;  // 0 = unknown
  /// The tree of letters while it is built; flattened by `finish`.
  struct Letters {
    std::vector<std::pair<char, std::uint32_t>> next;
    Word whole = 0;  // the word that ends here
    Word stem = 0;   // the stem ("exist*") that ends here
  };
  struct FlatLetters {
    std::uint32_t first_edge = 0;
    std::uint32_t edges = 0;
    Word whole = 0;
    Word stem = 0;
  };
  struct Edge {  // of the tree of phrases, in a hash table with open addresses
    std::uint32_t node = 0;
    Word word = 0;  // 0 = free
    std::uint32_t next = 0;
  };
  struct Known {  // the words that one token may be: itself and its stems, longest first
    static constexpr std::size_t most = 4;
    Word words[most] = {};
    std::size_t count = 0;
    const Token* token = nullptr;
  };
  struct Match {
    std::size_t length = 0;
    TermSet terms;
  };

  Result<void> add(const Term& term);
  Result<void> add_phrase(const Term& term, const std::string& phrase, std::size_t number);
  void finish();
  void finish_letters();
  void finish_phrases();
  [[nodiscard]] std::uint32_t letter_after(std::uint32_t node, char letter) const;
  [[nodiscard]] std::uint32_t phrase_after(std::uint32_t node, Word word) const;
  Word intern(std::string_view letters, bool stem);
  Word read_word(const std::string& written);
  void known_words(std::string_view letters, Known& out) const;
  [[nodiscard]] Known known(const Tokens& tokens, const Token& token, std::string_view text,
                            std::string_view recipient) const;
  void longest(const std::vector<Known>& words, std::size_t at, Match& best) const;

  std::vector<std::string> names_;
  std::vector<Letters> building_letters_{1};
  std::vector<std::unordered_map<Word, std::uint32_t>> building_phrases_{1};
  std::vector<FlatLetters> letters_;
  std::string edge_letters_;
  std::vector<std::uint32_t> edge_next_;
  std::array<std::uint32_t, 256> first_letter_{};  // the root's edges; 0 = none
  std::vector<Edge> edges_;                        // a power of two of them
  std::vector<std::uint32_t> first_word_;          // word -> node of the phrases that it opens; 0 = none
  std::vector<TermSet> terms_{1};                  // by node of the tree of phrases
  std::vector<bool> filler_{false};                // by word
  Word next_word_ = 1;
};

}  // namespace bounced
