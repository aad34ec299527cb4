#include "daemon/content_hash.hpp"

#include "daemon/digest.hpp"

namespace bounced {

std::string content_hash(std::string_view mail) {
  while (!mail.empty() && (mail.back() == '\n' || mail.back() == '\r')) mail.remove_suffix(1);
  Sha256 hash;
  // The CR of each CRLF is left out by hashing the stretches between them.
  for (std::size_t from = 0; from < mail.size();) {
    std::size_t end = mail.find("\r\n", from);
    if (end == std::string_view::npos) end = mail.size();
    hash.add(mail.substr(from, end - from));
    from = end == mail.size() ? end : end + 1;
  }
  const Sha256Bytes bytes = hash.finish();
  return hex_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace bounced
