#include "parser/patterns.hpp"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>

namespace bounced {
namespace {

/// Literals shorter than this are in too many replies to sort anything out.
constexpr std::size_t min_literal_bytes = 3;
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

std::uint32_t trigram(const char* at) {
  const auto byte = [&](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
  const std::uint32_t value = byte(0) | (byte(1) << 8U) | (byte(2) << 16U);
  return (value * 2654435761U) >> 18U;
}
static_assert(trigram_hashes == 1U << (32U - 18U));

std::string lower_ascii(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

struct Patterns::Pattern {
  std::unique_ptr<RE2> re;  // null for a literal
  std::string literal;
};

Patterns::Patterns() = default;
Patterns::Patterns(Patterns&&) noexcept = default;
Patterns& Patterns::operator=(Patterns&&) noexcept = default;
Patterns::~Patterns() = default;

Result<std::uint32_t> Patterns::add(const std::string& pattern) {
  const auto number = static_cast<std::uint32_t>(patterns_.size());
  Pattern made;
  made.re = std::make_unique<RE2>(pattern, options());
  if (!made.re->ok()) return fail(Exit::config, made.re->error());
  // FilteredRE2 tells which strings a match must hold: a tree of "and" and "or". Any one of them being there
  // is necessary, which is all that is asked here.
  re2::FilteredRE2 filter(static_cast<int>(min_literal_bytes));
  int id = 0;
  std::vector<std::string> atoms;
  if (filter.Add(pattern, options(), &id) == RE2::NoError) filter.Compile(&atoms);
  // Without atoms, or when they do not bind (an empty text would pass), the pattern is always tried.
  std::vector<int> passed;
  if (!atoms.empty()) filter.AllPotentials({}, &passed);
  if (atoms.empty() || !passed.empty()) {
    always_.push_back(number);
  } else {
    for (std::string& atom : atoms) add_literal_of(std::move(atom), number);
  }
  patterns_.push_back(std::move(made));
  return number;
}

Result<std::uint32_t> Patterns::add_literal(const std::string& text) {
  if (text.size() < min_literal_bytes) return fail(Exit::config, "\"" + text + "\" is shorter than 3 bytes");
  const auto number = static_cast<std::uint32_t>(patterns_.size());
  add_literal_of(lower_ascii(text), number);
  Pattern made;
  made.literal = lower_ascii(text);
  patterns_.push_back(std::move(made));
  return number;
}

void Patterns::add_literal_of(std::string text, std::uint32_t pattern) {
  literals_.push_back({std::move(text), pattern, 0});
}

std::uint32_t Patterns::count() const { return static_cast<std::uint32_t>(patterns_.size()); }

void Patterns::finish() {
  // Each literal is filed under that trigram of it which the fewest literals share.
  std::vector<std::uint32_t> shared(trigram_hashes, 0);
  for (const Literal& literal : literals_)
    for (std::size_t i = 0; i + 3 <= literal.text.size(); ++i) ++shared[trigram(literal.text.data() + i)];
  std::vector<std::uint32_t> hash(literals_.size());
  for (std::size_t n = 0; n < literals_.size(); ++n) {
    Literal& literal = literals_[n];
    for (std::size_t i = 1; i + 3 <= literal.text.size(); ++i)
      if (shared[trigram(literal.text.data() + i)] <
          shared[trigram(literal.text.data() + literal.trigram_at)])
        literal.trigram_at = static_cast<std::uint32_t>(i);
    hash[n] = trigram(literal.text.data() + literal.trigram_at);
  }
  order_.resize(literals_.size());
  for (std::uint32_t n = 0; n < order_.size(); ++n) order_[n] = n;
  std::stable_sort(order_.begin(), order_.end(), [&](auto a, auto b) { return hash[a] < hash[b]; });
  bucket_.assign(trigram_hashes + 1, 0);
  for (const std::uint32_t h : hash) ++bucket_[h + 1];
  for (std::size_t h = 0; h < trigram_hashes; ++h) bucket_[h + 1] += bucket_[h];
}

void Patterns::candidates(std::string_view lower, std::vector<std::uint32_t>& out) const {
  out.assign(always_.begin(), always_.end());
  for (std::size_t at = 0; at + 3 <= lower.size(); ++at) {
    const std::uint32_t hash = trigram(lower.data() + at);
    for (std::uint32_t i = bucket_[hash]; i < bucket_[hash + 1]; ++i) {
      const Literal& literal = literals_[order_[i]];
      if (at < literal.trigram_at) continue;
      if (lower.substr(at - literal.trigram_at).starts_with(literal.text)) out.push_back(literal.pattern);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

bool Patterns::matches(std::uint32_t number, std::string_view text) const {
  const Pattern& pattern = patterns_[number];
  if (!pattern.re) return true;  // a literal is a candidate only where it stands
  return pattern.re->Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

Span Patterns::where(std::uint32_t number, std::string_view text) const {
  const Pattern& pattern = patterns_[number];
  if (!pattern.re) {
    const std::size_t at = lower_ascii(std::string(text)).find(pattern.literal);
    return at == std::string::npos ? Span{0, text.size()} : Span{at, at + pattern.literal.size()};
  }
  re2::StringPiece found;
  if (!pattern.re->Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, &found, 1))
    return {0, text.size()};
  const auto begin = static_cast<std::size_t>(found.data() - text.data());
  return {begin, begin + found.size()};
}

}  // namespace bounced
