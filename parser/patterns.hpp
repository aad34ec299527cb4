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

/// What the strings of patterns tell about one text.
struct PatternCandidates {
  /// A part of a pattern, one of its alternatives, that may match.
  struct Part {
    std::uint32_t part = 0;
    std::uint32_t literal = 0;  ///< which of the part's strings stands there, in the order of preference
    std::uint32_t begin = 0;    ///< where its first one stands
    std::uint32_t end = 0;
  };
  std::string_view lower;               ///< the text, in lower-case ASCII
  std::vector<std::uint32_t> patterns;  ///< those that may match, each once, ascending
  std::vector<Part> parts;              ///< by part
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

  /// Finds the patterns that may match a text. `lower` is the text in lower-case ASCII, of less than 4 GB; it
  /// stays as long as `out` is used.
  void candidates(std::string_view lower, PatternCandidates& out) const;
  /// Whether a pattern matches this text, for which `candidates` were found.
  [[nodiscard]] bool matches(std::uint32_t number, std::string_view text,
                             const PatternCandidates& candidates) const;
  /// Where it matches first, leftmost; false when it doesn't.
  bool find(std::uint32_t number, std::string_view text, const PatternCandidates& candidates,
            Span& where) const;

 private:
  struct Part;
  /// A literal before finish().
  struct Literal {
    PatternLiteral wanted;
    std::uint32_t part = 0;
    std::uint32_t order = 0;  ///< among those of its part
  };
  /// Who wants a literal.
  struct User {
    std::uint32_t part = 0;
    std::uint32_t order = 0;
  };
  /// A literal after finish(): small, and beside those that are looked at together, since what costs time
  /// here is fetching memory.
  struct Filed {
    std::uint64_t head = 0;     ///< its first eight bytes, as in memory; zeros behind a shorter one
    std::uint32_t trigram = 0;  ///< three of its bytes, which the fewest literals share
    std::uint32_t text = 0;     ///< where it stands in `texts_`
    std::uint32_t first_user = 0;
    std::uint32_t users = 0;
    std::uint16_t size = 0;
    std::uint16_t trigram_at = 0;  ///< where in it the trigram stands
    bool border_before = false;
    bool border_after = false;
  };
  Result<void> add_part(std::string_view source, Compile when);
  /// Adds a part to the pattern that is being added, with the strings of which each match holds one.
  void append(std::unique_ptr<const Part> made, std::vector<PatternLiteral> literals);
  [[nodiscard]] bool stands_at(const Filed& literal, std::string_view lower, std::size_t at) const;
  [[nodiscard]] Filed file(const PatternLiteral& literal, std::uint32_t trigram_at);
  void file_by_trigram();
  /// False when no literal is filed under this trigram.
  [[nodiscard]] bool is_filed(std::uint32_t trigram) const;
  /// Adds the literals whose trigram stands at `at`.
  void note_all(std::uint32_t trigram, std::string_view lower, std::size_t at, PatternCandidates& out) const;
  /// Adds what stands at `at`, where a literal's trigram may.
  void note(const Filed& literal, std::string_view lower, std::size_t at, PatternCandidates& out) const;

  std::vector<std::uint32_t> first_part_{0};  // by pattern; one more than there are patterns
  std::vector<std::uint32_t> pattern_of_;     // by part
  std::vector<std::unique_ptr<const Part>> parts_;
  std::vector<Literal> literals_;
  std::vector<std::uint32_t> always_;   // parts without a literal
  std::vector<std::uint64_t> present_;  // a bit for each trigram hash that a literal has: small enough for
                                        // the nearest cache
  std::vector<std::uint32_t> bucket_;   // trigram hash -> first of `filed_`; one more than there are hashes
  std::vector<Filed> filed_;            // by hash of their trigram
  std::vector<User> users_;             // by literal
  std::string texts_;
};

}  // namespace bounced
