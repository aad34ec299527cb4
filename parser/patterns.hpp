// Many patterns against one text: a literal that every match must contain is looked up first, so that few
// patterns run. The only file that includes RE2 is patterns.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

  /// Adds an RE2 pattern (without case, '.' matches a line border too) and returns its number. The message of
  /// the error is RE2's own.
  Result<std::uint32_t> add(const std::string& pattern);
  /// Adds a plain string, without case; 3 bytes or more.
  Result<std::uint32_t> add_literal(const std::string& text);
  [[nodiscard]] std::uint32_t count() const;
  /// To be called once, after the last add.
  void finish();

  /// The numbers of the patterns that may match `text`, each once, ascending. `lower` is `text` in lower-case
  /// ASCII.
  void candidates(std::string_view lower, std::vector<std::uint32_t>& out) const;
  /// Whether `number` matches.
  [[nodiscard]] bool matches(std::uint32_t number, std::string_view text) const;
  /// The same for a number that `candidates` gave for this text: a literal needs no second look.
  [[nodiscard]] bool candidate_matches(std::uint32_t number, std::string_view text) const;
  /// Where it matches first, leftmost; the whole text when it doesn't.
  [[nodiscard]] Span where(std::uint32_t number, std::string_view text) const;

 private:
  struct Pattern;
  struct Set;
  struct Literal {
    std::string text;
    std::uint32_t pattern = 0;
    std::uint32_t trigram_at = 0;  // where in `text` the looked-up trigram stands
  };
  void finish_always();
  void add_always(std::string_view text, std::vector<std::uint32_t>& out) const;
  void add_literal_of(std::string text, std::uint32_t pattern);

  std::vector<Pattern> patterns_;
  std::vector<Literal> literals_;
  std::unique_ptr<Set> set_;           // of the patterns in `always_`, matched together
  std::vector<std::uint32_t> always_;  // patterns without a literal
  std::vector<std::uint32_t> bucket_;  // trigram hash -> first of `order_`; one more than there are hashes
  std::vector<std::uint32_t> order_;   // literals by hash of their trigram
};

}  // namespace bounced
