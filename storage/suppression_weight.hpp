// Which of two suppressions of one address stands: the same in every store.
#pragma once

#include <string_view>

namespace bounced {

/// A complaint above a person's own act above all others; one for every sender above one for a single sender.
constexpr int suppression_weight(std::string_view source, std::string_view scope) {
  const int by_source = source == "complaint" ? 4 : source == "manual" ? 2 : 0;
  return by_source + (scope.empty() ? 1 : 0);
}

}  // namespace bounced
