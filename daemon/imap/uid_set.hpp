// A set of UIDs as ascending ranges: 100,000 mails in a row take eight bytes. Read from and written as the
// sequence-set of RFC 9051 section 9 ("1:5,9"), without "*".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bounced::imap {

using Uid = std::uint32_t;  ///< 1 to 4294967295, RFC 9051 2.3.1.1

struct UidRange {
  Uid first = 0, last = 0;  ///< both within
  friend bool operator==(const UidRange&, const UidRange&) = default;
};

class UidSet {
 public:
  UidSet() = default;
  explicit UidSet(UidRange range) { add(range); }

  /// Reads "4,9:7,1" in any order; nothing for what is no sequence-set, has "*", or a number out of range.
  static std::optional<UidSet> parse(std::string_view text);
  static UidSet of(std::vector<UidRange> ranges);  ///< in any order; sorted and joined

  void add(Uid uid) { add(UidRange{uid, uid}); }
  void add(UidRange range);  ///< cheap at the end of the set, linear elsewhere; an empty range adds nothing
  void add(const UidSet& other);

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] bool contains(Uid uid) const;
  [[nodiscard]] const std::vector<UidRange>& ranges() const { return ranges_; }

  /// Takes the lowest `count` UIDs out of this set and returns them.
  UidSet take(std::uint64_t count);
  /// Takes lowest UIDs out of this set, as many as fit into `bytes` of text; at least one range.
  UidSet take_text(std::size_t bytes);

  [[nodiscard]] std::string text() const;

  friend bool operator==(const UidSet&, const UidSet&) = default;

 private:
  std::vector<UidRange> ranges_;  ///< ascending, neither touching nor overlapping
};

}  // namespace bounced::imap
