#include "parser/patterns.hpp"

#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <re2/set.h>

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

/// Memory of the automata of all patterns without a literal, in bytes: they are few and short.
constexpr std::int64_t set_memory_bytes = 1 << 22;

RE2::Options set_options() {
  RE2::Options out = options();
  out.set_max_mem(set_memory_bytes);
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

/// A pattern that says nothing but itself; the look-up of its literal is the match.
bool is_plain(std::string_view pattern) {
  return pattern.size() >= min_literal_bytes && std::all_of(pattern.begin(), pattern.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
                  c == ':' || c == '#' || c == '/' || c == '@' || c == '_' || c == '-';
         });
}

/// FilteredRE2 tells which strings a match must hold, as a tree of "and" and "or" that it answers questions
/// about. The longest string without which nothing matches is enough; where there is none ("a|b"), any one of
/// all has to be there. Nothing when a match may hold none of them.
std::vector<std::string> necessary(const re2::FilteredRE2& filtered, const std::vector<std::string>& atoms) {
  const auto passes = [&](const std::vector<int>& present) {
    std::vector<int> passed;
    filtered.AllPotentials(present, &passed);
    return !passed.empty();
  };
  if (atoms.empty() || passes({})) return {};
  const std::string* longest = nullptr;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (longest != nullptr && atoms[i].size() <= longest->size()) continue;
    std::vector<int> others;
    for (std::size_t other = 0; other < atoms.size(); ++other)
      if (other != i) others.push_back(static_cast<int>(other));
    if (!passes(others)) longest = &atoms[i];
  }
  if (longest != nullptr) return {*longest};
  return atoms;
}

/// True for bytes of a character that has no upper and lower form outside ASCII: kana, Han, Hangul and their
/// like, by the first byte of their UTF-8.
bool begins_caseless(unsigned char first) {
  return (first >= 0xE3 && first <= 0xE9) || (first >= 0xEB && first <= 0xED);
}

/// The longest part of a literal that stands in a text lowered in ASCII as it stands here. RE2 lowers all
/// scripts in a literal, and a text may hold the upper-case form of a letter ("Ärger").
std::string part_in_any_case(std::string_view literal) {
  std::string_view longest;
  std::size_t begin = 0;
  const auto end_part = [&](std::size_t end) {
    if (end - begin > longest.size()) longest = literal.substr(begin, end - begin);
  };
  for (std::size_t at = 0; at < literal.size();) {
    const auto byte = static_cast<unsigned char>(literal[at]);
    const std::size_t length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    if (byte >= 0x80 && !begins_caseless(byte)) {
      end_part(at);
      begin = std::min(at + length, literal.size());
    }
    at += length;
  }
  end_part(literal.size());
  return std::string(longest);
}

}  // namespace

struct Patterns::Pattern {
  std::unique_ptr<re2::FilteredRE2> filtered;  // null for a literal; holds one RE2
  std::string literal;

  [[nodiscard]] const RE2& re() const { return filtered->GetRE2(0); }
};

struct Patterns::Set {
  RE2::Set patterns{set_options(), RE2::UNANCHORED};
};

Patterns::Patterns() = default;
Patterns::Patterns(Patterns&&) noexcept = default;
Patterns& Patterns::operator=(Patterns&&) noexcept = default;
Patterns::~Patterns() = default;

Result<std::uint32_t> Patterns::add(const std::string& pattern) {
  if (is_plain(pattern)) return add_literal(pattern);
  const auto number = static_cast<std::uint32_t>(patterns_.size());
  Pattern made;
  made.filtered = std::make_unique<re2::FilteredRE2>(static_cast<int>(min_literal_bytes));
  int id = 0;
  if (made.filtered->Add(pattern, options(), &id) != RE2::NoError)
    return fail(Exit::config, RE2(pattern, options()).error());
  std::vector<std::string> atoms;
  made.filtered->Compile(&atoms);
  std::vector<std::string> wanted = necessary(*made.filtered, atoms);
  for (std::string& atom : wanted) atom = part_in_any_case(atom);
  const bool too_short = std::any_of(wanted.begin(), wanted.end(),
                                     [](const std::string& atom) { return atom.size() < min_literal_bytes; });
  if (too_short) wanted.clear();
  if (wanted.empty()) always_.push_back(number);
  for (std::string& atom : wanted) add_literal_of(std::move(atom), number);
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
  finish_always();
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

void Patterns::finish_always() {
  if (always_.empty()) return;
  auto set = std::make_unique<Set>();
  for (const std::uint32_t number : always_) set->patterns.Add(patterns_[number].re().pattern(), nullptr);
  if (set->patterns.Compile()) set_ = std::move(set);
}

void Patterns::add_always(std::string_view text, std::vector<std::uint32_t>& out) const {
  std::vector<int> found;
  RE2::Set::ErrorInfo error{};
  if (set_ && set_->patterns.Match({text.data(), text.size()}, &found, &error)) {
    for (const int place : found) out.push_back(always_[static_cast<std::size_t>(place)]);
  } else if (!set_ || error.kind != RE2::Set::kNoError) {
    out.insert(out.end(), always_.begin(), always_.end());
  }
}

void Patterns::candidates(std::string_view lower, std::vector<std::uint32_t>& out) const {
  out.clear();
  add_always(lower, out);
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
  if (!pattern.filtered) return lower_ascii(std::string(text)).find(pattern.literal) != std::string::npos;
  return pattern.re().Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

bool Patterns::candidate_matches(std::uint32_t number, std::string_view text) const {
  return !patterns_[number].filtered || matches(number, text);
}

Span Patterns::where(std::uint32_t number, std::string_view text) const {
  const Pattern& pattern = patterns_[number];
  if (!pattern.filtered) {
    const std::size_t at = lower_ascii(std::string(text)).find(pattern.literal);
    return at == std::string::npos ? Span{0, text.size()} : Span{at, at + pattern.literal.size()};
  }
  re2::StringPiece found;
  if (!pattern.re().Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, &found, 1))
    return {0, text.size()};
  const auto begin = static_cast<std::size_t>(found.data() - text.data());
  return {begin, begin + found.size()};
}

}  // namespace bounced
