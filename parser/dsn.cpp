#include "parser/dsn.hpp"
namespace bounced {
ReportFields read_delivery_status(std::string_view, const ReadLimits&) { return {}; }
std::optional<ReportFields> read_dsn(const MimeTree&, const ReadLimits&) { return std::nullopt; }
}  // namespace bounced
