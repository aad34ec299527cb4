// The summary of a time range, in its forms. Each is made from a RunSummary and nothing else, so that any
// range gives the same page whenever it is made.
#pragma once

#include <string>

#include "storage/records.hpp"

namespace bounced {

/// All that is counted by a key.
std::int64_t sum_of(const std::vector<CountBy>& counts);

/// A page of 80 columns, judgement first: what needs the operator, what changed, who refused, what to mail
/// again, what was not understood, who was saved from a wrong suppression. An empty night is a few lines.
std::string summary_text(const RunSummary& summary);

/// The same as one HTML file: no scripts, nothing loaded from elsewhere, charts as inline SVG with a table
/// beside them, dark or light as the reader's system is. Whatever the figures hold, it is well-formed.
std::string summary_html(const RunSummary& summary);

/// "bounced, 2 March: 3 things need you": one line, without words of strangers.
std::string summary_subject(const RunSummary& summary);

/// One JSON object with "schema": 1 (contrib/schema/summary-1.json) and a line end. Times are RFC 3339 UTC;
/// unknown text is "".
std::string summary_json(const RunSummary& summary);

}  // namespace bounced
