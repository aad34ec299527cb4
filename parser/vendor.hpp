// Who answered: recognising the vendor of a reply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parser/patterns.hpp"
#include "parser/result.hpp"
#include "parser/rule.hpp"
#include "parser/verdict.hpp"

namespace bounced {

/// Vendors of one rule book: as many as a 16-bit number counts; all files of the product name below 200.
inline constexpr std::size_t max_vendors = 65'535;

/// The vendors whose rules apply to a reply, nearest first; numbers are places in RuleBook::vendors.
struct Vendors {
  static constexpr std::size_t most = 12;
  std::uint16_t list[most] = {};
  std::size_t count = 0;

  [[nodiscard]] bool has(int vendor) const {
    for (std::size_t i = 0; i < count; ++i)
      if (list[i] == vendor) return true;
    return false;
  }
  void add(std::uint16_t vendor) {
    if (count < most && !has(vendor)) list[count++] = vendor;
  }
};

class VendorIndex {
 public:
  /// Adds the vendors' patterns to `patterns`. Fails (Exit::config) on more than max_vendors, an id used
  /// twice, an unknown id in `also`, or a bad pattern.
  static Result<VendorIndex> make(const std::vector<VendorFacts>& vendors, Patterns& patterns);

  /// The place of that id, or -1.
  [[nodiscard]] int number_of(std::string_view id) const;

  /// Order of evidence: the caller's hint, a token in the text, a URL in the text, the host that answered,
  /// the recipient's domain, its mail exchangers, the host that reports (only when nothing else is known). A
  /// vendor's `also` follow it. `candidates` is what Patterns::candidates gave for `text`. `because`, when
  /// not null, is told the first vendor's evidence, e.g. "text: OXSUS001_403".
  [[nodiscard]] Vendors recognise(const Reply& reply, std::string_view text, const Patterns& patterns,
                                  const PatternCandidates& candidates, std::string* because) const;

 private:
  struct TextEvidence {
    std::uint16_t vendor = 0;
    bool url = false;
  };
  Result<void> add(const VendorFacts& vendor, Patterns& patterns);
  /// Notes who follows the vendor, when all are added; called in the order of the vendors.
  Result<void> link(const VendorFacts& vendor);
  void add_also(Vendors& vendors) const;
  [[nodiscard]] int by_host(std::string_view host) const;

  std::vector<TextEvidence> evidence_;  // by number of the pattern; vendors' patterns come first
  struct Hash {
    using is_transparent = void;  // look-ups by string_view make no strings
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Places = std::unordered_map<std::string, std::uint16_t, Hash, std::equal_to<>>;
  Places ids_;
  Places hosts_;
  Places domains_;
  std::vector<std::vector<std::uint16_t>> also_;  // by vendor
};

}  // namespace bounced
