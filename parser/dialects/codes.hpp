// Reply codes (RFC 5321) and enhanced status codes (RFC 3463) in free text, told from other numbers by what
// stands around them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "parser/dialects/document.hpp"

namespace bounced::dialects {

struct Code {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool enhanced = false;  ///< "5.1.1"; false: "550"
  char first = '5';       ///< its first digit: '2', '4' or '5'
  std::uint32_t line = 0;
};

/// All codes in the document, in order. A three-digit number counts at the start of a line (behind arrows and
/// dashes), behind a colon, quote, bracket or a word that announces a reply ("said", "error"), or in front of
/// an enhanced code of its class; not as a part of a date, size, version or IP address.
std::vector<Code> find_codes(const Document& document);

}  // namespace bounced::dialects
