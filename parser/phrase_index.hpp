// Many fixed phrases found in one pass over a text. An index over the first four bytes of each phrase; a mail
// of 2 kB takes a few microseconds, whatever the number of phrases.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// Where a phrase stands: text.substr(begin, end - begin).
struct PhraseHit {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint16_t id = 0;
};

/// Build once (add, then seal), then find in as many texts as you like; immutable and thread-safe after
/// seal().
class PhraseIndex {
 public:
  /// Shortest phrase, in bytes.
  static constexpr std::size_t shortest = 4;

  /// Adds a phrase in search form (see search_form in dialects/document.hpp: lower case, single blanks) and
  /// returns its number; a phrase that is there already keeps its number. A '*' at the end lets the last word
  /// go on.
  std::uint16_t add(std::string_view phrase);
  void seal();

  /// All hits in order of `begin`, also overlapping ones. `text` is in search form. ASCII letters and digits
  /// at the border of a phrase must stand at the border of a word. Linear in the text.
  [[nodiscard]] std::vector<PhraseHit> find_all(std::string_view text) const;
  /// True when `text` (in search form) holds one of the phrases.
  [[nodiscard]] bool any_in(std::string_view text) const { return !find_all(text).empty(); }
  [[nodiscard]] std::size_t size() const { return phrases_.size(); }

 private:
  struct Phrase {
    std::string text;
    bool open_end = false;
  };
  struct Entry {
    std::uint32_t key = 0;
    std::uint16_t id = 0;
  };
  static constexpr std::size_t filter_bits = 1U << 16U;

  [[nodiscard]] bool may_begin(std::uint32_t key) const;
  std::vector<Phrase> phrases_;
  std::vector<Entry> entries_;  // sorted by key, ready after seal()
  std::array<std::uint64_t, filter_bits / 64> filter_{};
};

}  // namespace bounced
