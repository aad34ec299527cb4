// The explanation of a mail as the readers of free text see it: one text with single blanks, its lines, and
// what was found in it.
//
//   text   "A message ... failed: a@b.example host mx said: 550 5.1.1 unknown"     lines and blanks
//   collapsed, as written lower  the same bytes in search form (letters lower case where that keeps the
//   length) lines  [begin, end) of each line that isn't empty, with its indent and whether an empty line
//   stood before it
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/address.hpp"
#include "parser/dialects/vocabulary.hpp"
#include "parser/mime.hpp"
#include "parser/phrase_index.hpp"

namespace bounced::dialects {

struct Line {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint16_t indent = 0;  ///< columns; a tab goes to the next multiple of 8
  bool after_blank = false;  ///< an empty line, or the border of a part, stands before it
  bool continued = false;    ///< the rest of a line that was longer than RFC 5322 2.1.1 allows
};

struct Document {
  std::string text;
  std::string lower;
  std::vector<Line> lines;
  std::vector<PhraseHit> hits;         ///< in order of begin
  std::vector<PhraseHit> stop_hits;    ///< phrases of the line above the returned mail, which is cut off
  std::vector<AddressSpan> addresses;  ///< in order of begin
  int returned_part = -1;              ///< part that holds the returned mail; -1 when none
  std::string returned_text;           ///< returned header fields from inside the text; "" when none
  bool returns_mail = false;  ///< a returned mail or its beginning was found in one of the two places
  std::string status_fields;  ///< RFC 3464 fields that stand inside the text; "" when none

  [[nodiscard]] std::string_view line_text(std::size_t line) const {
    return std::string_view(text).substr(lines[line].begin, lines[line].end - lines[line].begin);
  }
  [[nodiscard]] std::string_view line_lower(std::size_t line) const {
    return std::string_view(lower).substr(lines[line].begin, lines[line].end - lines[line].begin);
  }
  /// Index of the line that holds the byte `at`; lines.size() when none does.
  [[nodiscard]] std::size_t line_of(std::size_t at) const;
};

/// Letters in lower case (ASCII, Latin, Greek, Cyrillic: those whose UTF-8 length stays), typographic quotes
/// and blanks unchanged. The form that phrases are written and looked for in.
std::string search_form(std::string_view text);

/// Collects the text parts of the mail below `root` up to the returned mail, and finds phrases and addresses
/// in them. `keep_quotes`: lines that begin with '>' belong to the report (automatic senders write them); a
/// person's quotes are left out.
Document read_document(const MimeTree& mail, int root, bool keep_quotes, const Vocabulary& vocabulary,
                       const ReadLimits& limits);

/// The header fields of the returned mail, wherever they stand.
HeaderFields returned_fields(const Document& document, const MimeTree& mail);

}  // namespace bounced::dialects
