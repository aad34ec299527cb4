// What words of bounce mails mean, by language. Tables only: words_frame.cpp (English sentences around a
// failure), words_refusal.cpp (English reasons), words_languages.cpp (all other languages).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace bounced::dialects {

enum class Meaning : std::uint8_t {
  mark,               ///< only names a dialect
  returned_begins,    ///< at a line's start: what follows is the returned mail
  not_delivered,      ///< the frame of a failure: "could not be delivered"
  still_trying,       ///< a delay: the system goes on; wins over not_delivered
  given_up,           ///< the end of trying; wins over still_trying
  delivered,          ///< a success or relay notice
  refused,            ///< a reason for a failure: "user unknown", "mailbox full"
  failure_subject,    ///< subject line of a failure report
  delay_subject,      ///< subject line of a delay warning
  success_subject,    ///< subject line of a success or relay notice
  reply_subject,      ///< subject line of an automatic answer by or for a person
  personal,           ///< words of a vacation note
  recipient_follows,  ///< the address right behind is the failing one: "message to", "unknown user:"
  own_follows,        ///< the address right behind is on our side: "mail from", "sent by"
  contact_follows,    ///< the address right behind is a help desk: "please contact"
  origin_follows,     ///< the address right behind is what the sender wrote: "expanded from"
  reporter_follows,   ///< the host right behind wrote the report: "the mail system at host"
  at_connect,         ///< the SMTP stage (Reply::command) that the words around a reply tell
  at_helo,
  at_mail,
  at_rcpt,
  at_data,
  at_end_of_data,
};

/// A phrase in search form; '*' at its end lets the last word go on.
struct Word {
  Meaning meaning;
  std::string_view text;
};

std::span<const Word> frame_words();
std::span<const Word> refusal_words();
std::span<const Word> subject_words();
std::span<const Word> role_words();
std::span<const Word> western_words();
std::span<const Word> eastern_words();

}  // namespace bounced::dialects
