#include "parser/dialects/sns.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

using Json = nlohmann::json;

/// SNS breaks lines that are longer than mail allows as "!", line end, blank.
std::string unbroken(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "!\n ")
      i += 2;
    else
      out += text[i];
  }
  return out;
}

/// One value behind its text form in SNS: up to the line "--" that begins the footer.
std::string_view without_footer(std::string_view text) {
  const std::size_t footer = text.find("\n--");
  return trim(text.substr(0, footer));
}

Json parse(std::string_view text) { return Json::parse(text, nullptr, false); }

/// A member of an object, or null.
const Json& member(const Json& object, const char* name) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

std::string text_of(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

/// The header fields of the original mail that SES repeats, as a header block.
std::string original_header(const Json& mail) {
  std::string out;
  for (const Json& field : member(mail, "headers")) {
    const std::string name = text_of(field, "name");
    std::string value = text_of(field, "value");
    std::replace(value.begin(), value.end(), '\n', ' ');
    if (!name.empty()) out.append(name).append(": ").append(value).append("\n");
  }
  return out;
}

struct Event {
  std::string_view type;
  const char* member;      ///< object with the details
  const char* recipients;  ///< array in it
  Kind kind;
  Action action;
};

constexpr Event events[] = {
    {"Bounce", "bounce", "bouncedRecipients", Kind::bounce, Action::failed},
    {"Complaint", "complaint", "complainedRecipients", Kind::complaint, Action::none},
    {"Delivery", "delivery", "recipients", Kind::delivered, Action::delivered},
    {"DeliveryDelay", "deliveryDelay", "delayedRecipients", Kind::delayed, Action::delayed},
};

RecipientFields read_recipient(const Json& one, const Json& details, const Event& event) {
  RecipientFields fields;
  fields.action = event.action;
  fields.final_recipient = one.is_string() ? one.get<std::string>() : text_of(one, "emailAddress");
  fields.status = text_of(one, "status");
  std::string diagnostic = text_of(one, "diagnosticCode");
  if (diagnostic.empty()) diagnostic = text_of(details, "smtpResponse");
  const std::size_t type_end = diagnostic.find(';');
  if (type_end != std::string::npos && starts_with_word(diagnostic, "smtp") && type_end <= 5) {
    fields.diagnostic_type = "smtp";
    diagnostic.erase(0, type_end + 1);
  }
  fields.diagnostic_code = trim(diagnostic);
  if (fields.diagnostic_code.empty() && event.kind == Kind::bounce)
    fields.diagnostic_code = text_of(details, "bounceSubType");
  fields.remote_mta = text_of(details, "remoteMtaIp");
  return fields;
}

}  // namespace

std::optional<ReportFields> read_sns(std::string_view text, const ReadLimits& limits) {
  text = trim(text);
  if (!text.starts_with('{')) return std::nullopt;
  Json object = parse(unbroken(without_footer(text)));
  if (const std::string inner = text_of(object, "Message"); inner.starts_with('{')) object = parse(inner);
  std::string type = text_of(object, "notificationType");
  if (type.empty()) type = text_of(object, "eventType");
  const auto* event =
      std::find_if(std::begin(events), std::end(events), [&](const Event& e) { return e.type == type; });
  if (event == std::end(events)) return std::nullopt;
  const Json& details = member(object, event->member);
  const Json& mail = member(object, "mail");
  ReportFields report;
  report.kind = event->kind;
  report.reporting_mta = text_of(details, "reportingMTA");
  if (const std::size_t typed = report.reporting_mta.find(';'); typed != std::string::npos)
    report.reporting_mta = trim(report.reporting_mta.substr(typed + 1));
  report.arrival_date = text_of(mail, "timestamp");
  report.returned_text = original_header(mail);
  if (event->kind == Kind::complaint) {
    report.feedback_type = text_of(details, "complaintFeedbackType");
    if (report.feedback_type.empty()) report.feedback_type = "abuse";
  }
  for (const Json& one : member(details, event->recipients)) {
    if (report.recipients.size() >= limits.recipients) break;
    RecipientFields fields = read_recipient(one, details, *event);
    if (!fields.final_recipient.empty()) report.recipients.push_back(std::move(fields));
  }
  return report.recipients.empty() ? std::nullopt : std::optional(std::move(report));
}

}  // namespace bounced::dialects
