#include "daemon/foreign_suppression.hpp"

#include <array>
#include <charconv>

#include "daemon/cli/csv.hpp"
#include "parser/address.hpp"
#include "parser/mail_date.hpp"
#include "parser/text.hpp"
#include "storage/kept_text.hpp"

namespace bounced {
namespace {

// As much as is kept of a diagnostic from a mail (ReadLimits::diagnostic_bytes).
constexpr std::size_t diagnostic_bytes = 4096;

/// What a word of another system means for the address.
enum class Meaning { dead, complaint, not_suppressed };
struct ForeignWord {
  std::string_view word;  ///< letters and digits in lower case
  Meaning meaning;
  std::string_view told;  ///< why it is left out
};

// SES ListSuppressedDestinations; Postmark "Bounce types" and "Suppressions"; listmonk bounce types and
// subscriber states.
constexpr std::array words{
    ForeignWord{"bounce", Meaning::dead, ""},
    ForeignWord{"complaint", Meaning::complaint, ""},
    ForeignWord{"hardbounce", Meaning::dead, ""},
    ForeignWord{"bademailaddress", Meaning::dead, ""},
    ForeignWord{"manualsuppression", Meaning::dead, ""},
    ForeignWord{"manuallydeactivated", Meaning::dead, ""},
    ForeignWord{"spamcomplaint", Meaning::complaint, ""},
    ForeignWord{"softbounce", Meaning::not_suppressed, "a soft bounce"},
    ForeignWord{"transient", Meaning::not_suppressed, "a passing failure"},
    ForeignWord{"autoresponder", Meaning::not_suppressed, "an automatic reply"},
    ForeignWord{"addresschange", Meaning::not_suppressed, "a change of address"},
    ForeignWord{"subscribe", Meaning::not_suppressed, "a subscription"},
    ForeignWord{"dnserror", Meaning::not_suppressed, "a failure of the DNS"},
    ForeignWord{"spamnotification", Meaning::not_suppressed, "about the mail, not about the address"},
    ForeignWord{"virusnotification", Meaning::not_suppressed, "about the mail, not about the address"},
    ForeignWord{"challengeverification", Meaning::not_suppressed, "a challenge"},
    ForeignWord{"hard", Meaning::dead, ""},
    ForeignWord{"soft", Meaning::not_suppressed, "a soft bounce"},
    ForeignWord{"blocklisted", Meaning::dead, ""},
    ForeignWord{"enabled", Meaning::not_suppressed, "not suppressed there"},
    ForeignWord{"disabled", Meaning::not_suppressed, "not suppressed there"},
};

const ForeignWord* word_named(std::string_view text) {
  const std::string name = plain_field_name(text);
  for (const ForeignWord& one : words)
    if (one.word == name) return &one;
  return nullptr;
}

/// Seconds or milliseconds since the epoch, or a date; 0 for anything else.
UnixSeconds time_of(std::string_view text) {
  constexpr double first_millisecond = 1e11;  // as seconds that is the year 5138
  text = trim(text);
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault == std::errc{} && end == text.data() + text.size()) {
    if (number < 0 || number > first_millisecond * 100) return 0;
    return static_cast<UnixSeconds>(number >= first_millisecond ? number / 1000 : number);
  }
  return mail_date(text).value_or(0);
}

/// The address; of a file without a heading the first value that is one.
Result<std::string> address_in(const FileRecord& record, std::string& as_written) {
  std::string_view written = record.value(address_fields);
  for (const auto& [name, value] : record.fields) {
    if (!written.empty()) break;
    if (name.empty() && !normal_address(trim(value)).empty()) written = value;
  }
  if (written.empty() && !record.fields.empty()) written = record.fields.front().second;
  as_written = trim(written);
  std::string address = normal_address(as_written);
  if (address.empty() || !is_address(address))
    return fail(Exit::data, as_written.empty() ? "no address" : "'" + as_written + "' is no mail address");
  return address;
}

/// The values of our own export, as the line had them.
class OwnRow {
 public:
  explicit OwnRow(const FileRecord& record) : record_(record) {}

  [[nodiscard]] std::string text(std::string_view name) const {
    const std::string_view value = record_.value({name});
    return std::string(record_.from_csv ? csv_uncell(value) : value);
  }
  /// 0 for "".
  [[nodiscard]] UnixSeconds time(std::string_view name) {
    const std::string value = text(name);
    const auto read = value.empty() ? std::optional<UnixSeconds>(0) : mail_date(value);
    if (!read) fault_ = "'" + value + "' is no time";
    return read.value_or(0);
  }
  [[nodiscard]] int count() {
    const std::string value = text("count");
    int number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (!value.empty() && (fault != std::errc{} || end != value.data() + value.size() || number < 0))
      fault_ = "'" + value + "' is no count";
    return number;
  }
  [[nodiscard]] Reason reason() {
    const auto found = reason_named(text("reason"));
    if (!found) fault_ = "no reason is called '" + text("reason") + "'";
    return found.value_or(Reason::unclassified);
  }
  /// "" for a suppression that holds for every sender.
  [[nodiscard]] std::string scope() {
    const auto kind = named<Scope>(scope_names, text("scope"));
    std::string sender = text("sender");
    if (!kind) fault_ = "'" + text("scope") + "' is no scope";
    if (kind && (*kind == Scope::pair) == sender.empty()) fault_ = "scope and sender don't go together";
    return sender;
  }
  [[nodiscard]] std::string source() {
    std::string source = text("source");
    if (source != "policy" && source != "complaint" && source != "manual" && source != "import")
      fault_ = "'" + source + "' is no source";
    return source;
  }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  const FileRecord& record_;
  std::string fault_;
};

bool is_own(const FileRecord& record) {
  const auto has = [&](std::string_view name) {
    return std::any_of(record.fields.begin(), record.fields.end(),
                       [&](const auto& field) { return field.first == name; });
  };
  return has("decidedat") && has("confidence") && has("scope") && has("sender");
}

Result<ForeignSuppression> read_own(const FileRecord& record, Suppression made, const ForeignTerms& terms) {
  OwnRow row(record);
  made.reason = terms.reason.value_or(row.reason());
  made.confidence = named<Confidence>(confidence_names, row.text("confidence")).value_or(Confidence::none);
  made.status = row.text("status");
  made.diagnostic = row.text("diagnostic");
  made.provider = made.vendor = row.text("vendor");
  made.rule = row.text("rule");
  made.source = row.source();
  made.scope = row.scope();
  made.mailbox = row.text("mailbox");
  made.message_id = row.text("messageid");
  made.count = row.count();
  made.first_seen = row.time("firstseen");
  made.last_seen = row.time("lastseen");
  made.decided_at = row.time("decidedat");
  made.expires_at = row.time("expiresat");
  if (!row.fault().empty()) return fail(Exit::data, row.fault());
  if (made.expires_at != 0 && made.expires_at <= terms.now) return ForeignSuppression{{}, "over already"};
  return ForeignSuppression{std::move(made), ""};
}

/// The word that a system puts beside the address, wherever it puts it.
const ForeignWord* word_of(const FileRecord& record) {
  for (const std::string_view name : {"reason", "suppressionreason", "type", "status"})
    if (const auto* word = word_named(record.value({name}))) return word;
  for (const auto& [name, value] : record.fields)
    if (name.empty())
      if (const auto* word = word_named(value)) return word;
  return nullptr;
}

/// Judges the reply that the record quotes: "" or why it suppresses nobody.
std::string judge(const FileRecord& record, const ForeignTerms& terms, Suppression& made) {
  Reply reply;
  reply.text = kept_text(std::string(record.value(
                             {"error", "details", "diagnostic", "diagnosticcode", "reason", "description"})),
                         diagnostic_bytes);
  reply.reply_code = trim(record.value({"code", "replycode"}));
  const std::string_view status = trim(record.value({"status"}));
  if (!status.empty() && is_digit(status.front())) reply.status = status;
  reply.recipient = made.address;
  if (word_named(reply.text) != nullptr) reply.text.clear();
  if (reply.text.empty() && reply.status.empty() && reply.reply_code.empty()) return "";
  made.diagnostic = reply.text;
  made.status = reply.status;
  const Verdict verdict = terms.classifier.classify(reply);
  if (terms.reason || verdict.confidence < Confidence::strong) return "";
  if (verdict.advice == Advice::alert || verdict.advice == Advice::retry)
    return "its reply is not about the address (" + std::string(to_string(verdict.reason)) + ")";
  made.reason = verdict.reason;
  made.confidence = verdict.confidence;
  made.vendor = made.provider = verdict.vendor;
  made.rule = verdict.rule;
  return "";
}

Result<ForeignSuppression> read_other(const FileRecord& record, Suppression made, const ForeignTerms& terms) {
  made.source = "import";
  made.reason = Reason::provider_suppressed;
  made.first_seen = made.last_seen =
      time_of(record.value({"created", "createdat", "lastupdatetime", "bouncedat", "timestamp", "date"}));
  if (made.first_seen == 0) made.first_seen = made.last_seen = terms.now;
  made.decided_at = terms.now;
  made.count = 1;
  const ForeignWord* word = word_of(record);
  if (record.value({"inactive"}) == "false") return ForeignSuppression{{}, "not suppressed there"};
  const bool is_inactive = record.value({"inactive"}) == "true";  // Postmark has deactivated it all the same
  if (word != nullptr && word->meaning == Meaning::not_suppressed && !is_inactive)
    return ForeignSuppression{{}, std::string(word->told)};
  if (auto why = judge(record, terms, made); !why.empty() && !is_inactive)
    return ForeignSuppression{{}, std::move(why)};
  if (word != nullptr && word->meaning == Meaning::complaint) {
    made.reason = Reason::complaint;
    made.source = "complaint";
    made.confidence = Confidence::exact;
  }
  if (terms.reason) made.reason = *terms.reason;
  return ForeignSuppression{std::move(made), ""};
}

}  // namespace

Result<ForeignSuppression> read_foreign_suppression(const FileRecord& record, const ForeignTerms& terms) {
  Suppression made;
  const bool own = is_own(record);
  if (own && record.from_csv) {
    made.address_as_written = csv_uncell(record.value({"address"}));
    made.address = normal_address(made.address_as_written);
    if (made.address.empty()) return fail(Exit::data, "'" + made.address_as_written + "' is no mail address");
  } else {
    auto address = address_in(record, made.address_as_written);
    if (!address) return fail(address.error());
    made.address = *std::move(address);
  }
  made.batch = terms.batch;
  made.note = "imported as " + terms.batch;
  return own ? read_own(record, std::move(made), terms) : read_other(record, std::move(made), terms);
}

}  // namespace bounced
