#include "parser/arf.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "parser/address.hpp"
#include "parser/dsn_fields.hpp"
#include "parser/returned.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// The value of "Feedback-Type" without comments and case; a report that leaves it out means abuse.
std::string feedback_type(const HeaderFields& fields) {
  std::string_view value = trim(fields.first("Feedback-Type"));
  value = value.substr(0, value.find_first_of(" \t;("));
  return value.empty() ? "abuse" : lower_copy(value);
}

bool is_complaint(std::string_view type) {
  constexpr std::array<std::string_view, 6> types{"abuse",        "fraud",     "opt-out",
                                                  "opt-out-list", "complaint", "unsubscribe"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// Feedback providers hide addresses behind words (RFC 6590): those are nobody's address.
bool is_redacted(std::string_view address) {
  const std::string_view local = address.substr(0, address.rfind('@'));
  return same_word(local, "redacted") || same_word(local, "redacted-address") || same_word(local, "hidden") ||
         std::all_of(local.begin(), local.end(), [](char c) { return lower(c) == 'x' || c == '*'; });
}

void add_recipient(ReportFields& report, std::string_view value, const ReadLimits& limits) {
  for (const std::string& written : read_recipients(value, false)) {
    const std::string address = is_address(written) ? written : normal_address(written);
    if (address.empty() || is_redacted(address) || report.recipients.size() >= limits.recipients) continue;
    const bool known = std::any_of(report.recipients.begin(), report.recipients.end(),
                                   [&](const RecipientFields& r) { return r.final_recipient == address; });
    if (known) continue;
    RecipientFields recipient;
    recipient.final_recipient = address;
    report.recipients.push_back(std::move(recipient));
  }
}

/// Fields of the complained-about mail that name its recipient, the surest first. `To` only when it names one
/// mailbox and the mail is no list mail.
void recipients_of_returned(ReportFields& report, const HeaderFields& returned, const ReadLimits& limits) {
  for (const std::string_view name : {"X-HmXmrOriginalRecipient", "X-Original-Rcpt-To", "X-Apparently-To"}) {
    if (!returned.has(name)) continue;
    const auto found = addresses_in(returned.first(name));
    if (!found.empty()) add_recipient(report, found.front(), limits);
    if (!report.recipients.empty()) return;
  }
  const auto to = mailboxes_in(returned.first("To"));
  if (to.size() == 1 && !returned.has("List-Id")) add_recipient(report, to.front(), limits);
}

const MimePart* feedback_part(const MimeTree& mail, int& index) {
  for (std::size_t i = 0; i < mail.parts.size(); ++i) {
    const MimePart& part = mail.parts[i];
    const bool labelled = part.type == "message/feedback-report";
    const bool mislabelled =
        part.parent >= 0 &&
        mail.parts[static_cast<std::size_t>(part.parent)].report_type == "feedback-report" &&
        contains_word(std::string_view(part.text).substr(0, 2048), "feedback-type:");
    if (!labelled && !mislabelled) continue;
    index = static_cast<int>(i);
    return &part;
  }
  return nullptr;
}

ReportFields read_feedback(const MimeTree& mail, const MimePart& part, int index, const ReadLimits& limits) {
  ReportFields report;
  const HeaderFields fields = read_header_fields(trim_left(part.text));
  report.dialect = "arf";
  report.feedback_type = feedback_type(fields);
  report.kind = is_complaint(report.feedback_type) ? Kind::complaint : Kind::not_bounce;
  report.reporting_mta = read_host(fields.first("Reporting-MTA"));
  report.arrival_date =
      fields.has("Arrival-Date") ? fields.first("Arrival-Date") : fields.first("Received-Date");
  report.original_envelope_id = decode_xtext(fields.first("Original-Envelope-Id"));
  report.original_mail_from = fields.first("Original-Mail-From");
  report.returned_part = returned_part_near(mail, index);
  for (const std::string_view value : fields.all("Original-Rcpt-To")) add_recipient(report, value, limits);
  for (const std::string_view name : {"Removal-Recipient", "Redacted-Address"})
    if (report.recipients.empty())
      for (const std::string_view value : fields.all(name)) add_recipient(report, value, limits);
  if (report.recipients.empty()) recipients_of_returned(report, returned_fields(mail, report), limits);
  return report;
}

/// Microsoft's JMRP and systems that copy it send the mail that was complained about and nothing else.
std::optional<ReportFields> read_bare_complaint(const MimeTree& mail, const ReadLimits& limits) {
  if (!starts_with_word(trim(mail.parts.front().headers.first("Subject")), "complaint about message from"))
    return std::nullopt;
  ReportFields report;
  report.returned_part = returned_part_near(mail, 0);
  if (report.returned_part < 0) return std::nullopt;
  report.kind = Kind::complaint;
  report.dialect = "jmrp";
  report.feedback_type = "abuse";
  recipients_of_returned(report, returned_fields(mail, report), limits);
  return report;
}

/// Apple Mail writes from the subscriber's own address to the List-Unsubscribe mailbox.
std::optional<ReportFields> read_unsubscription(const MimeTree& mail, const ReadLimits& limits) {
  const HeaderFields& headers = mail.parts.front().headers;
  if (!same_word(trim(headers.first("X-Apple-Unsubscribe")), "true")) return std::nullopt;
  ReportFields report;
  report.kind = Kind::complaint;
  report.dialect = "unsubscribe";
  report.feedback_type = "opt-out";
  const auto from = mailboxes_in(headers.first("From"));
  if (!from.empty()) add_recipient(report, from.front(), limits);
  return report;
}

}  // namespace

std::optional<ReportFields> read_arf(const MimeTree& mail, const ReadLimits& limits) {
  int index = -1;
  if (const MimePart* part = feedback_part(mail, index); part != nullptr)
    return read_feedback(mail, *part, index, limits);
  if (auto complaint = read_bare_complaint(mail, limits)) return complaint;
  return read_unsubscription(mail, limits);
}

}  // namespace bounced
