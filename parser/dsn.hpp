// Delivery status notifications: RFC 3464, 6533 (internationalised), read as tolerantly as the field needs.
#pragma once

#include <optional>
#include <string_view>

#include "parser/mime.hpp"
#include "parser/report_fields.hpp"

namespace bounced {

/// The body of a message/delivery-status part as fields: the per-message group, then one group per recipient.
ReportFields read_delivery_status(std::string_view body, const ReadLimits& limits);

/// Finds the delivery-status part of a mail at any depth (also mislabelled ones) and reads it; nothing when
/// there is none.
std::optional<ReportFields> read_dsn(const MimeTree& mail, const ReadLimits& limits);

}  // namespace bounced
