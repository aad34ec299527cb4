#include "parser/mdn.hpp"

#include <array>
#include <string_view>

#include "parser/address.hpp"
#include "parser/dsn_fields.hpp"
#include "parser/returned.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

bool is_disposition_type(const MimePart& part) {
  return part.type == "message/disposition-notification" ||
         part.type == "message/global-disposition-notification";
}

const MimePart* text_part(const MimeTree& mail) {
  for (const MimePart& part : mail.parts)
    if (part.type == "text/plain" && !part.text.empty()) return &part;
  return nullptr;
}

/// The reason stands behind the sentence that announces it, up to an empty line.
std::string refusal_reason(std::string_view text) {
  constexpr std::array<std::string_view, 3> announcements{
      "reason was given:", "automatically rejected:", "reason given was:"};
  for (const std::string_view words : announcements) {
    const std::size_t at = find_word(text, words);
    if (at == std::string_view::npos) continue;
    std::string_view rest = trim_left(text.substr(at + words.size()));
    std::string reason;
    while (!rest.empty()) {
      const std::string_view line = trim(take_line(rest));
      if (line.empty()) break;
      if (!reason.empty()) reason += ' ';
      reason += line;
    }
    return reason;
  }
  return {};
}

bool says_rejected(const MimeTree& mail, const MimePart* text) {
  return contains_word(mail.parts.front().headers.first("Subject"), "reject") ||
         (text != nullptr && contains_word(text->text, "rejected"));
}

}  // namespace

std::optional<ReportFields> read_mdn(const MimeTree& mail) {
  for (std::size_t i = 0; i < mail.parts.size(); ++i) {
    const MimePart& part = mail.parts[i];
    if (!is_disposition_type(part)) continue;
    const HeaderFields fields = read_header_fields(trim_left(part.text));
    ReportFields report;
    report.kind = Kind::disposition;
    report.dialect = "mdn";
    report.returned_part = returned_part_near(mail, static_cast<int>(i));
    RecipientFields recipient;
    const auto finals = read_recipients(fields.first("Final-Recipient"), false);
    const auto originals = read_recipients(fields.first("Original-Recipient"), true);
    if (!finals.empty()) recipient.final_recipient = finals.front();
    if (!originals.empty()) recipient.original_recipient = originals.front();
    const std::string_view disposition = fields.first("Disposition");
    const MimePart* text = text_part(mail);
    if (contains_word(disposition, "automatic-action") && contains_word(disposition, "deleted") &&
        says_rejected(mail, text)) {
      report.kind = Kind::bounce;
      report.dialect = "mdn-refusal";
      recipient.action = Action::failed;
      if (text != nullptr) recipient.diagnostic_code = refusal_reason(text->text);
    }
    report.recipients.push_back(std::move(recipient));
    return report;
  }
  return std::nullopt;
}

}  // namespace bounced
