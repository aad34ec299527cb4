// Many patterns against one text: the strings that a match must contain are looked up first, so that few
// patterns run, and those that are nothing but strings never do. The only file that includes RE2 for rules is
// patterns.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/pattern_literals.hpp"
#include "parser/result.hpp"

namespace bounced {

/// Which bytes of the text matched.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class Patterns {
 public:
  Patterns();
  Patterns(Patterns&&) noexcept;
  Patterns& operator=(Patterns&&) noexcept;
  ~Patterns();

  /// When an RE2 pattern is compiled: at once, which tells whether it is well formed, or when a text first
  /// needs it, which is for those that are known to be.
  enum class Compile : std::uint8_t { now, on_first_use };

  /// Adds an RE2 pattern (without case, '.' matches a line border too) and returns its number. The message of
  /// the error is RE2's own.
  Result<std::uint32_t> add(const std::string& pattern, Compile when);
  /// Adds a plain string, without case; 3 bytes or more.
  Result<std::uint32_t> add_literal(const std::string& text);
  [[nodiscard]] std::uint32_t count() const;
  /// To be called once, after the last add.
  void finish();

  /// The numbers of the patterns that may match a text, each once, ascending. `lower` is the text in
  /// lower-case ASCII.
  void candidates(std::string_view lower, std::vector<std::uint32_t>& out) const;
  /// Whether a pattern that `candidates` gave for this text matches.
  [[nodiscard]] bool candidate_matches(std::uint32_t number, std::string_view text) const;
  /// Where it matches first, leftmost; false when it doesn't. `lower`: see candidates.
  bool find(std::uint32_t number, std::string_view text, std::string_view lower, Span& where) const;

 private:
  struct Pattern;
  /// A literal before finish().
  struct Literal {
    PatternLiteral wanted;
    std::uint32_t pattern = 0;
  };
  /// A literal after finish(): small, and beside those that are looked at together, since what costs time
  /// here is fetching memory.
  struct Filed {
    std::uint32_t trigram = 0;  ///< three of its bytes, which the fewest literals share
    std::uint32_t pattern = 0;
    std::uint32_t text = 0;  ///< where it stands in `texts_`
    std::uint32_t size = 0;
    std::uint32_t trigram_at = 0;  ///< where in it the trigram stands
    bool border_before = false;
    bool border_after = false;
  };
  [[nodiscard]] bool stands_at(const Filed& literal, std::string_view lower, std::size_t at) const;
  void file_literals(const std::vector<std::uint32_t>& trigram_at);

  std::vector<std::unique_ptr<const Pattern>> patterns_;
  std::vector<Literal> literals_;
  std::vector<std::uint32_t> always_;   // patterns without a literal
  std::vector<std::uint64_t> present_;  // a bit for each trigram hash that a literal has: small enough for
                                        // the nearest cache
  std::vector<std::uint32_t> bucket_;   // trigram hash -> first of `filed_`; one more than there are hashes
  std::vector<Filed> filed_;            // by hash of their trigram
  std::string texts_;
};

}  // namespace bounced
