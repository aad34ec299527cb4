// Any bytes as header fields, encoded words and values with parameters: valid UTF-8 comes out.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "parser/charset.hpp"
#include "parser/content_type.hpp"
#include "parser/header_fields.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t body = 0;
  const bounced::HeaderFields fields = bounced::read_header_fields(text, &body);
  if (body > size) std::abort();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields.name(i).empty() || !bounced::is_valid_utf8(fields.value(i))) std::abort();
    if (!bounced::is_valid_utf8(bounced::decode_words(fields.value(i)))) std::abort();
    for (const auto& [name, value] : bounced::read_parameterised(fields.value(i)).parameters)
      if (!bounced::is_valid_utf8(value)) std::abort();
  }
  return bounced::is_valid_utf8(bounced::decode_words(text)) ? 0 : (std::abort(), 0);
}
