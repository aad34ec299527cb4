// One suppression as exports write it, as JSON and as CSV, and as people type and read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/cli/json_line.hpp"
#include "parser/result.hpp"
#include "storage/records.hpp"

namespace bounced {

/// The fields of an export, in their order; shared by the CSV and the JSON form. `scope` and `sender` tell
/// which mail a suppression holds for: who syncs from an export must not drop a pair's address for all.
JsonLine& suppression_fields(JsonLine& line, const Suppression& row);
/// The whole line. `mapped`: the reason in another system's words, one field more; "" = without.
std::string_view suppression_json(JsonLine& line, const Suppression& row, std::string_view mapped = "");

inline constexpr std::string_view suppression_csv_heading =
    "address,category,reason,fault,status,diagnostic,vendor,rule,confidence,count,first_seen,last_seen,"
    "decided_at,expires_at,source,mailbox,message_id,scope,sender";

std::string suppression_csv(const Suppression& row, std::string_view mapped);

/// "global", or "pair with sender.example".
std::string scope_text(const Suppression& row);

/// The normal form of an address that a person typed. Error: Exit::usage.
Result<std::string> typed_address(const std::string& typed);
/// The reason that a person typed; none for "". Error: Exit::usage, with the nearest reason.
Result<std::optional<Reason>> typed_reason(const std::string& typed);

}  // namespace bounced
