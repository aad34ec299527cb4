#include "config/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace bounced {
namespace {

struct Unit {
  char letter;
  std::int64_t seconds;
};
// The largest first: print_duration takes the first that divides.
constexpr std::array<Unit, 5> units{{{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
constexpr std::int64_t longest_duration = std::int64_t{100} * 366 * 86400;  // a century, in seconds

/// Letters to insert, remove or replace to turn one word into the other (Levenshtein 1965).
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

constexpr std::size_t longest_word = 64;  // letters; a longer key is no slip of the pen

}  // namespace

std::optional<std::chrono::seconds> read_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const char letter = text.back();
  text.remove_suffix(1);
  const auto* const unit =
      std::find_if(units.begin(), units.end(), [letter](const Unit& u) { return u.letter == letter; });
  if (unit == units.end() || text[0] < '0' || text[0] > '9') return std::nullopt;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (count > longest_duration / unit->seconds) return std::nullopt;
  return std::chrono::seconds(count * unit->seconds);
}

std::string print_duration(std::chrono::seconds duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  const auto* const unit =
      std::find_if(units.begin(), units.end(), [count](const Unit& u) { return count % u.seconds == 0; });
  return std::to_string(count / unit->seconds) + unit->letter;
}

std::string nearest_word(std::string_view word, const std::vector<std::string_view>& candidates) {
  if (word.size() > longest_word) return {};
  std::string_view nearest;
  std::size_t fewest = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    if (candidate.size() > longest_word) continue;
    const std::size_t edits = edits_between(word, candidate);
    if (edits < fewest && edits < candidate.size()) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return std::string(nearest);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const auto nearest = nearest_word(word, candidates);
  return nearest.empty() ? std::string() : " (did you mean \"" + nearest + "\"?)";
}

}  // namespace bounced
