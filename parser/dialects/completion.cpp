#include "parser/dialects/completion.hpp"

#include <algorithm>
#include <unordered_map>

#include "parser/status.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// "255", "77": an exit code (sysexits.h) and no words.
bool has_no_words(std::string_view diagnostic) {
  return std::none_of(diagnostic.begin(), diagnostic.end(),
                      [](char c) { return is_alpha(c) || !is_ascii(c); });
}

/// "552-5.7.0 This message was": the first of several lines, the last of which would have a blank behind its
/// code.
bool is_cut(std::string_view diagnostic) {
  if (diagnostic.size() < 4 || diagnostic[3] != '-' || !is_digit(diagnostic.front())) return false;
  const std::string code = std::string(diagnostic.substr(0, 3)) + ' ';
  return diagnostic.find(code) == std::string_view::npos;
}

bool is_missing(const RecipientFields& fields) {
  if (fields.action == Action::delivered || fields.action == Action::relayed ||
      fields.action == Action::expanded)
    return false;
  return has_no_words(fields.diagnostic_code) || is_cut(fields.diagnostic_code);
}

/// The recipients of the report with the places of the text that name them.
std::vector<Recipient> recipients_in_text(const ReportFields& report, const std::vector<Mention>& mentions) {
  std::vector<Recipient> recipients;
  std::unordered_map<std::string, std::size_t> known;
  for (const RecipientFields& fields : report.recipients) {
    const std::size_t index = recipients.size();
    recipients.push_back(
        {normal_address(fields.final_recipient), normal_address(fields.original_recipient), {}});
    for (const std::string& address : {recipients.back().address, recipients.back().original})
      if (!address.empty()) known.try_emplace(address, index);
  }
  for (std::uint32_t i = 0; i < mentions.size(); ++i) {
    const auto found = known.find(mentions[i].address);
    if (found != known.end() && mentions[i].rank != Rank::none) recipients[found->second].heads.push_back(i);
  }
  return recipients;
}

void fill(RecipientFields& fields, const Diagnosis& diagnosis) {
  if (!is_missing(fields) || diagnosis.evidence == Evidence::none) return;
  const bool wordless_text = has_no_words(diagnosis.text) && reply_code_in(diagnosis.text).empty();
  if (wordless_text) return;
  if (is_cut(fields.diagnostic_code) && !diagnosis.text.starts_with(fields.diagnostic_code.substr(0, 3)))
    return;
  if (is_cut(fields.diagnostic_code) && diagnosis.text.size() <= fields.diagnostic_code.size()) return;
  fields.diagnostic_code = diagnosis.text;
  fields.diagnostic_type = diagnosis.evidence == Evidence::reply ? "smtp" : "";
  if (fields.command.empty()) fields.command = diagnosis.command;
  if (fields.remote_mta.empty()) fields.remote_mta = diagnosis.remote_mta;
}

}  // namespace

bool is_incomplete(const ReportFields& report) {
  return report.recipients.empty() ||
         std::any_of(report.recipients.begin(), report.recipients.end(), is_missing);
}

void complete_from_text(ReportFields& report, const Reading& reading, const Vocabulary& vocabulary,
                        const ReadLimits& limits) {
  if (report.recipients.empty()) {
    auto found = make_report(reading, Layout::plain, report.dialect, vocabulary, limits);
    if (!found) return;
    report.recipients = std::move(found->recipients);
    report.kind = found->kind;
    if (report.returned_part < 0) {
      report.returned_part = found->returned_part;
      report.returned_text = std::move(found->returned_text);
    }
    return;
  }
  const std::vector<Recipient> recipients = recipients_in_text(report, reading.mentions);
  const auto diagnoses =
      find_diagnoses(reading.document, reading.codes, reading.mentions, recipients, vocabulary, limits);
  for (std::size_t i = 0; i < recipients.size(); ++i) fill(report.recipients[i], diagnoses[i]);
}

}  // namespace bounced::dialects
