// The report of one mail: what `bounced parse` prints (schema 1) and what the policy decides on.
//
//   mail ──► kind, dialect, damage
//        ├─► reporting_mta, arrival_date, envelope_id          (per message, RFC 3464 2.2)
//        ├─► original { message_id, from, to, subject, … }     (the returned mail, RFC 6522)
//        └─► recipients[] { address, action, status, …, reply, verdict }   (RFC 3464 2.3)
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "parser/signed_verp.hpp"
#include "parser/verdict.hpp"

namespace bounced {

enum class Kind : std::uint8_t {
  bounce,
  delayed,
  delivered,
  complaint,
  auto_reply,
  challenge,
  disposition,
  not_bounce
};
inline constexpr std::array<std::string_view, 8> kind_names{
    "bounce", "delayed", "delivered", "complaint", "auto_reply", "challenge", "disposition", "not_bounce"};
constexpr std::string_view to_string(Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

/// RFC 3464 2.3.3; `none` where a report doesn't say.
enum class Action : std::uint8_t { none, failed, delayed, delivered, relayed, expanded };
inline constexpr std::array<std::string_view, 6> action_names{"",          "failed",  "delayed",
                                                              "delivered", "relayed", "expanded"};
constexpr std::string_view to_string(Action action) { return action_names[static_cast<std::size_t>(action)]; }

/// How sure it is that a report is about a mail of ours, in rising order (daemon/authenticity judges).
enum class Authenticity : std::uint8_t {
  contradicted,  ///< something in it can't be true: a forgery, or the bounce of a mail that is not ours
  plausible,     ///< nothing speaks against it, nothing proves it
  matched,       ///< the returned mail bears a name of ours
  proven,        ///< sent to a return path that we signed for this recipient
};
inline constexpr std::array<std::string_view, 4> authenticity_names{"contradicted", "plausible", "matched",
                                                                    "signed"};
constexpr std::string_view to_string(Authenticity value) {
  return authenticity_names[static_cast<std::size_t>(value)];
}

/// The mail that bounced, as far as the report returns it. Text is decoded UTF-8.
struct OriginalMessage {
  std::string message_id;  ///< without the angle brackets
  std::string from;        ///< address of the first From mailbox
  std::string to;          ///< address of the first To mailbox
  std::string subject;
  std::string list_id;                       ///< RFC 2919, without the angle brackets
  std::string date;                          ///< as written
  std::map<std::string, std::string> extra;  ///< further fields that the settings name, by lower-case name

  bool operator==(const OriginalMessage&) const = default;
};

struct ReportedRecipient {
  std::string address;  ///< the one to act on: VERP > Original-Recipient > headers of the returned mail >
                        ///< Final-Recipient
  std::string original_recipient;  ///< RFC 3464 2.3.1, without the type
  std::string final_recipient;     ///< RFC 3464 2.3.2, without the type
  Action action = Action::none;
  std::string status;      ///< RFC 3463, "D.D.D"; "" when the mail doesn't say
  std::string reply_code;  ///< RFC 5321, three digits
  std::string diagnostic;  ///< the reply as the server wrote it: unfolded, UTF-8, bounded
  std::string remote_mta;
  std::string command;           ///< SMTP command that was refused, where it is told
  std::string will_retry_until;  ///< RFC 3464 2.3.9, as written
  Verdict verdict;
  // Of the daemon's making; a reader leaves them as they are.
  Authenticity authenticity = Authenticity::plausible;
  std::string authenticity_because;  ///< a few words; "" = not judged
  std::string signature;  ///< of the return path that proves it, "DAY-TAG": one for all mails of a day
};

struct BounceReport {
  Kind kind = Kind::not_bounce;
  std::string dialect;  ///< "rfc3464", "arf", "qmail", … ; "" for not_bounce
  std::vector<std::string>
      damage;  ///< what was wrong with the mail, as short stable words: "truncated", "mime_too_deep"
  std::string reporting_mta;
  std::string arrival_date;
  std::string envelope_id;  ///< RFC 3461 ENVID, decoded
  OriginalMessage original;
  std::string verp_recipient;  ///< the address that the envelope recipient of the bounce encodes
  std::vector<SignedReturnPath> signed_paths;  ///< what the mail was sent to, where that bears a signature
  std::string feedback_type;                   ///< RFC 5965, complaints only
  // of the bounce mail itself
  std::string message_id;
  std::string from;
  std::string subject;
  std::string date;
  std::vector<ReportedRecipient> recipients;
};

}  // namespace bounced
