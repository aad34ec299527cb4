#include "daemon/imap/uid_set.hpp"

#include <algorithm>
#include <charconv>

namespace bounced::imap {
namespace {

std::optional<Uid> read_number(std::string_view text) {
  Uid value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

std::optional<UidRange> read_range(std::string_view text) {
  const auto colon = text.find(':');
  const auto first = read_number(text.substr(0, colon));
  const auto last = colon == std::string_view::npos ? first : read_number(text.substr(colon + 1));
  if (!first || !last) return std::nullopt;
  return UidRange{std::min(*first, *last), std::max(*first, *last)};
}

/// True when `next`, which does not start before `range`, overlaps it or follows it without a gap.
bool joins(const UidRange& range, const UidRange& next) {
  return next.first <= range.last || next.first - range.last == 1;
}

/// Sorts ranges and joins those that touch.
std::vector<UidRange> in_order(std::vector<UidRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const UidRange& a, const UidRange& b) { return a.first < b.first; });
  std::vector<UidRange> result;
  for (const auto& range : ranges) {
    if (!result.empty() && joins(result.back(), range)) {
      result.back().last = std::max(result.back().last, range.last);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

std::string range_text(const UidRange& range) {
  return range.first == range.last ? std::to_string(range.first)
                                   : std::to_string(range.first) + ":" + std::to_string(range.last);
}

}  // namespace

std::optional<UidSet> UidSet::parse(std::string_view text) {
  std::vector<UidRange> ranges;
  for (;;) {
    const auto comma = text.find(',');
    const auto range = read_range(text.substr(0, comma));
    if (!range) return std::nullopt;
    ranges.push_back(*range);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return of(std::move(ranges));
}

UidSet UidSet::of(std::vector<UidRange> ranges) {
  UidSet set;
  set.ranges_ = in_order(std::move(ranges));
  return set;
}

void UidSet::add(UidRange range) {
  if (range.first == 0 || range.first > range.last) return;
  if (ranges_.empty() || (range.first > ranges_.back().last && !joins(ranges_.back(), range))) {
    ranges_.push_back(range);
  } else if (range.first >= ranges_.back().first) {
    ranges_.back().last = std::max(ranges_.back().last, range.last);
  } else {
    ranges_.push_back(range);
    ranges_ = in_order(std::move(ranges_));
  }
}

void UidSet::add(const UidSet& other) {
  if (ranges_.empty()) {
    ranges_ = other.ranges_;
    return;
  }
  ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
  ranges_ = in_order(std::move(ranges_));
}

std::uint64_t UidSet::size() const {
  std::uint64_t count = 0;
  for (const auto& range : ranges_) count += std::uint64_t{range.last} - range.first + 1;
  return count;
}

bool UidSet::contains(Uid uid) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), uid,
                                      [](Uid value, const UidRange& range) { return value < range.first; });
  return after != ranges_.begin() && uid <= std::prev(after)->last;
}

UidSet UidSet::take(std::uint64_t count) {
  UidSet taken;
  std::size_t used = 0;
  while (used < ranges_.size() && count > 0) {
    auto& range = ranges_[used];
    const std::uint64_t here = std::uint64_t{range.last} - range.first + 1;
    if (here <= count) {
      taken.ranges_.push_back(range);
      count -= here;
      ++used;
    } else {
      const Uid last = range.first + static_cast<Uid>(count) - 1;
      taken.ranges_.push_back({range.first, last});
      range.first = last + 1;
      count = 0;
    }
  }
  ranges_.erase(ranges_.begin(), ranges_.begin() + static_cast<std::ptrdiff_t>(used));
  return taken;
}

UidSet UidSet::take_text(std::size_t bytes) {
  UidSet taken;
  std::size_t used = 0, written = 0;
  while (used < ranges_.size()) {
    const auto more = range_text(ranges_[used]).size() + 1;
    if (used > 0 && written + more > bytes) break;
    written += more;
    taken.ranges_.push_back(ranges_[used++]);
  }
  ranges_.erase(ranges_.begin(), ranges_.begin() + static_cast<std::ptrdiff_t>(used));
  return taken;
}

std::string UidSet::text() const {
  std::string text;
  for (const auto& range : ranges_) {
    if (!text.empty()) text += ',';
    text += range_text(range);
  }
  return text;
}

}  // namespace bounced::imap
