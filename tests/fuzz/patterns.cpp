// Lines as patterns, up to an empty one, and the rest as a reply: reading a pattern's strings is total, and
// Patterns finds with them what RE2 finds without. A pattern is a reply too, since it mostly holds its own
// strings.
#include "parser/patterns.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/text.hpp"

namespace {

using bounced::Patterns;

/// More would only make the runs slower.
constexpr std::uint32_t most_patterns = 4;

void require(bool holds) {
  if (!holds) std::abort();
}

/// RE2 takes the Kelvin sign and the long s for a k and an s; the look-up of bytes does not.
bool has_second_k_or_s(std::string_view text) {
  return text.find("\xE2\x84\xAA") != std::string_view::npos ||
         text.find("\xC5\xBF") != std::string_view::npos;
}

void check_text(const Patterns& quick, const Patterns& by_re2, const std::string& text) {
  if (has_second_k_or_s(text)) return;
  const std::string lower = bounced::lower_copy(text);
  bounced::PatternCandidates named;
  quick.candidates(lower, named);
  const auto& numbers = named.patterns;
  require(std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>()) == numbers.end());
  bounced::PatternCandidates all;
  by_re2.candidates(lower, all);
  for (std::uint32_t number = 0; number < quick.count(); ++number) {
    bounced::Span mine;
    bounced::Span theirs;
    const bool matches = by_re2.find(number, text, all, theirs);
    require(quick.find(number, text, named, mine) == matches);
    require(quick.matches(number, text, named) == matches);
    require(!matches || std::binary_search(numbers.begin(), numbers.end(), number));
    if (matches) require(mine.begin == theirs.begin && mine.end == theirs.end);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Patterns quick;
  Patterns by_re2;  // "(?i:…)" is not read for its strings
  std::vector<std::string> texts;
  while (!rest.empty() && rest.front() != '\n') {
    const std::string pattern(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(pattern.size() + 1, rest.size()));
    (void)bounced::read_pattern_literals(pattern);
    if (quick.count() == most_patterns) continue;
    // "\Qa" is a pattern that takes the bracket behind it for its own: what can't be wrapped is left out.
    if (!Patterns().add(pattern, Patterns::Compile::now)) continue;
    if (!by_re2.add("(?i:" + pattern + ")", Patterns::Compile::now)) continue;
    require(quick.add(pattern, Patterns::Compile::now).has_value());
    texts.push_back(pattern);
  }
  quick.finish();
  by_re2.finish();
  texts.emplace_back(rest);
  for (const std::string& text : texts) check_text(quick, by_re2, text);
  return 0;
}
