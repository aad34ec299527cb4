// Message disposition notifications (RFC 8098, 6533): read receipts, which are no bounces, and the refusals
// that some servers send in their form (RFC 5429 2.1.2; Dovecot's older quota notice).
#pragma once

#include <optional>

#include "parser/mime.hpp"
#include "parser/report_fields.hpp"

namespace bounced {

/// `kind` is disposition, or bounce for a mail that was deleted unseen by an automaton that says it refuses
/// it; then the diagnostic is the reason that the text part gives. Nothing when the mail has no disposition
/// part.
std::optional<ReportFields> read_mdn(const MimeTree& mail);

}  // namespace bounced
