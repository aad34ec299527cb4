// Any bytes as a mail: the tree is sound, bounded, and valid UTF-8.
#include "parser/mime.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "parser/charset.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bounced::ReadLimits limits;
  const bounced::MimeTree tree = bounced::read_mime({reinterpret_cast<const char*>(data), size}, limits);
  if (tree.parts.empty() || tree.parts.size() > limits.mime_parts + 1) std::abort();
  for (std::size_t i = 0; i < tree.parts.size(); ++i) {
    const bounced::MimePart& part = tree.parts[i];
    if (part.parent >= static_cast<int>(i) || part.depth > static_cast<int>(limits.mime_depth)) std::abort();
    if (!bounced::is_valid_utf8(part.text) || !bounced::is_valid_utf8(part.name)) std::abort();
    for (std::size_t field = 0; field < part.headers.size(); ++field)
      if (!bounced::is_valid_utf8(part.headers.value(field))) std::abort();
  }
  return 0;
}
