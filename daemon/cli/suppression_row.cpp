#include "daemon/cli/suppression_row.hpp"

#include <vector>

#include "config/words.hpp"
#include "daemon/cli/csv.hpp"
#include "daemon/time_text.hpp"
#include "parser/address.hpp"

namespace bounced {

JsonLine& suppression_fields(JsonLine& line, const Suppression& row) {
  return line.text("address", row.address)
      .text("category", to_string(facts(row.reason).category))
      .text("reason", to_string(row.reason))
      .text("fault", to_string(facts(row.reason).fault))
      .text("status", row.status)
      .text("diagnostic", row.diagnostic)
      .text("vendor", row.vendor)
      .text("rule", row.rule)
      .text("confidence", to_string(row.confidence))
      .number("count", row.count)
      .time("first_seen", row.first_seen)
      .time("last_seen", row.last_seen)
      .time("decided_at", row.decided_at)
      .time("expires_at", row.expires_at)
      .text("source", row.source)
      .text("mailbox", row.mailbox)
      .text("message_id", row.message_id)
      .text("scope", to_string(row.kind_of_scope()))
      .text("sender", row.scope);
}

std::string_view suppression_json(JsonLine& line, const Suppression& row, std::string_view mapped) {
  suppression_fields(line, row);
  if (!mapped.empty()) line.text("mapped", mapped);
  return line.finish();
}

std::string suppression_csv(const Suppression& row, std::string_view mapped) {
  std::vector<std::string> cells{row.address,
                                 std::string(to_string(facts(row.reason).category)),
                                 std::string(to_string(row.reason)),
                                 std::string(to_string(facts(row.reason).fault)),
                                 row.status,
                                 row.diagnostic,
                                 row.vendor,
                                 row.rule,
                                 std::string(to_string(row.confidence)),
                                 std::to_string(row.count),
                                 rfc3339(row.first_seen),
                                 rfc3339(row.last_seen),
                                 rfc3339(row.decided_at),
                                 rfc3339(row.expires_at),
                                 row.source,
                                 row.mailbox,
                                 row.message_id,
                                 std::string(to_string(row.kind_of_scope())),
                                 row.scope};
  if (!mapped.empty()) cells.emplace_back(mapped);
  return csv_line(cells);
}

std::string scope_text(const Suppression& row) {
  std::string text(to_string(row.kind_of_scope()));
  return row.scope.empty() ? text : text + " with " + row.scope;
}

Result<std::string> typed_address(const std::string& typed) {
  auto address = normal_address(typed);
  if (address.empty()) return fail(Exit::usage, "'" + typed + "' is no mail address", "");
  return address;
}

Result<std::optional<Reason>> typed_reason(const std::string& typed) {
  if (typed.empty()) return std::optional<Reason>();
  const auto reason = reason_named(typed);
  if (reason) return reason;
  std::vector<std::string_view> names;
  names.reserve(reason_table.size());
  for (const auto& row : reason_table) names.push_back(row.name);
  const auto near = nearest_word(typed, names);
  return fail(Exit::usage, "no reason is called '" + typed + "'",
              near.empty() ? "" : "did you mean '" + near + "'?");
}

}  // namespace bounced
