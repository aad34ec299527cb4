// The fields of a delivery-status part by name, and the clean-up of their values; used by the DSN reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// The fields of RFC 3464 2.2 and 2.3 that are read, and the two of the field that stand for one of them.
enum class DsnField : std::uint8_t {
  unknown,
  // per message
  reporting_mta,
  received_from_mta,
  arrival_date,
  original_envelope_id,
  // per recipient
  original_recipient,
  final_recipient,
  actual_recipient,  ///< X-Actual-Recipient: Sendmail's address after alias expansion
  action,
  status,
  remote_mta,
  diagnostic_code,
  last_attempt_date,
  will_retry_until,
};

/// The field of that name: without case, with blanks or '_' for '-', and with up to two letters wrong in a
/// long name. `unknown` for names of other fields.
DsnField dsn_field_named(std::string_view name);

/// A value of the form "type; text" (RFC 3464 2.1.2), taken apart.
struct TypedValue {
  std::string type;  ///< lower case; "" where the report has none
  std::string text;
};
TypedValue read_typed(std::string_view value);

/// The addresses of a recipient field: without type, angle brackets and comments; RFC 6533 utf-8 forms and
/// (for Original-Recipient) xtext undone. Usually one; what isn't an address (a local user, a file, a
/// program, an X.400 name) comes back as written.
std::vector<std::string> read_recipients(std::string_view value, bool is_original);

/// The host of a Remote-MTA or Reporting-MTA field: the first word behind the type, without brackets.
std::string read_host(std::string_view value);

}  // namespace bounced
