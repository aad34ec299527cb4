// What the header fields of a mail say about who wrote it: a mail system, a list, an absent person.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/dialects/vocabulary.hpp"
#include "parser/mime.hpp"

namespace bounced::dialects {

struct Signals {
  std::string from;        ///< address of From, normal form; "" when it has none
  std::string from_field;  ///< From as it stands there, in lower case
  std::string subject;     ///< decoded, in search form
  bool daemon = false;     ///< From is a mail system: mailer-daemon, postmaster, "Mail Delivery System", …
  bool robot = false;      ///< From is a program or a role that may also write bounces: no-reply, admin, …
  bool null_sender = false;  ///< Return-Path: <> or <MAILER-DAEMON>
  bool failure_subject = false;
  bool delay_subject = false;
  bool success_subject = false;
  bool reply_subject = false;        ///< "Automatic reply: …", "Re: …", "Fwd: …"
  bool auto_reply = false;           ///< fields that only automatic answers of people carry
  bool list_mail = false;            ///< List-Id, List-Unsubscribe, Precedence: bulk, …
  bool complaint_or_report = false;  ///< multipart/report of another kind (feedback, DMARC, TLS)
  std::vector<std::string> failed;   ///< X-Failed-Recipients, normal form
  std::vector<std::string>
      own;  ///< addresses of our side: To, Delivered-To, … of the bounce itself, normal form
};

/// Reads the fields of parts[root]. Total.
Signals read_signals(const MimeTree& mail, int root, const Vocabulary& vocabulary);

}  // namespace bounced::dialects
