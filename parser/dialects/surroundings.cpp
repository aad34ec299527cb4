#include "parser/dialects/surroundings.hpp"

#include <algorithm>

#include "parser/charset.hpp"
#include "parser/dialects/reply_text.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Words of a label at most.
constexpr std::ptrdiff_t longest_label = 3;

bool has_letters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_alpha(c) || !is_ascii(c); });
}

std::string_view words_before(const Document& document, const Mention& mention) {
  const Line& line = document.lines[mention.line];
  return std::string_view(document.text).substr(line.begin, mention.begin - line.begin);
}

std::string_view words_behind(const Document& document, const Mention& mention) {
  const Line& line = document.lines[mention.line];
  return std::string_view(document.text).substr(mention.end, line.end - mention.end);
}

/// "Rcpt To:": a label in front of the address, which says nothing.
bool is_label(std::string_view text) {
  return text.ends_with(':') && std::count(text.begin(), text.end(), ' ') < longest_label;
}

/// True where the address stands inside a sentence that `text` ends: "the address a@b.example does not
/// exist."
bool goes_on_behind(const Document& document, const Mention& head, std::string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z') return false;
  const std::string_view behind = trim_left(words_behind(document, head));
  return sentence_goes_on(document, head) &&
         text.substr(0, behind.size()).starts_with(behind.substr(0, text.size()));
}

/// Without the bullet, dash or arrow that stands before an address.
std::string_view without_bullet(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" -*>=\t");
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

/// The paragraph behind the one that ends at `at`; "" when there is none.
std::string paragraph_below(const Document& document, std::size_t at, std::size_t max_bytes) {
  const std::size_t next = document.line_of(at) + 1;
  if (next >= document.lines.size()) return {};
  const auto [begin, end] = paragraph_around(document, document.lines[next].begin);
  return paragraph_text(document, begin, end, max_bytes);
}

/// The words before the address: in its paragraph, else the paragraph above, else the one below.
std::string words_above(const Document& document, const Mention& head, std::size_t max_bytes) {
  const std::size_t first = paragraph_around(document, head.begin).first;
  std::string text(without_bullet(paragraph_text(document, first, head.begin, max_bytes)));
  const std::size_t line = document.line_of(first);
  if (has_letters(text) && !is_label(text)) return text;
  if (line == 0) {
    std::string below =
        paragraph_below(document, paragraph_around(document, head.begin).second - 1, max_bytes);
    return has_letters(below) ? below : text;
  }
  const auto [begin, end] = paragraph_around(document, document.lines[line - 1].begin);
  return paragraph_text(document, begin, end, max_bytes);
}

}  // namespace

bool sentence_goes_on(const Document& document, const Mention& mention) {
  const std::string_view before = words_before(document, mention);
  return has_letters(before) && !before.ends_with(": ") && has_letters(words_behind(document, mention));
}

void give_surroundings(std::vector<Diagnosis>& diagnoses, const std::vector<Recipient>& recipients,
                       const std::vector<Mention>& mentions, const Document& document,
                       const ReadLimits& limits) {
  std::size_t paragraph = document.text.size();  // where the words given last stood
  std::string above;
  for (std::size_t r = 0; r < recipients.size(); ++r) {
    if (recipients[r].heads.empty() || diagnoses[r].evidence > Evidence::refusal) continue;
    const Mention& head = mentions[recipients[r].heads.front()];
    const auto [first, last] = paragraph_around(document, head.begin);
    if (diagnoses[r].evidence != Evidence::none) {
      if (goes_on_behind(document, head, diagnoses[r].text))
        diagnoses[r].text = paragraph_text(document, first, last, limits.diagnostic_bytes);
      continue;
    }
    if (first != paragraph)
      above = sentence_goes_on(document, head)
                  ? paragraph_text(document, first, last, limits.diagnostic_bytes)
                  : words_above(document, head, limits.diagnostic_bytes);
    paragraph = first;
    diagnoses[r].text = above;
    if (has_letters(above)) diagnoses[r].evidence = Evidence::attached;
  }
}

void give_letter(std::vector<Diagnosis>& diagnoses, const Document& document, const ReadLimits& limits) {
  std::string text(cut_utf8(document.text, limits.diagnostic_bytes));
  std::replace(text.begin(), text.end(), '\n', ' ');
  for (Diagnosis& diagnosis : diagnoses)
    if (diagnosis.evidence < Evidence::enhanced) diagnosis.text = text;
}

}  // namespace bounced::dialects
