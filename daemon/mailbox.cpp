#include "daemon/mailbox.hpp"
namespace bounced {
Result<std::unique_ptr<Mailbox>> make_mailbox(const MailboxSettings&, const ReadLimits&) {
  return fail(Exit::internal, "no mailbox yet");
}
}  // namespace bounced
