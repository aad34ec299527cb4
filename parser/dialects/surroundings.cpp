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

/// "Rcpt To:": a label in front of the address, which says nothing.
bool is_label(std::string_view text) {
  return text.ends_with(':') && std::count(text.begin(), text.end(), ' ') < longest_label;
}

/// True where the address stands inside a sentence that `text` ends: "the address a@b.example does not
/// exist."
bool goes_on_behind(const Document& document, const Mention& head, std::string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z') return false;
  const Line& line = document.lines[head.line];
  const std::string_view before = std::string_view(document.text).substr(line.begin, head.begin - line.begin);
  const std::string_view behind = std::string_view(document.text).substr(head.end, line.end - head.end);
  const std::size_t start = behind.find_first_not_of(' ');
  return has_letters(before) && start != std::string_view::npos && !before.ends_with(": ") &&
         text.substr(0, behind.size() - start).starts_with(behind.substr(start, text.size()));
}

/// The words before the address: in its paragraph, else the paragraph above.
std::string words_above(const Document& document, const Mention& head, std::size_t max_bytes) {
  const std::size_t first = paragraph_around(document, head.begin).first;
  std::string text = paragraph_text(document, first, head.begin, max_bytes);
  const std::size_t line = document.line_of(first);
  if ((has_letters(text) && !is_label(text)) || line == 0) return text;
  const auto [begin, end] = paragraph_around(document, document.lines[line - 1].begin);
  return paragraph_text(document, begin, end, max_bytes);
}

}  // namespace

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
    if (first != paragraph) above = words_above(document, head, limits.diagnostic_bytes);
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
