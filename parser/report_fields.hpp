// What every reader of bounces (RFC 3464, ARF, each dialect, the generic reader) hands to read_bounce: the
// facts as the report writes them, before whose-address, unwrapping and the verdict.
#pragma once

#include <string>
#include <vector>

#include "parser/bounce_report.hpp"

namespace bounced {

/// One per-recipient group. Values are without their type ("rfc822;"), unfolded, UTF-8; unknown is "".
struct RecipientFields {
  std::string original_recipient;
  std::string final_recipient;
  Action action = Action::none;
  std::string status;
  std::string diagnostic_code;  ///< the reply as written, with its codes
  std::string diagnostic_type;  ///< "smtp", "x-unix", …; "" where the report has no type
  std::string remote_mta;
  std::string command;  ///< SMTP command where told (Reply::command)
  std::string last_attempt_date;
  std::string will_retry_until;
};

struct ReportFields {
  Kind kind = Kind::not_bounce;
  std::string dialect;
  std::string reporting_mta;
  std::string received_from_mta;
  std::string arrival_date;
  std::string original_envelope_id;
  std::string feedback_type;
  std::string original_mail_from;  ///< RFC 5965 3.2: the envelope sender of what is complained about
  std::vector<RecipientFields> recipients;
  /// Index of the part that holds the returned mail or its headers; -1 when none, then `returned_text` may
  /// hold it.
  int returned_part = -1;
  std::string returned_text;  ///< returned headers that stand inside a text part
  std::vector<std::string> damage;
};

}  // namespace bounced
