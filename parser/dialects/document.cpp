#include "parser/dialects/document.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include "parser/charset.hpp"
#include "parser/dialects/html_text.hpp"
#include "parser/dialects/returned_mail.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Letters and digits that may stand before "original message follows" on its line: "The ", "Note: ".
constexpr std::size_t most_before_stop = 6;
/// RFC 5322 2.1.1. Longer lines are cut at a blank, so that work on a line stays bounded.
constexpr std::size_t longest_line = 998;

bool is_message_type(std::string_view type) {
  return type == "message/rfc822" || type == "message/global" || type == "message/partial" ||
         type == "text/rfc822-headers" || type == "message/rfc822-headers" ||
         type == "message/global-headers";
}

bool below_returned(const MimeTree& mail, int index, int root) {
  for (int i = mail.parts[static_cast<std::size_t>(index)].parent; i > root;
       i = mail.parts[static_cast<std::size_t>(i)].parent)
    if (mail.parts[static_cast<std::size_t>(i)].type.starts_with("message/")) return true;
  return false;
}

bool is_below(const MimeTree& mail, int index, int root) {
  while (index > root) index = mail.parts[static_cast<std::size_t>(index)].parent;
  return index == root;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) lines.push_back(take_line(text));
  return lines;
}

/// Length of the white space at `at`: ASCII, no-break space (U+00A0), ideographic space (U+3000).
std::size_t space_length(std::string_view text, std::size_t at) {
  if (is_space(text[at])) return 1;
  if (text.substr(at, 2) == "\xC2\xA0") return 2;
  return text.substr(at, 3) == "\xE3\x80\x80" ? 3 : 0;
}

std::uint16_t indent_of(std::string_view line) {
  std::size_t columns = 0;
  for (const char c : line) {
    if (c == '\t')
      columns = (columns / 8 + 1) * 8;
    else if (c == ' ')
      ++columns;
    else
      break;
  }
  return static_cast<std::uint16_t>(std::min<std::size_t>(columns, 999));
}

/// Builds the document line by line.
class Collector {
 public:
  Collector(Document& document, bool keep_quotes, const ReadLimits& limits)
      : document_(document), keep_quotes_(keep_quotes), limits_(limits) {}

  /// Adds the lines of one text; returns false when the returned mail began in it.
  bool add_text(std::string_view text) {
    const std::vector<std::string_view> lines = split_lines(text);
    after_blank_ = true;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (trim(lines[i]).empty()) {
        after_blank_ = true;
      } else if (begins_header_block(lines, i)) {
        return_from(lines, i);
        return false;
      } else if (document_.status_fields.empty() && begins_status_fields(lines, i)) {
        const std::size_t end = end_of_status_fields(lines, i);
        document_.status_fields = joined(std::span(lines).first(end), i, limits_.free_text_bytes);
        i = end - 1;
      } else if (lines[i].starts_with("--") && i + 1 < lines.size() &&
                 starts_with_word(lines[i + 1], "content-")) {
        if (!skip_part_header(lines, i)) return false;
      } else {
        add_lines(lines[i]);
      }
    }
    return true;
  }

 private:
  void return_from(std::span<const std::string_view> lines, std::size_t at) {
    document_.returned_text = joined(lines, at, limits_.header_field_bytes);
    document_.returns_mail = true;
  }

  /// Skips a boundary and the part header below it (a mail whose MIME header got lost). False when the part
  /// is the returned mail.
  bool skip_part_header(std::span<const std::string_view> lines, std::size_t& i) {
    bool returned = false;
    for (; i < lines.size() && !trim(lines[i]).empty(); ++i) {
      returned =
          returned || contains_word(lines[i], "message/rfc822") || contains_word(lines[i], "rfc822-headers");
    }
    after_blank_ = true;
    if (returned && i + 1 < lines.size()) return_from(lines, i + 1);
    return !returned;
  }

  void add_lines(std::string_view line) {
    const bool quote = line.front() == '>' && !line.starts_with(">>>");
    if (quote && !keep_quotes_) return;
    bool continued = false;
    while (line.size() > longest_line) {
      std::size_t cut = line.substr(0, longest_line).rfind(' ');
      if (cut == std::string_view::npos || cut == 0) cut = cut_utf8(line, longest_line).size();
      add_line(line.substr(0, cut), continued);
      line.remove_prefix(cut);
      continued = true;
    }
    add_line(line, continued);
  }

  void add_line(std::string_view line, bool continued) {
    std::string& text = document_.text;
    if (!text.empty()) text += ' ';
    Line added{static_cast<std::uint32_t>(text.size()), 0, indent_of(line), after_blank_, continued};
    bool pending = false;
    for (std::size_t i = 0; i < line.size();) {
      if (const std::size_t space = space_length(line, i); space > 0) {
        pending = true;
        i += space;
        continue;
      }
      if (pending && text.size() > added.begin) text += ' ';
      pending = false;
      const std::size_t start = i++;
      while (i < line.size() && line[i] > ' ') ++i;
      text += line.substr(start, i - start);
    }
    added.end = static_cast<std::uint32_t>(text.size());
    if (added.end > added.begin) {
      document_.lines.push_back(added);
      after_blank_ = false;
    } else if (!text.empty()) {
      text.pop_back();
    }
  }

  Document& document_;
  bool keep_quotes_;
  const ReadLimits& limits_;
  bool after_blank_ = true;
};

/// Text parts in order, HTML only where no plain text has an address.
struct TextParts {
  std::vector<const MimePart*> plain;
  std::vector<const MimePart*> html;
};

TextParts find_text_parts(const MimeTree& mail, int root, Document& document) {
  TextParts found;
  for (std::size_t i = static_cast<std::size_t>(root); i < mail.parts.size(); ++i) {
    const int index = static_cast<int>(i);
    if (!is_below(mail, index, root) || below_returned(mail, index, root)) continue;
    const MimePart& part = mail.parts[i];
    if (index != root &&
        (is_message_type(part.type) || same_word(part.name, "undelivered message headers.txt"))) {
      if (document.returned_part < 0) document.returned_part = index;
      document.returns_mail = true;
    } else if (part.type == "text/html" || part.type == "application/xhtml+xml") {
      found.html.push_back(&part);
    } else if (part.type.starts_with("text/") && part.type != "text/calendar") {
      found.plain.push_back(&part);
    }
  }
  return found;
}

bool has_address(const std::vector<const MimePart*>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const MimePart* part) { return part->text.find('@') != std::string::npos; });
}

/// True for the line above the returned mail: a stop phrase at its beginning, or "----- Original message
/// -----".
bool is_stop(const Document& document, const PhraseHit& hit, std::size_t line) {
  const std::string_view before =
      std::string_view(document.lower)
          .substr(document.lines[line].begin, hit.begin - document.lines[line].begin);
  return static_cast<std::size_t>(std::count_if(before.begin(), before.end(), is_alnum)) <= most_before_stop;
}

std::size_t bare_title_line(const Document& document) {
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    std::string_view line = document.line_lower(i);
    if (!line.starts_with('-') && !line.starts_with('*') && !line.starts_with('=')) continue;
    while (!line.empty() && !is_alnum(line.front())) line.remove_prefix(1);
    while (!line.empty() && !is_alnum(line.back())) line.remove_suffix(1);
    if (line == "original message" || line == "original mail" || line == "returned message" ||
        line == "returned mail")
      return i;
  }
  return document.lines.size();
}

/// Cuts the document at the first stop line; what stands below becomes the returned text unless header lines
/// were found further down.
void cut_at_stop(Document& document, const Vocabulary& vocabulary, const ReadLimits& limits) {
  std::size_t stop = bare_title_line(document);
  for (const PhraseHit& hit : document.hits) {
    if (!vocabulary.means(hit, Meaning::returned_begins)) continue;
    const std::size_t line = document.line_of(hit.begin);
    if (line >= stop) break;
    if (is_stop(document, hit, line)) stop = line;
  }
  if (stop >= document.lines.size()) return;
  document.returns_mail = true;
  if (document.returned_text.empty()) {
    std::vector<std::string_view> below;
    for (std::size_t i = stop + 1; i < document.lines.size(); ++i) below.push_back(document.line_text(i));
    document.returned_text = joined(below, 0, limits.header_field_bytes);
  }
  const std::uint32_t end = document.lines[stop].begin;
  std::copy_if(document.hits.begin(), document.hits.end(), std::back_inserter(document.stop_hits),
               [&](const PhraseHit& hit) { return hit.begin >= end && hit.end <= document.lines[stop].end; });
  document.lines.resize(stop);
  document.text.resize(end);
  document.lower.resize(end);
  std::erase_if(document.hits, [&](const PhraseHit& hit) { return hit.end > end; });
}

/// The lower-case form of a two-byte UTF-8 letter, where it has two bytes too.
void lower_two_bytes(char& first, char& second) {
  const auto lead = static_cast<unsigned char>(first);
  const auto trail = static_cast<unsigned char>(second);
  const auto set = [&](unsigned new_lead, unsigned new_trail) {
    first = static_cast<char>(new_lead);
    second = static_cast<char>(new_trail);
  };
  if (lead == 0xC3 && trail >= 0x80 && trail <= 0x9E && trail != 0x97) set(lead, trail + 0x20U);  // À–Þ
  const bool even = (trail & 1U) == 0;
  if (lead == 0xC4 && even && trail <= 0xAF) set(lead, trail + 1U);   // Ā–Į: capitals are even
  if (lead == 0xC4 && !even && trail >= 0xB9) set(lead, trail + 1U);  // Ĺ–Ľ
  if (lead == 0xC5 && !even && trail >= 0x81 && trail <= 0x87)
    set(lead, trail + 1U);  // Ł–Ň: capitals are odd
  if (lead == 0xC5 && even && trail >= 0x8A && trail <= 0xB6) set(lead, trail + 1U);   // Ŋ–Ŷ
  if (lead == 0xC5 && !even && trail >= 0xB9 && trail <= 0xBD) set(lead, trail + 1U);  // Ź Ż Ž
  if (lead == 0xCE && trail >= 0x91 && trail <= 0x9F) set(0xCE, trail + 0x20U);        // Α–Ο
  if (lead == 0xCE && trail >= 0xA0 && trail <= 0xA9) set(0xCF, trail - 0x20U);        // Π–Ω
  if (lead == 0xD0 && trail >= 0x90 && trail <= 0x9F) set(0xD0, trail + 0x20U);        // А–П
  if (lead == 0xD0 && trail >= 0xA0 && trail <= 0xAF) set(0xD1, trail - 0x20U);        // Р–Я
  if (lead == 0xD0 && trail >= 0x80 && trail <= 0x8F) set(0xD1, trail + 0x10U);        // Ѐ–Џ
}

}  // namespace

std::string search_form(std::string_view text) {
  std::string out(text);
  make_lower(out);
  for (std::size_t i = ascii_length(out); i < out.size(); ++i) {
    if (!is_ascii(out[i]) && i + 1 < out.size() && (static_cast<unsigned char>(out[i]) & 0xE0U) == 0xC0U)
      lower_two_bytes(out[i], out[i + 1]);
  }
  return out;
}

std::size_t Document::line_of(std::size_t at) const {
  const auto after =
      std::upper_bound(lines.begin(), lines.end(), at,
                       [](std::size_t wanted, const Line& line) { return wanted < line.begin; });
  return after == lines.begin() ? lines.size() : static_cast<std::size_t>(after - lines.begin()) - 1;
}

Document read_document(const MimeTree& mail, int root, bool keep_quotes, const Vocabulary& vocabulary,
                       const ReadLimits& limits) {
  Document document;
  const TextParts parts = find_text_parts(mail, root, document);
  Collector collector(document, keep_quotes, limits);
  bool goes_on = true;
  for (const MimePart* part : parts.plain) {
    if (!goes_on || document.text.size() > limits.free_text_bytes) break;
    goes_on = collector.add_text(part->text);
  }
  if (!has_address(parts.plain)) {
    for (const MimePart* part : parts.html) {
      if (!goes_on || document.text.size() > limits.free_text_bytes) break;
      goes_on = collector.add_text(html_to_text(part->text));
    }
  }
  document.lower = search_form(document.text);
  document.hits = vocabulary.find_all(document.lower);
  cut_at_stop(document, vocabulary, limits);
  document.addresses = find_addresses(document.text);
  return document;
}

HeaderFields returned_fields(const Document& document, const MimeTree& mail) {
  if (document.returned_part >= 0) {
    const auto index = static_cast<std::size_t>(document.returned_part);
    if (!mail.parts[index].text.empty()) return read_header_fields(mail.parts[index].text);
    if (index + 1 < mail.parts.size() && mail.parts[index + 1].parent == document.returned_part)
      return mail.parts[index + 1].headers;
  }
  return read_header_fields(document.returned_text);
}

}  // namespace bounced::dialects
