// What /etc/mailman3/mailman.cfg says of the REST interface.
#pragma once

#include <string>
#include <string_view>

#include "parser/result.hpp"

namespace bounced {

struct MailmanConfig {
  std::string url;  ///< "http://localhost:8001/3.1"
  std::string user, password;

  bool operator==(const MailmanConfig&) const = default;
};

/// Reads [webservice] of a mailman.cfg: lines "key: value" or "key = value", keys without case, # and ; for
/// comments, continued lines passed over. What is left out is Mailman's own default (config/schema.cfg).
/// Total.
MailmanConfig mailman_config(std::string_view text);

/// The same from a file. Errors: Exit::config (not there), Exit::no_permission.
Result<MailmanConfig> read_mailman_config(const std::string& path);

}  // namespace bounced
