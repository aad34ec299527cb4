#include "daemon/sync/change_json.hpp"

#include "parser/reason.hpp"

namespace bounced {

std::string_view change_json(JsonLine& line, const OutboxChange& change) {
  return line.number("number", change.number)
      .text("address", change.address)
      .boolean("suppressed", change.suppressed)
      .text("category", to_string(facts(change.reason).category))
      .text("reason", to_string(change.reason))
      .text("confidence", to_string(change.confidence))
      .text("scope", to_string(change.scope.empty() ? Scope::global : Scope::pair))
      .text("sender", change.scope)
      .text("list_id", change.list_id)
      .time("at", change.at)
      .text("why", change.why)
      .finish();
}

}  // namespace bounced
