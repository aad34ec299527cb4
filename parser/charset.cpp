// The door to iconv. Its faults that matter here: names differ between vendors and glibc (see `aliases`), an
// invalid byte stops the conversion (it is skipped and marked), and opening a converter loads a module, so
// the common sets are converted without it.
#include "parser/charset.hpp"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "parser/text.hpp"
#include "parser/transfer_encoding.hpp"

namespace bounced {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Names that mails use → names that glibc knows, or a superset that real text needs (WHATWG Encoding 4.2).
constexpr std::array<std::pair<std::string_view, std::string_view>, 34> aliases{{
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"ms_kanji", "CP932"},
    {"windows-31j", "CP932"},
    {"euc-jp", "EUC-JP-MS"},
    {"x-euc-jp", "EUC-JP-MS"},
    {"iso-2022-jp", "ISO-2022-JP-3"},
    {"iso-2022-jp-1", "ISO-2022-JP-3"},
    {"iso-2022-jp-2", "ISO-2022-JP-2"},
    {"csiso2022jp", "ISO-2022-JP-3"},
    {"gb2312", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"gbk", "GB18030"},
    {"x-gbk", "GB18030"},
    {"cp936", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "CP950"},
    {"x-x-big5", "CP950"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"ksc5601", "CP949"},
    {"korean", "CP949"},
    {"unicode-1-1-utf-7", "UTF-7"},
    {"x-unicode-2-0-utf-7", "UTF-7"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso-8859-11", "CP874"},
    {"tis-620", "CP874"},
    {"koi8-ru", "KOI8-U"},
    {"unicode", "UTF-16"},
    {"ucs-2", "UTF-16"},
}};

/// The 32 code points in which windows-1252 differs from ISO 8859-1; 0 where it has none.
constexpr std::array<char16_t, 32> windows_1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/// Length of the well-formed UTF-8 sequence at the front (RFC 3629 4); 0 when there is none.
std::size_t utf8_sequence(std::string_view bytes) {
  const auto byte = [&bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  const unsigned char second = byte(1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
  if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
  return length;
}

std::string from_windows_1252(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 4);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      out += c;
    else if (byte < 0xA0)
      append_utf8(out, windows_1252[byte - 0x80U] != 0 ? windows_1252[byte - 0x80U] : U'\uFFFD');
    else
      append_utf8(out, byte);
  }
  return out;
}

std::string repair_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_sequence(bytes);
    if (length == 0)
      out += replacement;
    else
      out += bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

/// An open converter to UTF-8; closes itself.
class Converter {
 public:
  explicit Converter(std::string charset)
      : charset_(std::move(charset)), handle_(iconv_open("UTF-8", charset_.c_str())) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  Converter(Converter&& other) noexcept
      : charset_(std::move(other.charset_)), handle_(std::exchange(other.handle_, none())) {}
  Converter& operator=(Converter&& other) noexcept {
    std::swap(charset_, other.charset_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Converter() {
    if (is_open()) iconv_close(handle_);
  }

  [[nodiscard]] bool is_open() const { return handle_ != none(); }
  [[nodiscard]] const std::string& charset() const { return charset_; }
  [[nodiscard]] iconv_t handle() const { return handle_; }

 private:
  /// What iconv_open gives when it fails: POSIX defines it as this cast.
  static iconv_t none() { return reinterpret_cast<iconv_t>(-1); }  // NOLINT(performance-no-int-to-ptr)

  std::string charset_;
  iconv_t handle_;
};

/// The converter of a set, in its first state; null when glibc has no such set. Opening one loads a module
/// and takes longer than reading the whole mail, so each thread keeps the last ones: what they answer does
/// not depend on it.
const Converter* converter_for(const std::string& charset) {
  constexpr std::size_t most_kept = 16;
  thread_local std::vector<Converter> kept;
  auto found =
      std::find_if(kept.begin(), kept.end(), [&](const Converter& one) { return one.charset() == charset; });
  if (found == kept.end()) {
    Converter made(charset);
    if (!made.is_open()) return nullptr;
    if (kept.size() == most_kept) kept.erase(kept.begin());
    kept.push_back(std::move(made));
    found = kept.end() - 1;
  }
  iconv(found->handle(), nullptr, nullptr, nullptr, nullptr);
  return &*found;
}

/// Converts through iconv; false when glibc has no such set. Bytes that it refuses become U+FFFD.
bool convert(std::string_view bytes, const std::string& charset, std::string& out) {
  const Converter* const converter = converter_for(charset);
  if (converter == nullptr) return false;
  const iconv_t handle = converter->handle();
  std::string input(bytes);  // iconv's interface wants writable bytes
  char* from = input.data();
  std::size_t left = input.size();
  std::array<char, 4096> block{};
  bool flushed = false;
  while (!flushed) {
    char* to = block.data();
    std::size_t room = block.size();
    flushed = left == 0;
    const std::size_t result =
        iconv(handle, flushed ? nullptr : &from, flushed ? nullptr : &left, &to, &room);
    const int error = errno;
    out.append(block.data(), block.size() - room);
    if (result == static_cast<std::size_t>(-1) && error != E2BIG && left > 0) {
      out += replacement;
      ++from;
      --left;
    }
  }
  return true;
}

bool looks_like_iso_2022_jp(std::string_view bytes) {
  for (std::size_t at = bytes.find('\x1b'); at != std::string_view::npos; at = bytes.find('\x1b', at + 1))
    if (at + 2 < bytes.size() && bytes[at + 1] == '$' && (bytes[at + 2] == 'B' || bytes[at + 2] == '@'))
      return true;
  return false;
}

/// True for sets in which ASCII bytes may mean something else. `name` is in lower case.
bool is_stateful(std::string_view name) {
  return name.starts_with("iso-2022") || name.ends_with("utf-7") || name.starts_with("utf-16") ||
         name.starts_with("utf-32") || name.starts_with("uc") || name == "unicode" || name == "hz-gb-2312";
}

bool is_western(std::string_view name) {
  constexpr std::array<std::string_view, 9> names{"iso-8859-1",   "latin1",     "iso8859-1",
                                                  "windows-1252", "cp1252",     "us-ascii",
                                                  "ascii",        "iso_8859-1", "x-unknown"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string without_bom(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  for (;;) {
    bytes.remove_prefix(ascii_length(bytes));
    if (bytes.empty()) return true;
    const std::size_t length = utf8_sequence(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto put = [&out](char32_t value) { out += static_cast<char>(value); };
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = 0xFFFD;
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0U | code_point >> 6U);
    put(0x80U | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    put(0xE0U | code_point >> 12U);
    put(0x80U | (code_point >> 6U & 0x3FU));
    put(0x80U | (code_point & 0x3FU));
  } else {
    put(0xF0U | code_point >> 18U);
    put(0x80U | (code_point >> 12U & 0x3FU));
    put(0x80U | (code_point >> 6U & 0x3FU));
    put(0x80U | (code_point & 0x3FU));
  }
}

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

bool is_plain_ascii(std::string_view bytes, std::string_view charset) {
  return !is_stateful(lower_copy(trim(charset))) && all_ascii(bytes) && !looks_like_iso_2022_jp(bytes);
}

std::string to_utf8(std::string_view bytes, std::string_view charset) {
  const std::string name = lower_copy(trim(charset));
  const bool japanese = looks_like_iso_2022_jp(bytes);
  const bool stateful = is_stateful(name);
  if (!japanese && !stateful && all_ascii(bytes)) return std::string(bytes);
  std::string out;
  if (japanese && !stateful && convert(bytes, "ISO-2022-JP-3", out)) return out;
  if (!stateful && is_valid_utf8(bytes)) return without_bom(std::string(bytes));
  if (name == "utf-8" || name == "utf8") return without_bom(repair_utf8(bytes));
  if (name.empty() || is_western(name)) return from_windows_1252(bytes);
  const auto* alias =
      std::find_if(aliases.begin(), aliases.end(), [&name](const auto& row) { return row.first == name; });
  if (convert(bytes, alias == aliases.end() ? name : std::string(alias->second), out)) {
    return without_bom(is_valid_utf8(out) ? std::move(out) : repair_utf8(out));
  }
  return all_ascii(bytes) ? std::string(bytes) : from_windows_1252(bytes);
}

}  // namespace bounced
