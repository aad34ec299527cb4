// A text as a store keeps it: bounded, and whole characters. The same in every store.
#pragma once

#include <string>

namespace bounced {

/// The beginning of UTF-8 `text`, at most `bytes` long, that ends between two characters.
inline std::string kept_text(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace bounced
