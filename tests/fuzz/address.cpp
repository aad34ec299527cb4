// Any bytes as text with addresses: what is found is an address, stands there, and has one normal form.
#include "parser/address.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "parser/charset.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string& address : bounced::addresses_in(text))
    if (!bounced::is_address(address) || text.find(address) == std::string_view::npos) std::abort();
  (void)bounced::mailboxes_in(text);
  (void)bounced::organisational_domain(text);
  (void)bounced::decode_xtext(text);
  (void)bounced::decode_utf8_addr(text);
  const std::string normal = bounced::normal_address(bounced::to_utf8(text, ""));
  if (!bounced::is_valid_utf8(normal) || bounced::normal_address(normal) != normal) std::abort();
  return 0;
}
