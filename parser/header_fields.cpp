#include "parser/header_fields.hpp"

#include "parser/charset.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// RFC 5322 gives no bound; the longest registered names have about 40 letters.
constexpr std::size_t longest_field_name = 120;

/// True when the line below is a field or a continuation: then a line without a name is taken as folded.
bool header_goes_on(std::string_view rest) {
  const std::string_view next = take_line(rest);
  return !next.empty() && (is_blank(next.front()) || !field_name(next).empty());
}

void append_folded(std::string& value, std::string_view line) {
  const std::string_view more = trim(line);
  if (!value.empty() && !more.empty()) value += ' ';
  value += more;
}

}  // namespace

std::string_view HeaderFields::first(std::string_view name) const {
  for (const HeaderField& field : fields)
    if (same_word(field.name, name)) return field.value;
  return {};
}

std::vector<std::string_view> HeaderFields::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const HeaderField& field : fields)
    if (same_word(field.name, name)) values.emplace_back(field.value);
  return values;
}

bool HeaderFields::has(std::string_view name) const {
  for (const HeaderField& field : fields)
    if (same_word(field.name, name)) return true;
  return false;
}

std::string_view field_name(std::string_view line) {
  const std::size_t colon = line.substr(0, longest_field_name).find(':');
  if (colon == std::string_view::npos || colon == 0 || is_blank(line.front())) return {};
  const std::string_view name = trim_right(line.substr(0, colon));
  for (const char c : name)
    if (c <= ' ' || c > '~') return {};
  return name;
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
      const std::string_view value = line.substr(line.find(':') + 1);
      out.fields.push_back({std::string(name), std::string(trim(value))});
    } else if (!out.fields.empty() && (is_blank(line.front()) || header_goes_on(after))) {
      append_folded(out.fields.back().value, line);
    } else {
      break;
    }
    rest = after;
  }
  for (HeaderField& field : out.fields)
    if (!all_ascii(field.value) || field.value.find('\x1b') != std::string::npos)
      field.value = to_utf8(field.value, "");
  if (body_offset != nullptr) *body_offset = text.size() - rest.size();
  return out;
}

}  // namespace bounced
