// Receipts and failure notices of Italian certified mail (PEC): RFC 6109, D.M. 2 November 2005 (technical
// rules).
#pragma once

#include <optional>

#include "parser/limits.hpp"
#include "parser/mime.hpp"
#include "parser/report_fields.hpp"

namespace bounced::dialects {

/// The report of a mail with the field X-Ricevuta; recipients and the reply come from its part daticert.xml.
/// Nothing when that part names nobody. Total.
std::optional<ReportFields> read_pec(const MimeTree& mail, const ReadLimits& limits);

}  // namespace bounced::dialects
