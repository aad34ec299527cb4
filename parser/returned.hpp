// The returned mail (RFC 6522 3): where it stands in a report, and what it says of itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/bounce_report.hpp"
#include "parser/mime.hpp"
#include "parser/report_fields.hpp"

namespace bounced {

/// True for the types that a returned mail or its headers come in.
bool is_returned_type(const MimePart& part);

/// Index of the part that holds the returned mail of the report part at `report_part`: behind it on the same
/// level, else anywhere behind it, else anywhere; -1 when there is none.
int returned_part_near(const MimeTree& mail, int report_part);

/// The header fields of the returned mail: of the part `report.returned_part` (message/rfc822, headers only,
/// encoded, or indented in a text part), else of `report.returned_text`. Empty when neither holds any.
HeaderFields returned_fields(const MimeTree& mail, const ReportFields& report);

/// The identity of the returned mail. `extra` names further fields to keep.
OriginalMessage read_original(const HeaderFields& fields, const std::vector<std::string>& extra);

}  // namespace bounced
