#include "parser/header_fields.hpp"

#include "parser/charset.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// RFC 5322 gives no bound; the longest registered names have about 40 letters.
constexpr std::size_t longest_field_name = 120;

/// What most headers need, so that they grow at once.
constexpr std::size_t usual_bytes = 1024;
constexpr std::size_t usual_fields = 20;

/// True when the line below is a field or a continuation: then a line without a name is taken as folded.
bool header_goes_on(std::string_view rest) {
  const std::string_view next = take_line(rest);
  return !next.empty() && (is_blank(next.front()) || !field_name(next).empty());
}

/// Names of one length mostly differ at their end or in what stands behind "X-".
std::size_t hash_of(std::string_view name) {
  const auto letter = [&](std::size_t at) {
    return at < name.size() ? static_cast<std::size_t>(static_cast<unsigned char>(lower(name[at]))) : 0;
  };
  return (name.size() * 7 + letter(2) * 31 + letter(name.size() - 1) * 13 + letter(name.size() / 2)) % 256;
}

}  // namespace

void HeaderFields::add(std::string_view name, std::string_view value) {
  if (places_.empty()) {
    text_.reserve(usual_bytes);
    places_.reserve(usual_fields);
  }
  const auto begin = static_cast<std::uint32_t>(text_.size());
  text_ += name;
  text_ += value;
  places_.push_back(
      {begin, static_cast<std::uint32_t>(begin + name.size()), static_cast<std::uint32_t>(text_.size())});
  const std::size_t hash = hash_of(name);
  names_[hash / 64] |= std::uint64_t{1} << hash % 64;
}

void HeaderFields::extend_last(std::string_view more) {
  text_ += more;
  places_.back().end = static_cast<std::uint32_t>(text_.size());
}

void HeaderFields::to_utf8() {
  if (is_plain_ascii(text_, {})) return;
  HeaderFields converted;
  for (std::size_t i = 0; i < size(); ++i) converted.add(name(i), bounced::to_utf8(value(i), {}));
  *this = std::move(converted);
}

std::string_view HeaderFields::name(std::size_t i) const {
  return std::string_view(text_).substr(places_[i].name, places_[i].value - places_[i].name);
}

std::string_view HeaderFields::value(std::size_t i) const {
  return std::string_view(text_).substr(places_[i].value, places_[i].end - places_[i].value);
}

bool HeaderFields::may_have(std::string_view name) const {
  const std::size_t hash = hash_of(name);
  return (names_[hash / 64] >> hash % 64 & 1U) != 0;
}

std::string_view HeaderFields::first(std::string_view wanted) const {
  if (!may_have(wanted)) return {};
  for (std::size_t i = 0; i < size(); ++i)
    if (same_word(name(i), wanted)) return value(i);
  return {};
}

std::vector<std::string_view> HeaderFields::all(std::string_view wanted) const {
  std::vector<std::string_view> values;
  if (!may_have(wanted)) return values;
  for (std::size_t i = 0; i < size(); ++i)
    if (same_word(name(i), wanted)) values.push_back(value(i));
  return values;
}

bool HeaderFields::has(std::string_view wanted) const {
  if (!may_have(wanted)) return false;
  for (std::size_t i = 0; i < size(); ++i)
    if (same_word(name(i), wanted)) return true;
  return false;
}

std::string_view field_name(std::string_view line) {
  line = line.substr(0, longest_field_name);
  std::size_t end = 0;
  while (end < line.size() && line[end] > ' ' && line[end] <= '~' && line[end] != ':') ++end;
  std::size_t colon = end;
  while (colon < line.size() && is_space(line[colon])) ++colon;
  return end > 0 && colon < line.size() && line[colon] == ':' ? line.substr(0, end) : std::string_view{};
}

HeaderFields read_header_fields(std::string_view text, std::size_t* body_offset) {
  HeaderFields out;
  std::string_view rest = text;
  if (starts_with_word(rest, "From ") || starts_with_word(rest, ">From ")) take_line(rest);
  while (!rest.empty()) {
    std::string_view after = rest;
    const std::string_view line = take_line(after);
    if (trim(line).empty()) {
      rest = after;
      break;
    }
    const std::string_view name = field_name(line);
    if (!name.empty()) {
      out.add(name, trim(line.substr(line.find(':') + 1)));
    } else if (!out.empty() && (is_blank(line.front()) || header_goes_on(after))) {
      if (!out.value(out.size() - 1).empty()) out.extend_last(" ");
      out.extend_last(trim(line));
    } else {
      break;
    }
    rest = after;
  }
  out.to_utf8();
  if (body_offset != nullptr) *body_offset = text.size() - rest.size();
  return out;
}

}  // namespace bounced
