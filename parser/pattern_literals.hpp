// What a pattern's text tells without compiling it: the strings that it is, or those of which every match
// must hold one. Most patterns of rules are a few words and need no automaton; the others wait until a reply
// holds one of their strings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// A string in lower-case ASCII; `\b` at its ends is told apart.
struct PatternLiteral {
  std::string text;
  bool border_before = false;
  bool border_after = false;
};

struct PatternLiterals {
  bool exact = false;               ///< the pattern matches where one of `any` stands, and nowhere else
  std::vector<PatternLiteral> any;  ///< in the order in which RE2 prefers them; empty when nothing is known
  std::vector<std::string>
      also;  ///< not exact: every match holds one of these few too; empty when nothing is known
};

/// Shorter strings are in too many replies to sort anything out.
inline constexpr std::size_t min_literal_bytes = 3;

/// Bytes of a string; longer ones are cut, and then no string is the whole pattern.
inline constexpr std::size_t longest_literal_bytes = 1024;

/// Reads an RE2 pattern that is matched without case. Total: what it doesn't understand gives nothing, and so
/// does a pattern that is none.
PatternLiterals read_pattern_literals(std::string_view pattern);

/// The parts of a pattern between the bars that stand outside all groups, in their order: it matches where
/// one of them does. Of a pattern without such bars, or that sets flags, the whole; `(?i)` in front is left
/// out.
std::vector<std::string_view> top_alternatives(std::string_view pattern);

/// True when `\b` holds between the bytes `at - 1` and `at`.
bool is_word_border(std::string_view text, std::size_t at);

}  // namespace bounced
