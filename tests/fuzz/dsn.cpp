// Any bytes as a delivery-status part: bounded fields (U+FFFD takes three bytes for one), valid UTF-8.
#include "parser/dsn.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "parser/charset.hpp"
#include "parser/status.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  (void)bounced::looks_like_delivery_status(body);
  for (const bounced::RecipientFields& one : bounced::read_delivery_status(body, {}).recipients) {
    if (one.action == bounced::Action::none || one.diagnostic_code.size() > 3 * size) std::abort();
    for (const std::string* text :
         {&one.final_recipient, &one.original_recipient, &one.diagnostic_code, &one.status})
      if (!bounced::is_valid_utf8(*text)) std::abort();
    const std::string code = bounced::reply_code_in(one.diagnostic_code);
    if (!code.empty() && code.size() != 3) std::abort();
  }
  return 0;
}
