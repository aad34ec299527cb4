#include "parser/patterns.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <mutex>
#include <tuple>

#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr std::size_t trigram_hashes = 1U << 14U;
/// Bits of the table that tells at once that no literal has a trigram: 16 kB.
constexpr std::size_t trigram_bits = 1U << 17U;
/// Memory of one pattern's automata in bytes; past it RE2 falls back to its slower linear matcher.
constexpr std::int64_t pattern_memory_bytes = 1 << 18;

RE2::Options options() {
  RE2::Options out;
  out.set_case_sensitive(false);
  out.set_dot_nl(true);
  out.set_log_errors(false);
  out.set_never_capture(true);
  out.set_max_mem(pattern_memory_bytes);
  return out;
}

constexpr bool little_endian = std::endian::native == std::endian::little;

/// Three bytes as a number.
std::uint32_t trigram_of(const char* at) {
  std::uint32_t three = 0;
  std::memcpy(&three, at, 3);
  return little_endian ? three : three >> 8U;
}

/// The same, where a fourth byte may be read.
std::uint32_t first_three(const char* at) {
  std::uint32_t four = 0;
  std::memcpy(&four, at, sizeof four);
  return little_endian ? four & 0xFFFFFFU : four >> 8U;
}

/// Multiplicative hashing (Knuth, TAOCP 6.4): the upper bits of the product.
constexpr std::uint32_t hash_of(std::uint32_t trigram) { return (trigram * 2654435761U) >> 18U; }
constexpr std::uint32_t bit_of(std::uint32_t trigram) { return (trigram * 2654435761U) >> 15U; }
static_assert(trigram_hashes == 1U << (32U - 18U) && trigram_bits == 1U << (32U - 15U));

std::uint32_t trigram_hash(const char* at) { return hash_of(trigram_of(at)); }

constexpr std::size_t head_bytes = 8;

/// The first bytes of a text, at most eight, as they stand in memory; zeros for those that it lacks.
std::uint64_t head_of(std::string_view text) {
  std::uint64_t head = 0;
  if (text.size() >= head_bytes) {
    std::memcpy(&head, text.data(), head_bytes);
  } else {
    std::memcpy(&head, text.data(), text.size());
  }
  return head;
}

/// The bits of the first bytes of a head, by their number.
constexpr auto head_masks = [] {
  std::array<std::uint64_t, head_bytes + 1> masks{};
  std::array<std::uint8_t, head_bytes> bytes{};
  for (std::size_t n = 0; n < head_bytes; ++n) {
    bytes[n] = 0xFF;
    masks[n + 1] = std::bit_cast<std::uint64_t>(bytes);
  }
  return masks;
}();

}  // namespace

struct Patterns::Part {
  std::string source;
  bool exact = false;             ///< where one of its strings stands, it matches
  std::vector<std::string> also;  ///< else every match holds one of these too; empty = no such condition

  [[nodiscard]] const RE2& re() const {
    std::call_once(once_, [&] { compiled_ = std::make_unique<RE2>(source, options()); });
    return *compiled_;
  }
  [[nodiscard]] bool may_match(std::string_view lower) const {
    return also.empty() || std::any_of(also.begin(), also.end(), [&](const std::string& text) {
             return lower.find(text) != std::string_view::npos;
           });
  }

 private:
  mutable std::once_flag once_;
  mutable std::unique_ptr<RE2> compiled_;
};

Patterns::Patterns() = default;
Patterns::Patterns(Patterns&&) noexcept = default;
Patterns& Patterns::operator=(Patterns&&) noexcept = default;
Patterns::~Patterns() = default;

Result<std::uint32_t> Patterns::add(const std::string& pattern, Compile when) {
  if (when == Compile::now)
    if (const RE2 whole(pattern, options()); !whole.ok()) return fail(Exit::config, whole.error());
  for (const std::string_view part : top_alternatives(pattern))
    if (auto added = add_part(part, when); !added) return fail(added.error());
  first_part_.push_back(static_cast<std::uint32_t>(parts_.size()));
  return count() - 1;
}

Result<void> Patterns::add_part(std::string_view source, Compile when) {
  auto made = std::make_unique<Part>();
  made->source = source;
  if (when == Compile::now && !made->re().ok()) return fail(Exit::config, made->re().error());
  PatternLiterals literals = read_pattern_literals(source);
  made->exact = literals.exact;
  made->also = std::move(literals.also);
  append(std::move(made), std::move(literals.any));
  return {};
}

Result<std::uint32_t> Patterns::add_literal(const std::string& text) {
  if (text.size() < min_literal_bytes) return fail(Exit::config, "\"" + text + "\" is shorter than 3 bytes");
  if (text.size() > longest_literal_bytes)
    return fail(Exit::config, "\"" + text.substr(0, 40) + "…\" is longer than " +
                                  std::to_string(longest_literal_bytes) + " bytes");
  auto made = std::make_unique<Part>();
  made->source = text;
  made->exact = true;
  append(std::move(made), {{lower_copy(text), false, false}});
  first_part_.push_back(static_cast<std::uint32_t>(parts_.size()));
  return count() - 1;
}

void Patterns::append(std::unique_ptr<const Part> made, std::vector<PatternLiteral> literals) {
  const auto part = static_cast<std::uint32_t>(parts_.size());
  pattern_of_.push_back(count());
  parts_.push_back(std::move(made));
  if (literals.empty()) always_.push_back(part);
  for (std::uint32_t order = 0; order < literals.size(); ++order)
    literals_.push_back({std::move(literals[order]), part, order});
}

std::uint32_t Patterns::count() const { return static_cast<std::uint32_t>(first_part_.size() - 1); }

void Patterns::finish() {
  // Each literal is filed once, under that trigram of it which the fewest literals share.
  const auto key = [](const Literal& literal) {
    return std::tie(literal.wanted.text, literal.wanted.border_before, literal.wanted.border_after);
  };
  std::stable_sort(literals_.begin(), literals_.end(),
                   [&](const Literal& a, const Literal& b) { return key(a) < key(b); });
  std::vector<std::uint32_t> shared(trigram_hashes, 0);
  for (std::size_t n = 0; n < literals_.size(); ++n) {
    if (n > 0 && key(literals_[n]) == key(literals_[n - 1])) continue;
    for (std::size_t i = 0; i + 3 <= literals_[n].wanted.text.size(); ++i)
      ++shared[trigram_hash(literals_[n].wanted.text.data() + i)];
  }
  for (std::size_t n = 0; n < literals_.size(); ++n) {
    if (n == 0 || key(literals_[n]) != key(literals_[n - 1])) {
      const std::string& text = literals_[n].wanted.text;
      std::uint32_t best = 0;
      for (std::uint32_t i = 1; i + 3 <= text.size(); ++i)
        if (shared[trigram_hash(text.data() + i)] < shared[trigram_hash(text.data() + best)]) best = i;
      filed_.push_back(file(literals_[n].wanted, best));
    }
    ++filed_.back().users;
    users_.push_back({literals_[n].part, literals_[n].order});
  }
  literals_.clear();
  file_by_trigram();
}

Patterns::Filed Patterns::file(const PatternLiteral& literal, std::uint32_t trigram_at) {
  Filed filed;
  filed.head = head_of(literal.text);
  filed.trigram = trigram_of(literal.text.data() + trigram_at);
  filed.text = static_cast<std::uint32_t>(texts_.size());
  filed.first_user = static_cast<std::uint32_t>(users_.size());
  filed.size = static_cast<std::uint16_t>(literal.text.size());
  filed.trigram_at = static_cast<std::uint16_t>(trigram_at);
  filed.border_before = literal.border_before;
  filed.border_after = literal.border_after;
  texts_ += literal.text;
  return filed;
}

void Patterns::file_by_trigram() {
  std::stable_sort(filed_.begin(), filed_.end(),
                   [](const Filed& a, const Filed& b) { return hash_of(a.trigram) < hash_of(b.trigram); });
  bucket_.assign(trigram_hashes + 1, 0);
  present_.assign(trigram_bits / 64, 0);
  for (const Filed& literal : filed_) {
    ++bucket_[hash_of(literal.trigram) + 1];
    const std::uint32_t bit = bit_of(literal.trigram);
    present_[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
  for (std::size_t h = 0; h < trigram_hashes; ++h) bucket_[h + 1] += bucket_[h];
}

bool Patterns::stands_at(const Filed& literal, std::string_view lower, std::size_t at) const {
  if (lower.size() - at < literal.size) return false;
  const std::size_t in_head = std::min<std::size_t>(literal.size, head_bytes);
  if (((head_of(lower.substr(at)) ^ literal.head) & head_masks[in_head]) != 0) return false;
  if (literal.size > head_bytes &&
      std::memcmp(lower.data() + at + head_bytes, texts_.data() + literal.text + head_bytes,
                  literal.size - head_bytes) != 0)
    return false;
  if (literal.border_before && !is_word_border(lower, at)) return false;
  return !literal.border_after || is_word_border(lower, at + literal.size);
}

void Patterns::note(const Filed& literal, std::string_view lower, std::size_t at,
                    PatternCandidates& out) const {
  if (at < literal.trigram_at || !stands_at(literal, lower, at - literal.trigram_at)) return;
  const auto begin = static_cast<std::uint32_t>(at - literal.trigram_at);
  for (std::uint32_t i = literal.first_user; i < literal.first_user + literal.users; ++i)
    out.parts.push_back({users_[i].part, users_[i].order, begin, begin + literal.size});
}

void Patterns::note_all(std::uint32_t trigram, std::string_view lower, std::size_t at,
                        PatternCandidates& out) const {
  const std::uint32_t hash = hash_of(trigram);
  for (std::uint32_t i = bucket_[hash]; i < bucket_[hash + 1]; ++i)
    if (filed_[i].trigram == trigram) note(filed_[i], lower, at, out);
}

inline bool Patterns::is_filed(std::uint32_t trigram) const {
  const std::uint32_t bit = bit_of(trigram);
  return (present_[bit / 64] >> bit % 64 & 1U) != 0;
}

void Patterns::candidates(std::string_view lower, PatternCandidates& out) const {
  out.lower = lower;
  out.parts.clear();
  out.patterns.clear();
  for (const std::uint32_t part : always_) out.parts.push_back({part, 0, 0, 0});
  for (std::size_t at = 0; at + 4 <= lower.size(); ++at)
    if (const std::uint32_t three = first_three(lower.data() + at); is_filed(three))
      note_all(three, lower, at, out);
  if (lower.size() >= 3) {
    const std::size_t last = lower.size() - 3;
    if (const std::uint32_t three = trigram_of(lower.data() + last); is_filed(three))
      note_all(three, lower, last, out);
  }
  // Of one part, that which stands first is wanted, and of those, that which the pattern prefers.
  const auto place = [](const auto& found) {
    return std::pair{std::uint64_t{found.part} << 32U | found.begin, found.literal};
  };
  std::sort(out.parts.begin(), out.parts.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  const auto same = [](const auto& a, const auto& b) { return a.part == b.part; };
  out.parts.erase(std::unique(out.parts.begin(), out.parts.end(), same), out.parts.end());
  for (const auto& found : out.parts)
    if (out.patterns.empty() || out.patterns.back() != pattern_of_[found.part])
      out.patterns.push_back(pattern_of_[found.part]);
}

namespace {

auto first_of(const PatternCandidates& candidates, std::uint32_t part) {
  return std::lower_bound(candidates.parts.begin(), candidates.parts.end(), part,
                          [](const auto& found, std::uint32_t wanted) { return found.part < wanted; });
}

bool match(const RE2& re, std::string_view text, re2::StringPiece* found) {
  return re.Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, found,
                  found == nullptr ? 0 : 1);
}

}  // namespace

bool Patterns::matches(std::uint32_t number, std::string_view text,
                       const PatternCandidates& candidates) const {
  const std::uint32_t end = first_part_[number + 1];
  const auto first = first_of(candidates, first_part_[number]);
  for (auto found = first; found != candidates.parts.end() && found->part < end; ++found)
    if (parts_[found->part]->exact) return true;
  for (auto found = first; found != candidates.parts.end() && found->part < end; ++found)
    if (const Part& part = *parts_[found->part];
        !part.exact && part.may_match(candidates.lower) && match(part.re(), text, nullptr))
      return true;
  return false;
}

bool Patterns::find(std::uint32_t number, std::string_view text, const PatternCandidates& candidates,
                    Span& where) const {
  std::size_t begin = std::string::npos;
  const auto take = [&](std::size_t from, std::size_t to) {
    if (from >= begin) return;  // the part before wins where both begin
    begin = from;
    where = {from, to};
  };
  auto found = first_of(candidates, first_part_[number]);
  for (; found != candidates.parts.end() && found->part < first_part_[number + 1]; ++found) {
    const Part& part = *parts_[found->part];
    re2::StringPiece matched;
    if (part.exact) {
      take(found->begin, found->end);
    } else if (part.may_match(candidates.lower) && match(part.re(), text, &matched)) {
      const auto at = static_cast<std::size_t>(matched.data() - text.data());
      take(at, at + matched.size());
    }
  }
  return begin != std::string::npos;
}

}  // namespace bounced
