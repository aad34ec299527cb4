// Bounces that are no RFC 3464 reports: each dialect is a section of dialects.toml or a reader of its own in
// dialects/; below them all, a generic reader of free text.
#pragma once

#include <optional>

#include "parser/mime.hpp"
#include "parser/report_fields.hpp"

namespace bounced {

/// Tries the dialects in order, then the generic reader. Nothing when the mail is no bounce. `hint` holds
/// what an RFC 3464 part of the same mail gave, or is null: a dialect may add what that part left out (a
/// diagnostic that stands only in the text part).
std::optional<ReportFields> read_dialect(const MimeTree& mail, const ReportFields* hint,
                                         const ReadLimits& limits);

}  // namespace bounced
