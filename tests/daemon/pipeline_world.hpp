// Mails for the pipeline.
#pragma once

#include <string>
#include <vector>

#include "daemon/engine.hpp"
#include "daemon/pipeline.hpp"

namespace bounced::test {

inline constexpr UnixSeconds noon = 1'772'366'400;  ///< 2026-03-01 12:00 UTC, the Date of the mails below
inline constexpr UnixSeconds day = 24 * 60 * 60;

struct DsnRecipient {
  std::string address;
  std::string action = "failed";
  std::string status = "5.1.1";
  std::string diagnostic = "550 5.1.1 User unknown";
  std::string remote_mta = "mx.receiver.example";
};
/// An RFC 3464 report with LF line ends. `salt` makes its content its own.
std::string dsn(const std::vector<DsnRecipient>& recipients, const std::string& salt,
                const std::string& date = "Sun, 1 Mar 2026 12:00:00 +0000");
/// An RFC 5965 complaint about a mail to `address`.
std::string complaint(const std::string& address);

/// The shipped rules and the default settings.
Engine engine();

/// Mails with the UIDs from `first_uid` of UIDVALIDITY 7.
std::vector<FetchedMail> fetched(const std::vector<std::string>& texts, std::uint32_t first_uid = 1);

/// Some forty mails of all kinds: failures, delays, deliveries, complaints, duplicates, several recipients.
std::vector<FetchedMail> mixed_mails();

/// What the database says at the end, in a text that two databases can be compared by: all but the ids and
/// the times of reading.
std::string end_state(Store& store);

}  // namespace bounced::test
