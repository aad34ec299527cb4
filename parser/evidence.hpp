// What a reply offers as evidence, taken apart once: its innermost text, its codes, its words, who said it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/normalise.hpp"
#include "parser/patterns.hpp"
#include "parser/phrases.hpp"
#include "parser/vendor.hpp"
#include "parser/verdict.hpp"

namespace bounced {

struct Evidence {
  std::string line;        ///< the innermost reply, blanks collapsed, borders of lines as '\n'
  std::string text;        ///< `line` after its leading codes, borders as blanks: what patterns see
  std::string lower;       ///< `text` in lower-case ASCII
  std::string reply_code;  ///< in the text, else the report's
  std::string status;      ///< in the text, else the DSN's
  StatusNumbers numbers;   ///< of `status`
  std::string command;
  bool status_in_text = false;
  bool code_in_text = false;
  Tokens tokens;                 ///< of `text`
  Occurrences terms;             ///< in `text`
  PatternCandidates candidates;  ///< in `text`
  Vendors vendors;

  /// '2', '4' or '5': what happened to this attempt; 0 when no code tells. The reply code says it; a status
  /// only where there is no reply code (a report may pair 550 with 4.4.7).
  [[nodiscard]] char severity() const {
    if (!reply_code.empty()) return reply_code[0] == '3' ? '4' : reply_code[0];
    return status.empty() ? char(0) : status[0];
  }
};

/// Fills `line`, `text`, `lower` and the codes.
void read_reply(const Reply& reply, Evidence& out);

}  // namespace bounced
