// A change as webhooks and programs get it.
#pragma once

#include <string_view>

#include "daemon/cli/json_line.hpp"
#include "storage/records.hpp"

namespace bounced {

/// One JSON object with a line end: number, address, suppressed, category, reason, confidence, scope, sender,
/// list_id, at, why. The newest change of an address says all about it: what was told before is over.
std::string_view change_json(JsonLine& line, const OutboxChange& change);

}  // namespace bounced
