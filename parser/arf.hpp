// Feedback reports: RFC 5965, and the complaints of the field that have no report part.
#pragma once

#include <optional>

#include "parser/mime.hpp"
#include "parser/report_fields.hpp"

namespace bounced {

/// Reads a complaint: `kind` is complaint for the types that mean "no more mail" (abuse, fraud, opt-out) and
/// not_bounce for the others (auth-failure, not-spam, virus, …), which are about our authentication or
/// nobody's wish. Recipients are those that the report names, else those that its returned mail names beyond
/// doubt. Nothing when the mail is no feedback report.
std::optional<ReportFields> read_arf(const MimeTree& mail, const ReadLimits& limits);

}  // namespace bounced
