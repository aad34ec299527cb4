#include "storage/suppression_filter.hpp"

#include "parser/address.hpp"
#include "parser/text.hpp"

namespace bounced {

bool selects(const SuppressionFilter& filter, const Suppression& suppression) {
  const auto said_by = [&](const std::string& name) {
    return suppression.provider == name || suppression.vendor == name;
  };
  return (!filter.reason || suppression.reason == *filter.reason) &&
         (filter.domain.empty() || domain_of(suppression.address) == filter.domain) &&
         (filter.source.empty() || suppression.source == filter.source) &&
         suppression.decided_at >= filter.decided_since &&
         (filter.decided_until == 0 || suppression.decided_at < filter.decided_until) &&
         (!filter.scope || suppression.kind_of_scope() == *filter.scope) &&
         (filter.provider.empty() || said_by(filter.provider)) &&
         (filter.rule.empty() || suppression.rule == filter.rule) &&
         (filter.text.empty() || contains_word(suppression.diagnostic, lower_copy(filter.text))) &&
         (filter.batch.empty() || suppression.batch == filter.batch) &&
         (filter.with_manual || suppression.source != "manual") &&
         (filter.with_complaints || suppression.source != "complaint") &&
         (filter.after.empty() || suppression.address > filter.after);
}

}  // namespace bounced
