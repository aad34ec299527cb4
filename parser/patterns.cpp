#include "parser/patterns.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <mutex>

#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr std::size_t trigram_hashes = 1U << 14U;
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

constexpr std::uint32_t byte_at(const char* at) { return static_cast<unsigned char>(*at); }

/// Three bytes, the last one highest.
std::uint32_t trigram_of(const char* at) {
  return byte_at(at) | (byte_at(at + 1) << 8U) | (byte_at(at + 2) << 16U);
}

/// Multiplicative hashing (Knuth, TAOCP 6.4): the upper 14 bits of the product.
constexpr std::uint32_t hash_of(std::uint32_t trigram) { return (trigram * 2654435761U) >> 18U; }
static_assert(trigram_hashes == 1U << (32U - 18U));

std::uint32_t trigram_hash(const char* at) { return hash_of(trigram_of(at)); }

std::size_t find_literal(const PatternLiteral& literal, std::string_view lower) {
  for (std::size_t at = lower.find(literal.text); at != std::string_view::npos;
       at = lower.find(literal.text, at + 1)) {
    const bool begins = !literal.border_before || is_word_border(lower, at);
    if (begins && (!literal.border_after || is_word_border(lower, at + literal.text.size()))) return at;
  }
  return std::string_view::npos;
}

}  // namespace

struct Patterns::Pattern {
  std::string source;
  std::vector<PatternLiteral> exact;  ///< not empty: the pattern is these strings

  [[nodiscard]] const RE2& re() const {
    std::call_once(once_, [&] { compiled_ = std::make_unique<RE2>(source, options()); });
    return *compiled_;
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
  const auto number = static_cast<std::uint32_t>(patterns_.size());
  auto made = std::make_unique<Pattern>();
  made->source = pattern;
  if (when == Compile::now && !made->re().ok()) return fail(Exit::config, made->re().error());
  PatternLiterals literals = read_pattern_literals(pattern);
  if (literals.any.empty()) always_.push_back(number);
  for (const PatternLiteral& literal : literals.any) literals_.push_back({literal, number});
  if (literals.exact) made->exact = std::move(literals.any);
  patterns_.push_back(std::move(made));
  return number;
}

Result<std::uint32_t> Patterns::add_literal(const std::string& text) {
  if (text.size() < min_literal_bytes) return fail(Exit::config, "\"" + text + "\" is shorter than 3 bytes");
  const auto number = static_cast<std::uint32_t>(patterns_.size());
  auto made = std::make_unique<Pattern>();
  made->source = text;
  made->exact = {{lower_copy(text), false, false}};
  literals_.push_back({made->exact.front(), number});
  patterns_.push_back(std::move(made));
  return number;
}

std::uint32_t Patterns::count() const { return static_cast<std::uint32_t>(patterns_.size()); }

void Patterns::finish() {
  // Each literal is filed under that trigram of it which the fewest literals share.
  std::vector<std::uint32_t> shared(trigram_hashes, 0);
  for (const Literal& literal : literals_)
    for (std::size_t i = 0; i + 3 <= literal.wanted.text.size(); ++i)
      ++shared[trigram_hash(literal.wanted.text.data() + i)];
  std::vector<std::uint32_t> trigram_at(literals_.size(), 0);
  for (std::size_t n = 0; n < literals_.size(); ++n) {
    const char* const text = literals_[n].wanted.text.data();
    for (std::uint32_t i = 1; i + 3 <= literals_[n].wanted.text.size(); ++i)
      if (shared[trigram_hash(text + i)] < shared[trigram_hash(text + trigram_at[n])]) trigram_at[n] = i;
  }
  file_literals(trigram_at);
  literals_.clear();
}

void Patterns::file_literals(const std::vector<std::uint32_t>& trigram_at) {
  filed_.reserve(literals_.size());
  for (std::size_t n = 0; n < literals_.size(); ++n) {
    const PatternLiteral& wanted = literals_[n].wanted;
    filed_.push_back({trigram_of(wanted.text.data() + trigram_at[n]), literals_[n].pattern,
                      static_cast<std::uint32_t>(texts_.size()),
                      static_cast<std::uint32_t>(wanted.text.size()), trigram_at[n], wanted.border_before,
                      wanted.border_after});
    texts_ += wanted.text;
  }
  std::stable_sort(filed_.begin(), filed_.end(),
                   [](const Filed& a, const Filed& b) { return hash_of(a.trigram) < hash_of(b.trigram); });
  bucket_.assign(trigram_hashes + 1, 0);
  present_.assign(trigram_hashes / 64, 0);
  for (const Filed& literal : filed_) {
    const std::uint32_t hash = hash_of(literal.trigram);
    ++bucket_[hash + 1];
    present_[hash / 64] |= std::uint64_t{1} << hash % 64;
  }
  for (std::size_t h = 0; h < trigram_hashes; ++h) bucket_[h + 1] += bucket_[h];
}

bool Patterns::stands_at(const Filed& literal, std::string_view lower, std::size_t at) const {
  const std::string_view text = std::string_view(texts_).substr(literal.text, literal.size);
  if (!lower.substr(at).starts_with(text)) return false;
  if (literal.border_before && !is_word_border(lower, at)) return false;
  return !literal.border_after || is_word_border(lower, at + text.size());
}

void Patterns::candidates(std::string_view lower, std::vector<std::uint32_t>& out) const {
  out = always_;
  std::uint32_t three = lower.size() < 3 ? 0 : trigram_of(lower.data()) << 8U & 0xFFFFFFU;
  for (std::size_t at = 0; at + 3 <= lower.size(); ++at) {
    three = three >> 8U | byte_at(lower.data() + at + 2) << 16U;
    const std::uint32_t hash = hash_of(three);
    if ((present_[hash / 64] >> hash % 64 & 1U) == 0) continue;
    for (std::uint32_t i = bucket_[hash]; i < bucket_[hash + 1]; ++i) {
      const Filed& literal = filed_[i];
      if (literal.trigram == three && at >= literal.trigram_at &&
          stands_at(literal, lower, at - literal.trigram_at))
        out.push_back(literal.pattern);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

bool Patterns::candidate_matches(std::uint32_t number, std::string_view text) const {
  const Pattern& pattern = *patterns_[number];
  return !pattern.exact.empty() ||
         pattern.re().Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

bool Patterns::find(std::uint32_t number, std::string_view text, std::string_view lower, Span& where) const {
  const Pattern& pattern = *patterns_[number];
  if (pattern.exact.empty()) {
    re2::StringPiece found;
    if (!pattern.re().Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, &found, 1))
      return false;
    where.begin = static_cast<std::size_t>(found.data() - text.data());
    where.end = where.begin + found.size();
    return true;
  }
  std::size_t begin = std::string::npos;
  for (const PatternLiteral& literal : pattern.exact)
    if (const std::size_t at = find_literal(literal, lower); at < begin) {
      begin = at;
      where = {at, at + literal.text.size()};
    }
  return begin != std::string::npos;
}

}  // namespace bounced
