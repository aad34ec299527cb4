#include "daemon/content_hash.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>

namespace bounced {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::string hex(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * size);
  for (std::size_t i = 0; i < size; ++i) {
    text.push_back(digits[bytes[i] >> 4U]);
    text.push_back(digits[bytes[i] & 15U]);
  }
  return text;
}

}  // namespace

std::string content_hash(std::string_view mail) {
  while (!mail.empty() && (mail.back() == '\n' || mail.back() == '\r')) mail.remove_suffix(1);
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  // The CR of each CRLF is left out by hashing the stretches between them.
  for (std::size_t from = 0; from < mail.size();) {
    std::size_t end = mail.find("\r\n", from);
    if (end == std::string_view::npos) end = mail.size();
    EVP_DigestUpdate(context.get(), mail.data() + from, end - from);
    from = end == mail.size() ? end : end + 1;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  return hex(digest.data(), size);
}

}  // namespace bounced
