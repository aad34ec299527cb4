// Notifications of Amazon SES that Amazon SNS delivers by mail: a JSON object in a text part.
// docs.aws.amazon.com/ses: "Amazon SNS notification contents", "Event data".
#pragma once

#include <optional>
#include <string_view>

#include "parser/limits.hpp"
#include "parser/report_fields.hpp"

namespace bounced::dialects {

/// The report in a text that holds such an object, also as the string "Message" of an SNS envelope: bounces,
/// delays, deliveries, complaints. Nothing for other events and other text. Total.
std::optional<ReportFields> read_sns(std::string_view text, const ReadLimits& limits);

}  // namespace bounced::dialects
