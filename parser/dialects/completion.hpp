// What an RFC 3464 part left out and the text beside it says.
#pragma once

#include "parser/dialects/free_text.hpp"
#include "parser/report_fields.hpp"

namespace bounced::dialects {

/// True when some recipient that failed or waits has no words of a reply: no diagnostic, or an exit code, or
/// the first line only of a reply of several lines; or when no recipient is named at all.
bool is_incomplete(const ReportFields& report);

/// Fills those gaps from the text. What the report says stays, but for exit codes and cut replies, which the
/// text's own wording replaces.
void complete_from_text(ReportFields& report, const Reading& reading, const Vocabulary& vocabulary,
                        const ReadLimits& limits);

}  // namespace bounced::dialects
