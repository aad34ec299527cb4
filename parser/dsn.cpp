#include "parser/dsn.hpp"

#include <array>
#include <utility>

#include "parser/address.hpp"
#include "parser/charset.hpp"
#include "parser/dsn_fields.hpp"
#include "parser/returned.hpp"
#include "parser/status.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// The group that is being read, with what it has so far.
struct Group {
  RecipientFields fields;
  std::vector<std::string> final_recipients;  ///< a field may name several
  bool has_final = false;
  bool has_original = false;
  bool has_action = false;
  bool has_status = false;
  bool has_diagnostic = false;

  [[nodiscard]] bool has_recipient() const { return has_final || has_original; }
  [[nodiscard]] bool empty() const {
    return !has_recipient() && !has_action && !has_status && !has_diagnostic;
  }
  [[nodiscard]] bool has(DsnField field) const {
    switch (field) {
      case DsnField::final_recipient:
        return has_final;
      case DsnField::original_recipient:
        return has_original;
      case DsnField::action:
        return has_action;
      case DsnField::status:
        return has_status;
      case DsnField::diagnostic_code:
        return has_diagnostic;
      default:
        return false;
    }
  }
};

class DeliveryStatus {
 public:
  explicit DeliveryStatus(const ReadLimits& limits) : limits_(limits) {}

  ReportFields read(std::string_view body) {
    std::string_view rest = body;
    while (!rest.empty()) {
      const std::string_view line = take_line(rest);
      if (trim(line).empty()) {
        end_field();
        gap_ = true;
      } else if (const std::size_t colon = name_length(line); colon > 0 && !is_blank(line.front())) {
        end_field();
        field_ = dsn_field_named(line.substr(0, colon));
        value_ = trim(line.substr(colon + 1));
      } else if (field_ != DsnField::unknown && value_.size() < limits_.header_field_bytes) {
        value_ += value_.empty() ? "" : " ";
        value_ += trim(line);
      }
    }
    end_field();
    end_group();
    out_.dialect = "rfc3464";
    return std::move(out_);
  }

 private:
  /// Length of a field's name at the start of the line, blanks in it allowed ("Final Recipient : x"); 0 when
  /// the line is no field. A reply that lost its folding ("said: 550") has a short word of lower case there.
  static std::size_t name_length(std::string_view line) {
    constexpr std::size_t longest_name = 48;
    const std::size_t colon = line.substr(0, longest_name).find(':');
    if (colon == std::string_view::npos || colon == 0) return 0;
    const std::string_view name = trim_right(line.substr(0, colon));
    std::size_t words = 1;
    for (const char c : name) {
      if (is_blank(c)) ++words;
      if (!is_alnum(c) && c != '-' && c != '_' && !is_blank(c)) return 0;
    }
    if (dsn_field_named(name) != DsnField::unknown) return colon;
    const bool dashed = name.find('-') != std::string_view::npos;
    return words == 1 && dashed && is_alpha(name.front()) ? colon : 0;
  }

  void end_field() {
    const DsnField field = std::exchange(field_, DsnField::unknown);
    if (field == DsnField::unknown) return;
    if (!all_ascii(value_)) value_ = to_utf8(value_, "");
    if (!message_field(field)) recipient_field(field);
    value_.clear();
  }

  bool message_field(DsnField field) {
    const auto set = [](std::string& target, std::string value) {
      if (target.empty()) target = std::move(value);
    };
    switch (field) {
      case DsnField::reporting_mta:
        set(out_.reporting_mta, read_host(value_));
        return true;
      case DsnField::received_from_mta:
        set(out_.received_from_mta, read_typed(value_).text);
        return true;
      case DsnField::arrival_date:
        set(out_.arrival_date, value_);
        return true;
      case DsnField::original_envelope_id:
        set(out_.original_envelope_id, decode_xtext(value_));
        return true;
      default:
        return false;
    }
  }

  /// A new group begins where a field of the group repeats, and behind a blank line with the field that names
  /// the recipient; other blank lines stand inside a group.
  [[nodiscard]] bool begins_group(DsnField field) const {
    const bool names_recipient = field == DsnField::final_recipient || field == DsnField::original_recipient;
    if (names_recipient) return group_.has(field) || (gap_ && group_.has_recipient());
    if (!gap_ || !group_.has_recipient())
      return field == DsnField::action && group_.has_final && group_.has_action;
    return group_.has(field) || (group_.has_action && group_.has_status);
  }

  void recipient_field(DsnField field) {
    if (begins_group(field)) end_group();
    gap_ = false;
    RecipientFields& fields = group_.fields;
    switch (field) {
      case DsnField::final_recipient:
        final_recipient();
        break;
      case DsnField::original_recipient:
        original_recipient();
        break;
      case DsnField::action:
        fields.action = read_action(value_);
        group_.has_action = true;
        break;
      case DsnField::status:
        status();
        break;
      case DsnField::remote_mta:
        remote_mta();
        break;
      case DsnField::diagnostic_code:
        diagnostic();
        break;
      case DsnField::last_attempt_date:
        fields.last_attempt_date = value_;
        break;
      case DsnField::will_retry_until:
        fields.will_retry_until = value_;
        break;
      default:
        break;
    }
  }

  void final_recipient() {
    group_.final_recipients = read_recipients(value_, false);
    group_.has_final = true;
  }

  void original_recipient() {
    const auto found = read_recipients(value_, true);
    if (found.empty()) return;
    group_.fields.original_recipient = found.front();
    group_.has_original = true;
  }

  void status() {
    if (group_.has_status) return;
    group_.fields.status = status_of_field(value_);
    group_.has_status = true;
    if (!group_.fields.status.empty() || reply_code_in(value_).empty() || group_.has_diagnostic) return;
    group_.fields.diagnostic_code = value_;  // "Status: 553 text": the reply in the wrong field
  }

  void remote_mta() {
    TypedValue typed = read_typed(value_);
    if (typed.type != "smtp" || reply_code_in(typed.text).empty())
      group_.fields.remote_mta = read_host(value_);
    else if (!group_.has_diagnostic)
      group_.fields.diagnostic_code = std::move(typed.text);  // "Remote-MTA: smtp; 550 …": the wrong field
  }

  /// The first one that says something; a second of the same group is read on as its next line.
  void diagnostic() {
    TypedValue typed = read_typed(value_);
    RecipientFields& fields = group_.fields;
    if (group_.has_diagnostic && !fields.diagnostic_code.empty()) {
      if (!typed.text.empty()) fields.diagnostic_code += ' ' + typed.text;
      return;
    }
    fields.diagnostic_type = std::move(typed.type);
    if (!typed.text.empty()) fields.diagnostic_code = std::move(typed.text);
    group_.has_diagnostic = true;
  }

  void end_group() {
    Group group = std::exchange(group_, Group{});
    if (group.empty() || (!group.has_recipient() && !group.has_action && !group.has_diagnostic)) return;
    if (!group.has_recipient() && !out_.recipients.empty()) return;
    if (group.final_recipients.empty()) group.final_recipients.emplace_back();
    for (std::string& recipient : group.final_recipients) {
      if (out_.recipients.size() >= limits_.recipients) {
        if (out_.damage.empty()) out_.damage.emplace_back("too_many_recipients");
        return;
      }
      const bool last = &recipient == &group.final_recipients.back();
      group.fields.final_recipient = std::move(recipient);
      if (last)
        out_.recipients.push_back(std::move(group.fields));
      else
        out_.recipients.push_back(group.fields);
    }
  }

  const ReadLimits& limits_;
  ReportFields out_;
  Group group_;
  DsnField field_ = DsnField::unknown;
  std::string value_;
  bool gap_ = false;
};

/// RFC 3463 class of what is known, where `Action` says nothing: the reply, then the status.
Action guessed_action(const RecipientFields& fields) {
  const std::string code = reply_code_in(fields.diagnostic_code);
  const char digit = !code.empty() ? code.front() : !fields.status.empty() ? fields.status.front() : '5';
  return digit == '2' ? Action::delivered : digit == '4' ? Action::delayed : Action::failed;
}

/// What the report as a whole is: a failure of anybody makes it a bounce.
Kind kind_of(const ReportFields& report) {
  Kind kind = Kind::delivered;
  for (const RecipientFields& one : report.recipients) {
    if (one.action == Action::failed) return Kind::bounce;
    if (one.action == Action::delayed) kind = Kind::delayed;
  }
  return kind;
}

bool is_status_type(const MimePart& part) {
  return part.type == "message/delivery-status" || part.type == "message/global-delivery-status" ||
         part.type == "message/xdelivery-status";
}

/// A part that may be a delivery-status part under another label.
bool may_be_status(const MimePart& part) {
  return !part.text.empty() && part.type != "text/rfc822-headers" && part.type != "text/html" &&
         part.type != "message/feedback-report" && part.type != "message/disposition-notification";
}

bool reports_a_recipient(const ReportFields& report) { return !report.recipients.empty(); }

}  // namespace

Action read_action(std::string_view value) {
  constexpr std::array<std::pair<std::string_view, Action>, 14> words{{
      {"fail", Action::failed},
      {"error", Action::failed},
      {"undeliv", Action::failed},
      {"bounce", Action::failed},
      {"reject", Action::failed},
      {"expired", Action::failed},
      {"delay", Action::delayed},
      {"defer", Action::delayed},
      {"warning", Action::delayed},
      {"deliver", Action::delivered},
      {"success", Action::delivered},
      {"relay", Action::relayed},
      {"transfer", Action::relayed},
      {"expand", Action::expanded},
  }};
  const std::string_view text = trim(value);
  for (const auto& [word, action] : words)
    if (starts_with_word(text, word)) return action;
  return Action::none;
}

ReportFields read_delivery_status(std::string_view body, const ReadLimits& limits) {
  ReportFields report = DeliveryStatus(limits).read(body);
  for (RecipientFields& one : report.recipients)
    if (one.action == Action::none) one.action = guessed_action(one);
  report.kind = reports_a_recipient(report) ? kind_of(report) : Kind::not_bounce;
  return report;
}

bool looks_like_delivery_status(std::string_view text) {
  constexpr std::size_t lines_looked_at = 12;
  std::string_view rest = trim_left(text);
  std::size_t fields = 0;
  bool recipient = false;
  bool first = true;
  for (std::size_t i = 0; i < lines_looked_at && !rest.empty(); ++i) {
    const std::string_view line = take_line(rest);
    const DsnField field = dsn_field_named(field_name(line));
    if (first && field == DsnField::unknown && !starts_with_word(line, "X-")) return false;
    first = false;
    if (field != DsnField::unknown && line.find('-') != std::string_view::npos) ++fields;
    recipient = recipient || field == DsnField::final_recipient || field == DsnField::original_recipient;
  }
  return recipient && fields >= 2;
}

std::optional<ReportFields> read_dsn(const MimeTree& mail, const ReadLimits& limits) {
  std::optional<ReportFields> best;
  int best_depth = -1;
  bool best_labelled = false;
  for (std::size_t i = 0; i < mail.parts.size(); ++i) {
    const MimePart& part = mail.parts[i];
    const bool labelled = is_status_type(part);
    if (!labelled && (best_labelled || !may_be_status(part) || !looks_like_delivery_status(part.text)))
      continue;
    if (best && part.depth <= best_depth && best_labelled == labelled) continue;
    ReportFields report = read_delivery_status(part.text, limits);
    if (!reports_a_recipient(report) && (best || !labelled)) continue;
    report.returned_part = returned_part_near(mail, static_cast<int>(i));
    best = std::move(report);
    best_depth = part.depth;
    best_labelled = labelled;
  }
  return best;
}

}  // namespace bounced
