// The grammar of phrases: which terms (rule.hpp) occur where in a reply.
//
// At each word the longest phrase of any term counts, and what it covers is taken: in "domain of sender
// address <addr> does not exist" the words "domain", "sender", "address" and <addr> belong to the term of the
// long phrase and are not seen by themselves. Boilerplate works the same way: "mailbox unavailable" hides
// "mailbox". Words of the term "filler" ("the", "is", "has been") are left out of phrases and replies alike.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <unordered_map>
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
  std::vector<TermSet> in_sentence;  ///< by number of the sentence
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
  struct Letters {             // a node of the tree of letters
    std::vector<std::pair<char, std::uint32_t>> next;
    Word whole = 0;  // the word that ends here
    Word stem = 0;   // the stem ("exist*") that ends here
  };
  struct Node {  // a node of the tree of phrases
    std::unordered_map<Word, std::uint32_t> next;
    TermSet terms;
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
  Word intern(std::string_view letters, bool stem);
  Word read_word(const std::string& written);
  void known_words(std::string_view letters, Known& out) const;
  [[nodiscard]] Known known(const Tokens& tokens, const Token& token, std::string_view text,
                            std::string_view recipient) const;
  void longest(const std::vector<Known>& words, std::size_t at, Match& best) const;

  std::vector<std::string> names_;
  std::vector<Letters> letters_{1};
  std::vector<Node> nodes_{1};
  std::vector<bool> filler_{false};  // by word
  Word next_word_ = 1;
};

}  // namespace bounced
