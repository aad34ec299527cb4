// Any bytes as a mail: the guard's output has LF line ends, no NULs, and is bounded.
#include "parser/guard.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bounced::GuardedMail mail = bounced::guard({reinterpret_cast<const char*>(data), size}, {});
  if (mail.text.find('\r') != std::string::npos || mail.text.find('\0') != std::string::npos) std::abort();
  if (mail.text.size() > 32 * size + 1024) std::abort();
  return 0;
}
