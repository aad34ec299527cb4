#include "parser/dialect.hpp"
namespace bounced {
std::optional<ReportFields> read_dialect(const MimeTree&, const ReportFields*, const ReadLimits&) {
  return std::nullopt;
}
}  // namespace bounced
