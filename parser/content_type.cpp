#include "parser/content_type.hpp"

#include "parser/charset.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// Bounds on a hostile field; real ones have fewer than ten parameters.
constexpr std::size_t most_parameters = 100;

/// Skips blanks and comments (RFC 5322 3.2.2), nested ones without recursion.
void skip_blanks(std::string_view& rest) {
  while (!rest.empty()) {
    if (is_space(rest.front())) {
      rest.remove_prefix(1);
      continue;
    }
    if (rest.front() != '(') return;
    int open = 0;
    std::size_t i = 0;
    for (; i < rest.size(); ++i) {
      if (rest[i] == '\\')
        ++i;
      else if (rest[i] == '(')
        ++open;
      else if (rest[i] == ')' && --open == 0)
        break;
    }
    rest.remove_prefix(std::min(i + 1, rest.size()));
  }
}

std::string take_quoted(std::string_view& rest) {
  std::string out;
  std::size_t i = 1;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    out += rest[i];
  }
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return out;
}

std::string take_until(std::string_view& rest, std::string_view stops) {
  const std::size_t end = std::min(rest.find_first_of(stops), rest.size());
  std::string out(trim(rest.substr(0, end)));
  rest.remove_prefix(end);
  return out;
}

std::string take_value(std::string_view& rest) {
  skip_blanks(rest);
  if (!rest.empty() && rest.front() == '"') return take_quoted(rest);
  return take_until(rest, "; \t");
}

std::string undo_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

struct Extended {
  std::string name, charset, bytes;
};

/// Adds one RFC 2231 segment ("name*", "name*0", "name*1*") to the value that is being put together. Segments
/// come in order in every mail of the field, so they are joined as they come.
void join_segment(std::vector<Extended>& joined, std::string_view name, std::string_view value) {
  const std::string base(name.substr(0, name.find('*')));
  const bool encoded = name.back() == '*';
  if (joined.empty() || joined.back().name != base) joined.push_back({base, "", ""});
  Extended& target = joined.back();
  if (encoded && target.bytes.empty()) {
    const std::size_t first = value.find('\'');
    const std::size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
    if (second != std::string_view::npos) {
      target.charset = lower_copy(value.substr(0, first));
      value.remove_prefix(second + 1);
    }
  }
  target.bytes += encoded ? undo_percent(value) : std::string(value);
}

}  // namespace

std::string_view ParameterisedValue::parameter(std::string_view name) const {
  for (const auto& [key, text] : parameters)
    if (key == name) return text;
  return {};
}

ParameterisedValue read_parameterised(std::string_view field_value) {
  ParameterisedValue out;
  std::string_view rest = field_value;
  skip_blanks(rest);
  out.value = lower_copy(take_until(rest, ";( \t"));
  std::vector<Extended> extended;
  while (!rest.empty() && out.parameters.size() + extended.size() < most_parameters) {
    skip_blanks(rest);
    if (!rest.empty() && rest.front() == ';') {
      rest.remove_prefix(1);
      continue;
    }
    const std::string name = lower_copy(take_until(rest, "=;"));
    if (rest.empty() || rest.front() == ';') continue;
    rest.remove_prefix(1);
    const std::string value = take_value(rest);
    if (name.find('*') != std::string::npos)
      join_segment(extended, name, value);
    else if (!name.empty())
      out.parameters.emplace_back(name, decode_words(value));
  }
  for (const Extended& one : extended) out.parameters.emplace_back(one.name, to_utf8(one.bytes, one.charset));
  return out;
}

}  // namespace bounced
