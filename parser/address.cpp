#include "parser/address.hpp"
namespace bounced {
std::string normal_address(std::string_view text) { return std::string(text); }
bool is_address(std::string_view text) { return text.find('@') != text.npos; }
std::vector<std::string> addresses_in(std::string_view) { return {}; }
std::string_view domain_of(std::string_view address) {
  auto at = address.rfind('@');
  return at == address.npos ? std::string_view{} : address.substr(at + 1);
}
std::string organisational_domain(std::string_view host) { return std::string(host); }
std::string decode_xtext(std::string_view text) { return std::string(text); }
std::string decode_utf8_addr(std::string_view text) { return std::string(text); }
}  // namespace bounced
