// The door to libidn2 (internationalised domains) and libpsl (public suffixes). Both allocate with malloc and
// want NUL-terminated text; libpsl's compiled-in list is used, so no file is read.
#include "parser/address.hpp"

#include <idn2.h>
#include <libpsl.h>

#include <memory>
#include <unordered_set>

#include "parser/charset.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// RFC 5321 4.5.3.1: 64 bytes of local part, 255 of domain. VERP senders go beyond 64, so twice the longest
/// path is read and what is longer is no address.
constexpr std::size_t longest_local_part = 256;
constexpr std::size_t longest_domain = 255;

/// RFC 5322 3.2.3: atext, and the dots between atoms.
constexpr ByteSet atom_chars(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.");
constexpr bool is_atom_char(char c) { return atom_chars.has(c); }
constexpr ByteSet domain_chars("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
constexpr bool is_domain_char(char c) { return domain_chars.has(c); }

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;
};

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned char lead = byte(at);
  if (lead >= 0xF0)
    return {
        (lead & 7U) << 18U | (byte(at + 1) & 63U) << 12U | (byte(at + 2) & 63U) << 6U | (byte(at + 3) & 63U),
        4};
  if (lead >= 0xE0) return {(lead & 15U) << 12U | (byte(at + 1) & 63U) << 6U | (byte(at + 2) & 63U), 3};
  if (lead >= 0xC0) return {(lead & 31U) << 6U | (byte(at + 1) & 63U), 2};
  return {lead, 1};
}

std::size_t start_of_code_point(std::string_view text, std::size_t last_byte) {
  std::size_t at = last_byte;
  while (at > 0 && last_byte - at < 3 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

/// How a letter beyond ASCII joins an address in running text: alphabetic scripts are part of the word; those
/// written without blanks between words (and all punctuation) end it, unless the address begins with them.
enum class Script : std::uint8_t { none, alphabetic, unspaced };
Script script_of(char32_t c) {
  if (c < 0xC0) return Script::none;
  if (c < 0x2000) return Script::alphabetic;
  const bool punctuation = c <= 0x2BFF || (c >= 0x3000 && c <= 0x3020) || (c >= 0xFE10 && c <= 0xFF0F) ||
                           (c >= 0xFF1A && c <= 0xFF20) || (c >= 0xFF3B && c <= 0xFF40) || c >= 0xFFF0;
  return punctuation && c < 0x10000 ? Script::none : Script::unspaced;
}

/// First byte of the local part that ends before `at` (the '@'); `at` itself when there is none.
std::size_t local_part_start(std::string_view text, std::size_t at) {
  if (at == 0) return at;
  if (text[at - 1] == '"') {
    const std::size_t floor = at > longest_local_part ? at - longest_local_part : 0;
    for (std::size_t i = at - 1; i-- > floor;) {
      if (text[i] == '\n') break;
      if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) return i;
    }
    return at;
  }
  const Script nearest = is_ascii(text[at - 1])
                             ? Script::alphabetic
                             : script_of(code_point_at(text, start_of_code_point(text, at - 1)).value);
  std::size_t start = at;
  while (start > 0 && at - start < longest_local_part) {
    const char before = text[start - 1];
    if (is_ascii(before)) {
      if (!is_atom_char(before)) break;
      --start;
      continue;
    }
    const std::size_t begin = start_of_code_point(text, start - 1);
    const Script script = script_of(code_point_at(text, begin).value);
    if (script == Script::none || script > nearest) break;
    start = begin;
  }
  constexpr ByteSet marks("'`*=|&?!/{}^~");
  while (start < at && marks.has(text[start])) ++start;
  return start;
}

std::size_t literal_end(std::string_view text, std::size_t begin) {
  const std::size_t end = text.substr(begin, longest_domain).find(']');
  if (end == std::string_view::npos) return begin;
  for (const char c : text.substr(begin + 1, end - 1))
    if (!is_alnum(c) && c != '.' && c != ':' && c != '-') return begin;
  return end > 1 ? begin + end + 1 : begin;
}

/// One byte behind the domain that begins at `begin`; `begin` itself when there is none.
std::size_t domain_end(std::string_view text, std::size_t begin) {
  if (begin < text.size() && text[begin] == '[') return literal_end(text, begin);
  std::size_t end = begin;
  Script widest = Script::none;
  bool dotted = false;
  while (end < text.size() && end - begin < longest_domain) {
    const char c = text[end];
    if (is_ascii(c)) {
      if (!is_domain_char(c) || (c == '.' && end + 1 < text.size() && text[end + 1] == '.')) break;
      dotted = dotted || c == '.';
      ++end;
      continue;
    }
    const CodePoint point = code_point_at(text, end);
    const Script script = script_of(point.value);
    const bool opens_label = end == begin || text[end - 1] == '.';
    if (script == Script::none || (script == Script::unspaced && widest != script && !opens_label && dotted))
      break;
    widest = std::max(widest, script);
    end = std::min(end + point.length, text.size());  // the last character may be cut off
  }
  while (end > begin && (text[end - 1] == '.' || text[end - 1] == '-' || text[end - 1] == '_')) --end;
  return std::min(end, text.size());
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > longest_domain) return false;
  if (domain.front() == '[') return literal_end(domain, 0) == domain.size();
  const std::size_t dot = domain.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? domain : domain.substr(dot + 1);
  if (last.empty() || domain.front() == '.' || domain.front() == '-') return false;
  if (std::all_of(last.begin(), last.end(), is_digit)) return false;
  for (std::size_t i = 0; i < domain.size(); ++i) {
    if (is_ascii(domain[i]) && !is_domain_char(domain[i])) return false;
    if (domain[i] == '.' && domain[i + 1] == '.') return false;
  }
  return true;
}

bool is_local_part(std::string_view local) {
  if (local.empty() || local.size() > longest_local_part) return false;
  if (local.size() > 2 && local.front() == '"' && local.back() == '"') {
    return std::all_of(local.begin(), local.end(),
                       [](char c) { return !is_ascii(c) || (c >= ' ' && c != 127); });
  }
  const bool masked =
      local.front() == '*' && std::all_of(local.begin(), local.end(), [](char c) { return c == '*'; });
  return !masked &&
         std::all_of(local.begin(), local.end(), [](char c) { return !is_ascii(c) || is_atom_char(c); });
}

/// RFC 5322 comments removed, nested ones too; text in quotes stays.
std::string without_comments(std::string_view text) {
  std::string out;
  int open = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && open == 0) quoted = !quoted;
    if (!quoted && c == '(') ++open;
    if (open == 0) out += c;
    if (!quoted && c == ')' && open > 0) --open;
  }
  return out;
}

/// What stands between the last pair of angle brackets that holds an '@', else the text itself.
std::string_view inside_brackets(std::string_view text) {
  const std::size_t close = text.rfind('>');
  if (close == std::string_view::npos) return text;
  const std::size_t open = text.substr(0, close).rfind('<');
  if (open == std::string_view::npos) return text;
  const std::string_view inner = text.substr(open + 1, close - open - 1);
  return inner.find('@') == std::string_view::npos ? text : inner;
}

/// "@relay.example,@b.example:user@c.example" → "user@c.example" (RFC 5321 appendix C: routes are ignored).
std::string_view without_route(std::string_view path) {
  if (path.empty() || path.front() != '@') return path;
  const std::size_t colon = path.find(':');
  return colon == std::string_view::npos ? path : path.substr(colon + 1);
}

using FreedText = std::unique_ptr<char, void (*)(void*)>;

/// True when `mapped` differs from `written` only in the case of letters beyond ASCII. IDNA's mapping also
/// drops soft hyphens and makes "ª" an "a": fine for what a person types, but a damaged domain of a report
/// must not become another one.
bool same_but_case(std::string_view written, std::string_view mapped) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < written.size() && j < mapped.size()) {
    const CodePoint a = code_point_at(written, i);
    const CodePoint b = code_point_at(mapped, j);
    if (a.value != b.value && (a.value < 0x80 || b.value < 0x80)) return false;
    i += a.length;
    j += b.length;
  }
  return i == written.size() && j == mapped.size();
}

/// The domain in libidn2's A-labels; "" where IDNA has none.
std::string mapped_to_ascii(const std::string& domain) {
  char* out = nullptr;
  if (idn2_to_ascii_8z(domain.c_str(), &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) return {};
  const FreedText owner(out, idn2_free);
  return lower_copy(out);
}

/// A-labels ("xn--…") as U-labels; as written where they are none, or none that the U-labels lead back to
/// (some bytes decode to capitals, which no registry has).
std::string unicode_labels(const std::string& domain) {
  if (domain.find("xn--") == std::string::npos) return domain;
  char* out = nullptr;
  if (idn2_to_unicode_8z8z(domain.c_str(), &out, 0) != IDN2_OK) return domain;
  const FreedText owner(out, idn2_free);
  const std::string decoded(out);
  const std::string back = is_valid_utf8(decoded) ? mapped_to_ascii(decoded) : std::string{};
  const std::string given = all_ascii(domain) ? domain : mapped_to_ascii(domain);
  return !back.empty() && back == given ? decoded : domain;
}

/// The domain as A-labels, or as written (in lower case) where IDNA has none.
std::string ascii_domain(const std::string& domain) {
  if (all_ascii(domain)) return domain;
  const std::string ascii = mapped_to_ascii(domain);
  return !ascii.empty() && same_but_case(unicode_labels(domain), unicode_labels(ascii)) ? ascii : domain;
}

/// The domain as U-labels, by way of the A-labels so that case comes out alike.
std::string unicode_domain(const std::string& domain) { return unicode_labels(ascii_domain(domain)); }

/// "\"joe\"" → "joe": quotes that RFC 5321 4.1.2 says don't matter.
std::string_view without_idle_quotes(std::string_view local) {
  if (local.size() < 3 || local.front() != '"' || local.back() != '"') return local;
  const std::string_view inner = local.substr(1, local.size() - 2);
  const bool atoms =
      std::all_of(inner.begin(), inner.end(), [](char c) { return !is_ascii(c) || is_atom_char(c); });
  return atoms && is_local_part(inner) ? inner : local;
}

// The host name at the start of "mx.example.org (192.0.2.1)"; "" for an IP address or a name without a dot,
// which name no organisation.
std::string_view host_name(std::string_view host) {
  const std::string_view name =
      trim(host.substr(0, host.find_first_of(" \t(", host.find_first_not_of(" \t"))));
  const bool digits_only = name.find_first_not_of("0123456789.[]") == std::string_view::npos;
  const bool named = name.find('.') != std::string_view::npos && name.find(':') == std::string_view::npos;
  return named && !digits_only ? name : std::string_view{};
}

}  // namespace

std::string normal_address(std::string_view text) {
  std::string_view path = trim(text);
  std::string bare;
  std::string found;
  if (!is_address(path)) {  // what is one may have brackets in its quotes
    path = inside_brackets(path);
    if (path.find('(') != std::string_view::npos) {
      bare = without_comments(path);
      path = bare;
    }
    path = trim(without_route(trim(path)));
    if (!is_address(path)) {
      const auto all = addresses_in(text);
      if (all.empty()) return {};
      found = all.front();
      path = found;
    }
  }
  if (path.front() != '"' && all_ascii(path)) return lower_copy(path);
  const std::size_t at = path.rfind('@');
  const std::string local = lower_copy(without_idle_quotes(path.substr(0, at)));
  const std::string domain = lower_copy(path.substr(at + 1));
  return local + '@' + (all_ascii(local) ? ascii_domain(domain) : unicode_domain(domain));
}

bool is_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return at != std::string_view::npos && is_local_part(text.substr(0, at)) && is_domain(text.substr(at + 1));
}

std::vector<AddressSpan> find_addresses(std::string_view text) {
  std::vector<AddressSpan> found;
  std::size_t taken = 0;  // bytes that belong to an address already
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (at < taken) continue;
    const std::size_t start = std::max(local_part_start(text, at), taken);
    const std::size_t end = domain_end(text, at + 1);
    if (start >= at || end <= at + 1 || !is_address(text.substr(start, end - start))) continue;
    if (end < text.size() && text[end] == '@') continue;  // "x@y@z.example"
    taken = end;
    found.push_back({start, end});
  }
  return found;
}

std::vector<std::string> addresses_in(std::string_view text) {
  std::vector<std::string> found;
  std::unordered_set<std::string_view> seen;
  for (const AddressSpan& span : find_addresses(text)) {
    const std::string_view address = text.substr(span.begin, span.end - span.begin);
    if (seen.insert(address).second) found.emplace_back(address);
  }
  return found;
}

std::vector<std::string> mailboxes_in(std::string_view field_value) {
  std::vector<std::string> found;
  bool quoted = false;
  int comments = 0;
  std::size_t start = 0;
  const auto take = [&](std::size_t end) {
    if (std::string address = normal_address(field_value.substr(start, end - start)); !address.empty())
      found.push_back(std::move(address));
    start = end + 1;
  };
  constexpr ByteSet marks("\\\"(),;:");
  for (std::size_t i = 0; i < field_value.size(); ++i) {
    const char c = field_value[i];
    if (!marks.has(c)) continue;
    if (c == '\\') {
      ++i;
    } else if (c == '"' && comments == 0) {
      quoted = !quoted;
    } else if (!quoted && c == '(') {
      ++comments;
    } else if (!quoted && c == ')' && comments > 0) {
      --comments;
    } else if (!quoted && comments == 0 && (c == ',' || c == ';')) {
      take(i);
    } else if (!quoted && comments == 0 && c == ':' &&
               field_value.substr(start, i - start).find('<') == std::string_view::npos) {
      start = i + 1;  // the name of a group
    }
  }
  if (start < field_value.size()) take(field_value.size());
  if (found.empty())  // unbalanced quotes or parentheses
    for (const std::string& address : addresses_in(field_value)) found.push_back(normal_address(address));
  return found;
}

std::string_view domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

std::string organisational_domain(std::string_view host) {
  std::string name = lower_copy(host_name(host));
  if (name.empty()) return name;
  const psl_ctx_t* list = psl_builtin();
  const char* found = list == nullptr ? nullptr : psl_registrable_domain(list, name.c_str());
  return found == nullptr ? name : std::string(found);
}

std::string decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto upper_hex = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); };
    if (text[i] == '=') return std::string(text);
    if (text[i] != '+') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !upper_hex(text[i + 1]) || !upper_hex(text[i + 2])) return std::string(text);
    out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return is_valid_utf8(out) && out.find('\0') == std::string::npos ? out : std::string(text);
}

std::string decode_utf8_addr(std::string_view text) {
  constexpr std::size_t most_hex_digits = 6;  // RFC 6533 3: the escape of one code point
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) != "\\x{") {
      out += text[i];
      continue;
    }
    const std::size_t end = text.find('}', i);
    if (end == std::string_view::npos || end == i + 3 || end - i - 3 > most_hex_digits)
      return std::string(text);
    char32_t value = 0;
    for (const char c : text.substr(i + 3, end - i - 3)) {
      if (hex_value(c) < 0) return std::string(text);
      value = value * 16 + static_cast<char32_t>(hex_value(c));
    }
    if (value < 0x20 || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return std::string(text);
    append_utf8(out, value);
    i = end;
  }
  return out;
}

}  // namespace bounced
