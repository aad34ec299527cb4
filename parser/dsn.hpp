// Delivery status notifications: RFC 3464, 6533 (internationalised), read as tolerantly as the field needs.
#pragma once

#include <optional>
#include <string_view>

#include "parser/mime.hpp"
#include "parser/report_fields.hpp"

namespace bounced {

/// The body of a message/delivery-status part as fields: the per-message group, then one group per recipient.
/// Total: groups without blank lines between them, blank lines inside a group, misspelt and spaced names,
/// fields in the wrong group, lost folding.
ReportFields read_delivery_status(std::string_view body, const ReadLimits& limits);

/// True when the text is a delivery-status part whatever its label says: its first lines are fields of
/// RFC 3464.
bool looks_like_delivery_status(std::string_view text);

/// Finds the delivery-status part of a mail at any depth (also mislabelled ones) and reads it: the innermost
/// when reports enclose reports. `returned_part` is set to the part that holds the returned mail. Nothing
/// when there is none.
std::optional<ReportFields> read_dsn(const MimeTree& mail, const ReadLimits& limits);

/// What `Action` means (RFC 3464 2.3.3), by its first word and the field's variants of it.
Action read_action(std::string_view value);

}  // namespace bounced
