// What another system says of an address that it doesn't mail, as a suppression of ours. Understands our own
// exports and the lists of Amazon SES, SendGrid, Mailgun, Postmark and listmonk by their fields, and any
// other file that has a field with addresses.
#pragma once

#include <optional>
#include <string>

#include "daemon/record_file.hpp"
#include "parser/classify.hpp"
#include "storage/records.hpp"

namespace bounced {

struct ForeignTerms {
  const Classifier& classifier;  ///< judges the replies that a record quotes
  std::optional<Reason> reason;  ///< of all of them; then nothing is judged
  std::string batch;
  UnixSeconds now = 0;
};

/// What becomes of a record.
struct ForeignSuppression {
  std::optional<Suppression> made;
  std::string left_out;  ///< why there is none, though the record is right: "a soft bounce"
};

/// Error (Exit::data): what is wrong with the record. Of our own export all fields come back as they were
/// (times, counts, source and scope too); of others the reply that is quoted decides the reason, where it
/// speaks of the address; a complaint is a complaint; else the reason is provider_suppressed. A reply that is
/// about the sender, the message or a passing state suppresses nobody.
Result<ForeignSuppression> read_foreign_suppression(const FileRecord& record, const ForeignTerms& terms);

}  // namespace bounced
