#include "parser/mime.hpp"
namespace bounced {
std::string_view HeaderFields::first(std::string_view) const { return {}; }
std::vector<std::string_view> HeaderFields::all(std::string_view) const { return {}; }
bool HeaderFields::has(std::string_view) const { return false; }
std::vector<int> MimeTree::children(int) const { return {}; }
MimeTree read_mime(std::string_view, const ReadLimits&) { return {}; }
HeaderFields read_header_fields(std::string_view, std::size_t*) { return {}; }
}  // namespace bounced
