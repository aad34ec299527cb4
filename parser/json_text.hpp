// A text as JSON, for what is written without a tree of values: the log, and exports of millions of rows.
#pragma once

#include <string>
#include <string_view>

namespace bounced {

/// Appends `text`, which is UTF-8, as a JSON string (RFC 8259 7) with its quotes; DEL is escaped, too.
void append_json_text(std::string& out, std::string_view text);

}  // namespace bounced
