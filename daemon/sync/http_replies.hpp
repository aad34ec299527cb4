// What answers of HTTP servers mean for the changes that were sent.
#pragma once

#include <string>

#include "daemon/http_client.hpp"
#include "daemon/sync/target.hpp"

namespace bounced {

/// `later` for a request that got no answer.
SyncReply reply_of_failure(const Error& error);

/// 2xx is done. What says something about the target and not about the change is `later`: no or wrong sign-in
/// (401, 403, 407), a wrong URL (3xx, 404, 405), timeouts and too many requests (408, 421, 425, 429), every
/// 5xx. Any other 4xx is a refusal of what was sent. `words`: what the server said; "" = its body.
SyncReply reply_of_answer(const std::string& title, const HttpAnswer& answer, const std::string& words = "");

}  // namespace bounced
