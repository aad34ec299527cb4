#include "daemon/imap/folder_name.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace bounced::imap {
namespace {

/// RFC 3501 5.1.3: base64 with "," for "/", without padding.
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
constexpr char32_t replacement = 0xFFFD;

struct Decoded {
  char32_t code = replacement;
  std::size_t bytes = 1;
};

/// The character that `text` (not empty) starts with.
Decoded first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (bytes == 0 || lead > 0xF4 || text.size() < bytes) return {};
  auto code = static_cast<char32_t>(lead & (0xFFU >> (bytes + 1)));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return {};
    code = (code << 6U) | (byte & 0x3FU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (code < least[bytes] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
  return {code, bytes};
}

void append_utf8(std::string& out, char32_t code) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6U));
    put(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12U));
    put(0x80 | ((code >> 6U) & 0x3FU));
    put(0x80 | (code & 0x3FU));
  } else {
    put(0xF0 | (code >> 18U));
    put(0x80 | ((code >> 12U) & 0x3FU));
    put(0x80 | ((code >> 6U) & 0x3FU));
    put(0x80 | (code & 0x3FU));
  }
}

/// Writes UTF-16 units as one shifted run: "&" base64 "-".
class ShiftedRun {
 public:
  explicit ShiftedRun(std::string& out) : out_(out) {}
  void put(char32_t code) {
    if (code >= 0x10000) {
      put_unit(0xD800 + ((code - 0x10000) >> 10U));
      put_unit(0xDC00 + ((code - 0x10000) & 0x3FFU));
    } else {
      put_unit(code);
    }
  }
  void end() {
    if (!open_) return;
    if (bits_ > 0) out_ += alphabet[(pending_ << (6 - bits_)) & 0x3FU];
    out_ += '-';
    open_ = false;
    bits_ = 0;
    pending_ = 0;
  }

 private:
  void put_unit(char32_t unit) {
    if (!open_) out_ += '&';
    open_ = true;
    pending_ = (pending_ << 16U) | unit;
    bits_ += 16;
    while (bits_ >= 6) {
      bits_ -= 6;
      out_ += alphabet[(pending_ >> bits_) & 0x3FU];
    }
    pending_ &= (1U << bits_) - 1U;
  }

  std::string& out_;
  std::uint32_t pending_ = 0;
  unsigned bits_ = 0;
  bool open_ = false;
};

/// The text of a shifted run (between "&" and "-"); nothing when it is not valid.
std::optional<std::string> read_shifted(std::string_view run) {
  std::string text;
  std::uint32_t pending = 0, bits = 0;
  char32_t high = 0;
  for (const char c : run) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    pending = (pending << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 16) continue;
    bits -= 16;
    const char32_t unit = (pending >> bits) & 0xFFFFU;
    pending &= (1U << bits) - 1U;
    const bool low = unit >= 0xDC00 && unit < 0xE000;
    if (low != (high != 0)) return std::nullopt;
    if (low) {
      append_utf8(text, 0x10000 + ((high - 0xD800) << 10U) + (unit - 0xDC00));
      high = 0;
    } else if (unit >= 0xD800 && unit < 0xDC00) {
      high = unit;
    } else {
      append_utf8(text, unit);
    }
  }
  if (high != 0 || pending != 0 || bits >= 6) return std::nullopt;
  return text;
}

bool is_inbox(std::string_view name) {
  constexpr std::string_view inbox = "INBOX";
  return name.size() == inbox.size() &&
         std::equal(name.begin(), name.end(), inbox.begin(), [](char a, char b) {
           return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
         });
}

}  // namespace

std::string to_modified_utf7(std::string_view utf8) {
  std::string out;
  ShiftedRun run(out);
  while (!utf8.empty()) {
    const auto [code, bytes] = first_character(utf8);
    utf8.remove_prefix(bytes);
    if (code < 0x20 || code > 0x7E) {
      run.put(code);
      continue;
    }
    run.end();
    out += static_cast<char>(code);
    if (code == '&') out += '-';
  }
  run.end();
  return out;
}

std::string from_modified_utf7(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto shift = name.find('&');
    out += name.substr(0, shift);
    if (shift == std::string_view::npos) break;
    name.remove_prefix(shift + 1);
    const auto end = name.find('-');
    if (end == 0) {
      out += '&';
      name.remove_prefix(1);
      continue;
    }
    const auto text = end == std::string_view::npos ? std::nullopt : read_shifted(name.substr(0, end));
    if (text) {
      out += *text;
      name.remove_prefix(end + 1);
    } else {
      out += '&';
    }
  }
  return out;
}

std::string wire_folder_name(std::string_view name, const std::vector<Namespace>& namespaces) {
  if (is_inbox(name)) return "INBOX";
  auto encoded = to_modified_utf7(name);  // not const: it moves out
  const auto with_delimiter = [&encoded](char delimiter) {
    auto text = encoded;
    if (delimiter != '\0') std::replace(text.begin(), text.end(), '/', delimiter);
    return text;
  };
  for (const auto& space : namespaces) {
    auto text = with_delimiter(space.delimiter);
    if (!space.prefix.empty() && text.starts_with(space.prefix)) return text;
  }
  const auto own =
      std::find_if(namespaces.begin(), namespaces.end(), [](const Namespace& n) { return n.personal; });
  if (own == namespaces.end()) return encoded;
  return own->prefix + with_delimiter(own->delimiter);
}

}  // namespace bounced::imap
