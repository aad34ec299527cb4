// Automatic mail that is no bounce: vacation notes, challenges, and the reports of other protocols.
#pragma once

#include <cstdint>

#include "parser/bounce_report.hpp"
#include "parser/mime.hpp"

namespace bounced {

/// How the mail shows that it is automatic and no bounce.
enum class AutomaticSign : std::uint8_t {
  none,
  weak,    ///< "Auto-Submitted: auto-replied" or the like: bounces of Exim and Postfix carry it too, so they
           ///< are looked for first
  strong,  ///< a field or subject that no mail system writes into a bounce
};

struct AutomaticMail {
  AutomaticSign sign = AutomaticSign::none;
  Kind kind = Kind::not_bounce;  ///< auto_reply, challenge, or not_bounce (TLS and DMARC reports, calendars)
};

/// RFC 3834 fields, the fields and subjects of vacation programs in the field's languages, challenge–response
/// systems, RFC 8460 TLS reports, RFC 7489 DMARC aggregates, calendar answers. Looks at the top headers, the
/// part types and the beginning of the text only.
AutomaticMail automatic_mail(const MimeTree& mail);

}  // namespace bounced
