// What a server's reply is about, and the judgement on it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "parser/reason.hpp"

namespace bounced {

/// A server's reply as a report tells it. All text is UTF-8; unknown is "".
struct Reply {
  std::string text;        ///< the diagnostic, unfolded, e.g. "550 5.1.1 <a@b.example>: User unknown"
  std::string reply_code;  ///< RFC 5321 reply code, three digits, e.g. "550"
  std::string status;      ///< RFC 3463 status as the DSN says it, e.g. "5.1.1"
  std::string
      command;  ///< SMTP command answered, upper case: "CONNECT", "HELO", "MAIL", "RCPT", "DATA", "EOD"
  std::string remote_mta;     ///< host that answered, without the "dns;" type
  std::string reporting_mta;  ///< host that wrote the report
  std::string recipient;  ///< the address the reply is about; lets the reader tell it from other addresses in
                          ///< the text
  std::string vendor;     ///< a hint, one of the vendor ids; an unknown id is ignored
  std::vector<std::string>
      mx_hosts;  ///< who receives mail for the recipient, in lower case; mostly not asked
};

/// One rule that spoke, and why it is not the winner (empty for the winner itself).
struct Candidate {
  std::string rule;
  Reason reason = Reason::unclassified;
  Confidence confidence = Confidence::none;
  std::string stage;    ///< "vendor_code", "vendor_phrase", "phrase", "text_code", "reply_code", "status"
  std::string matched;  ///< the bytes of the text that matched
  std::string lost_because;  ///< e.g. "vendor_code outranks phrase"
};

/// The judgement on one reply.
struct Verdict {
  Reason reason = Reason::unclassified;
  Fault fault = Fault::none;
  Permanence permanence = Permanence::passing;
  Confidence confidence = Confidence::none;
  Advice advice = Advice::soft;
  bool confirm = false;                ///< a `suppress` that the policy wants to see twice, a day apart
  std::string rule;                    ///< id of the winning rule, e.g. "vade/403"; "" when nothing matched
  std::string vendor;                  ///< vendor id; "" when unknown
  std::string matched;                 ///< the bytes that the winning rule matched
  std::string remedy;                  ///< what the operator can do, one sentence; may be ""
  std::string remedy_url;              ///< where to do it; may be ""
  std::chrono::seconds retry_after{};  ///< the vendor's own waiting time; 0 = the reason's schedule
};

/// A verdict with everything that led to it; for `explain`.
struct Explanation {
  Verdict verdict;
  std::string unwrapped;              ///< the innermost quoted reply
  std::string normalised;             ///< with addresses, IPs, ids and times replaced by tokens
  std::string vendor_because;         ///< e.g. "text: OXSUS001_403"
  std::vector<Candidate> candidates;  ///< the winner first
};

}  // namespace bounced
