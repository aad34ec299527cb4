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
#include <vector>

#include "parser/normalise.hpp"
#include "parser/result.hpp"
#include "parser/rule.hpp"
#include "parser/word_tree.hpp"

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
  using Word = WordTree::Word;
  /// Where a phrase goes on: a node of the tree of phrases, and what is known of it without a look at it.
  struct Next {
    std::uint32_t node = 0;   ///< 0 = nowhere
    std::uint32_t marks = 0;  ///< `ends_phrase`, and a bit for the words that may follow
  };
  struct Edge {  // of the tree of phrases, in a hash table with open addresses
    std::uint32_t from = 0;
    Word word = 0;  // 0 = free
    Next next;
  };
  struct Known {  // a token and the words that it may be
    WordTree::Known words;
    const Token* token = nullptr;
  };
  struct Match {
    std::size_t length = 0;
    TermSet terms;
  };
  static constexpr std::uint32_t ends_phrase = 1;
  /// The bit in Next::marks of a word that may follow.
  static constexpr std::uint32_t follower(Word word) { return std::uint32_t{2} << word % 31; }

  Result<void> add(const Term& term);
  Result<void> add_phrase(const Term& term, const std::string& phrase, std::size_t number);
  Word read_word(const std::string& written);
  /// The place in `edges_` of the edge from a node over a word, or the free one where it belongs.
  [[nodiscard]] std::size_t place_of(std::uint32_t node, Word word) const;
  /// The node behind an edge, which is made if it isn't there.
  std::uint32_t grown(std::uint32_t node, Word word);
  void widen();
  void finish();
  [[nodiscard]] bool is_filler(Word word) const { return word >= first_filler_ && word < end_of_fillers_; }
  [[nodiscard]] bool is_filler(const WordTree::Known& words) const;
  [[nodiscard]] Next next_of(const Next& from, Word word) const;
  void known(const Tokens& tokens, const Token& token, std::string_view text, std::string_view recipient,
             WordTree::Known& out) const;
  void longest(const std::vector<Known>& words, std::size_t at, Match& best) const;

  std::vector<std::string> names_;
  WordTree words_;
  Word first_filler_ = 0;
  Word end_of_fillers_ = 0;
  std::vector<Edge> edges_ = std::vector<Edge>(16);  // a power of two of them, at most half of them in use
  std::size_t used_edges_ = 0;
  std::vector<Next> first_word_;   // by word: the phrases that it opens
  std::vector<TermSet> terms_{1};  // by node of the tree of phrases
};

}  // namespace bounced
