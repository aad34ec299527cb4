#include "parser/dialects/html_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "parser/charset.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// HTML 4 names of the characters that the field's reports use.
constexpr std::array<std::pair<std::string_view, char32_t>, 62> entities{{
    {"lt", '<'},       {"gt", '>'},        {"amp", '&'},      {"quot", '"'},     {"apos", '\''},
    {"nbsp", ' '},     {"iexcl", 0xA1},    {"laquo", 0xAB},   {"raquo", 0xBB},   {"iquest", 0xBF},
    {"Agrave", 0xC0},  {"Aacute", 0xC1},   {"Acirc", 0xC2},   {"Atilde", 0xC3},  {"Auml", 0xC4},
    {"Ccedil", 0xC7},  {"Egrave", 0xC8},   {"Eacute", 0xC9},  {"Ecirc", 0xCA},   {"Euml", 0xCB},
    {"Iacute", 0xCD},  {"Ntilde", 0xD1},   {"Oacute", 0xD3},  {"Ouml", 0xD6},    {"Uacute", 0xDA},
    {"Uuml", 0xDC},    {"szlig", 0xDF},    {"agrave", 0xE0},  {"aacute", 0xE1},  {"acirc", 0xE2},
    {"atilde", 0xE3},  {"auml", 0xE4},     {"aring", 0xE5},   {"aelig", 0xE6},   {"ccedil", 0xE7},
    {"egrave", 0xE8},  {"eacute", 0xE9},   {"ecirc", 0xEA},   {"euml", 0xEB},    {"igrave", 0xEC},
    {"iacute", 0xED},  {"icirc", 0xEE},    {"iuml", 0xEF},    {"ntilde", 0xF1},  {"ograve", 0xF2},
    {"oacute", 0xF3},  {"ocirc", 0xF4},    {"otilde", 0xF5},  {"ouml", 0xF6},    {"oslash", 0xF8},
    {"ugrave", 0xF9},  {"uacute", 0xFA},   {"ucirc", 0xFB},   {"uuml", 0xFC},    {"commat", '@'},
    {"ndash", 0x2013}, {"mdash", 0x2014},  {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C},
    {"rdquo", 0x201D}, {"hellip", 0x2026},
}};

/// Longest character reference that is looked at, with its name or digits.
constexpr std::size_t longest_reference = 12;

constexpr std::array<std::string_view, 24> line_enders{
    "br",  "p",  "/p",  "div", "/div", "tr", "/tr",   "li",     "/li", "h1",  "/h1", "h2",
    "/h2", "h3", "/h3", "h4",  "/h4",  "hr", "table", "/table", "ul",  "/ul", "pre", "/pre"};

char32_t numeric_reference(std::string_view digits) {
  const bool hex = !digits.empty() && lower(digits.front()) == 'x';
  if (hex) digits.remove_prefix(1);
  char32_t value = 0;
  for (const char c : digits) {
    const int digit = hex ? hex_value(c) : (is_digit(c) ? c - '0' : -1);
    if (digit < 0) return 0;
    value = value * (hex ? 16 : 10) + static_cast<char32_t>(digit);
    if (value > 0x10FFFF) return 0;
  }
  return value == 0xA0 ? U' ' : value;
}

/// Appends the character that `&name;` at the front of `rest` stands for; returns the bytes taken.
std::size_t append_reference(std::string& out, std::string_view rest) {
  const std::size_t end = rest.substr(0, longest_reference).find(';');
  if (end == std::string_view::npos || end < 2) {
    out += '&';
    return 1;
  }
  const std::string_view name = rest.substr(1, end - 1);
  char32_t value = 0;
  if (name.front() == '#') {
    value = numeric_reference(name.substr(1));
  } else {
    const auto* found = std::find_if(entities.begin(), entities.end(),
                                     [&](const auto& entity) { return entity.first == name; });
    if (found != entities.end()) value = found->second;
  }
  if (value == 0) {
    out += '&';
    return 1;
  }
  append_utf8(out, value);
  return end + 1;
}

/// Name of a tag, with '/' in front for a closing one, in lower case.
std::string tag_name(std::string_view inside) {
  std::size_t end = !inside.empty() && inside.front() == '/' ? 1 : 0;
  while (end < inside.size() && is_alnum(inside[end])) ++end;
  return lower_copy(inside.substr(0, end));
}

/// Tags that may stand in the middle of a word or an address; all others part words.
bool is_inside_words(std::string_view name) {
  constexpr std::array<std::string_view, 24> inside{
      "a",   "abbr", "b", "bdi",  "bdo",   "big",  "code",   "del",    "em",  "font", "i",  "ins",
      "kbd", "mark", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",  "tt", "u"};
  if (name.starts_with('/')) name.remove_prefix(1);
  return name == "wbr" || std::find(inside.begin(), inside.end(), name) != inside.end();
}

/// Bytes of an element whose content is no text, from its '<' through its closing tag.
std::size_t skip_element(std::string_view html, std::size_t begin, const std::string& name) {
  const std::size_t close = find_word(html, "</" + name, begin);
  if (close == std::string_view::npos) return html.size();
  const std::size_t end = html.find('>', close);
  return end == std::string_view::npos ? html.size() : end + 1;
}

/// Handles the markup that begins at `at` (a '<'); returns where text goes on.
std::size_t take_markup(std::string& out, std::string_view html, std::size_t at) {
  if (html.substr(at, 4) == "<!--") {
    const std::size_t end = html.find("-->", at);
    return end == std::string_view::npos ? html.size() : end + 3;
  }
  const std::size_t end = html.find('>', at);
  if (end == std::string_view::npos) return html.size();
  const std::string_view inside = html.substr(at + 1, end - at - 1);
  const std::size_t blank = inside.find_first_of(" =\n");
  if (inside.substr(0, blank).find('@') != std::string_view::npos) {
    out += html.substr(at, end + 1 - at);
    return end + 1;
  }
  const std::string name = tag_name(inside);
  if (name == "style" || name == "script" || name == "title") return skip_element(html, end, name);
  if (std::find(line_enders.begin(), line_enders.end(), name) != line_enders.end())
    out += '\n';
  else if (!is_inside_words(name))
    out += ' ';
  return end + 1;
}

}  // namespace

std::string html_to_text(std::string_view html) {
  std::string out;
  out.reserve(html.size() / 2);
  bool preformatted = false;
  for (std::size_t i = 0; i < html.size();) {
    const char c = html[i];
    if (c == '<') {
      const std::string_view next = html.substr(i, 5);
      if (starts_with_word(next, "<pre")) preformatted = true;
      if (starts_with_word(next, "</pre")) preformatted = false;
      i = take_markup(out, html, i);
    } else if (c == '&') {
      i += append_reference(out, html.substr(i));
    } else {
      out += c == '\n' && !preformatted ? ' ' : c;
      ++i;
    }
  }
  return out;
}

}  // namespace bounced::dialects
