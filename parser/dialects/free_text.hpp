// A report out of text for people: recipients, replies, what became of the mail.
#pragma once

#include <optional>

#include "parser/dialects/catalogue.hpp"
#include "parser/dialects/diagnosis.hpp"
#include "parser/dialects/document.hpp"
#include "parser/dialects/signals.hpp"
#include "parser/report_fields.hpp"

namespace bounced::dialects {

/// One mail with all that was found in it.
struct Reading {
  const MimeTree& mail;
  int root = 0;
  Signals signals;
  Document document;
  std::vector<Code> codes;
  std::vector<Mention> mentions;
};

Reading read_text(const MimeTree& mail, int root, const Vocabulary& vocabulary, const ReadLimits& limits);

/// The failing recipients, best-ranked places first; empty when the mail names none.
std::vector<Recipient> find_recipients(const Reading& reading, Layout layout, const Vocabulary& vocabulary);

/// The report of a mail that is known to be one. Nothing when no recipient can be told.
std::optional<ReportFields> make_report(const Reading& reading, Layout layout, std::string_view dialect,
                                        const Vocabulary& vocabulary, const ReadLimits& limits);

/// True when header fields and text together say that the mail is a report of a mail system: a sender that is
/// a system, words that frame a failure or delay, and a recipient with a reason, against the signs of lists,
/// of automatic answers and of people (weights in free_text.cpp).
bool looks_like_report(const Reading& reading, const ReportFields& report, const Vocabulary& vocabulary);

}  // namespace bounced::dialects
