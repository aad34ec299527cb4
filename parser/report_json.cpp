// The JSON of a report, written straight into a string: a report is a dozen known fields, and `parse` prints
// tens of thousands a second.
#include <array>
#include <charconv>

#include "parser/charset.hpp"
#include "parser/json_text.hpp"
#include "parser/read_bounce.hpp"

namespace bounced {
namespace {

class JsonWriter {
 public:
  void open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void key(std::string_view name) {
    separate();
    append_json_text(out_, name);
    out_ += ':';
    first_ = true;  // no comma between key and value
  }
  void text(std::string_view value) {
    separate();
    if (is_valid_utf8(value))
      append_json_text(out_, value);
    else
      append_json_text(out_, to_utf8(value, "utf-8"));
  }
  void raw(std::string_view value) {
    separate();
    out_ += value;
  }
  void member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void member(std::string_view name, bool value) {
    key(name);
    raw(value ? "true" : "false");
  }
  std::string take() { return std::move(out_); }

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string out_;
  bool first_ = true;
};

void write_verdict_names(JsonWriter& json, const Verdict& verdict) {
  json.member("category", to_string(facts(verdict.reason).category));
  json.member("reason", to_string(verdict.reason));
  json.member("fault", to_string(verdict.fault));
  json.member("permanence", to_string(verdict.permanence));
  json.member("confidence", to_string(verdict.confidence));
  json.member("rule", verdict.rule);
}

void write_original(JsonWriter& json, const OriginalMessage& original) {
  json.key("original");
  json.open('{');
  json.member("message_id", original.message_id);
  json.member("from", original.from);
  json.member("to", original.to);
  json.member("subject", original.subject);
  json.member("list_id", original.list_id);
  json.member("date", original.date);
  if (!original.extra.empty()) {
    json.key("extra");
    json.open('{');
    for (const auto& [name, value] : original.extra) json.member(name, value);
    json.close('}');
  }
  json.close('}');
}

void write_recipient(JsonWriter& json, const ReportedRecipient& recipient) {
  json.open('{');
  json.member("address", recipient.address);
  json.member("original_recipient", recipient.original_recipient);
  json.member("final_recipient", recipient.final_recipient);
  json.member("action", to_string(recipient.action));
  json.member("status", recipient.status);
  json.member("reply_code", recipient.reply_code);
  json.member("diagnostic", recipient.diagnostic);
  json.member("remote_mta", recipient.remote_mta);
  json.member("vendor", recipient.verdict.vendor);
  write_verdict_names(json, recipient.verdict);
  json.member("confirm", recipient.verdict.confirm);
  json.member("decision", to_string(recipient.verdict.advice));
  json.member("authenticity", to_string(recipient.authenticity));
  json.close('}');
}

}  // namespace

std::string report_json(const BounceReport& report, std::string_view file) {
  JsonWriter json;
  json.open('{');
  json.key("schema");
  json.raw("1");
  json.member("file", file);
  json.member("kind", to_string(report.kind));
  json.member("dialect", report.dialect);
  json.key("damage");
  json.open('[');
  for (const std::string& word : report.damage) json.text(word);
  json.close(']');
  json.member("reporting_mta", report.reporting_mta);
  json.member("arrival_date", report.arrival_date);
  json.member("envelope_id", report.envelope_id);
  write_original(json, report.original);
  json.member("verp_recipient", report.verp_recipient);
  json.key("recipients");
  json.open('[');
  for (const ReportedRecipient& recipient : report.recipients) write_recipient(json, recipient);
  json.close(']');
  json.close('}');
  return json.take();
}

std::string verdict_json(const Verdict& verdict, std::string_view mapped) {
  JsonWriter json;
  json.open('{');
  write_verdict_names(json, verdict);
  json.member("decision", to_string(verdict.advice));
  json.member("confirm", verdict.confirm);
  json.member("vendor", verdict.vendor);
  json.member("matched", verdict.matched);
  json.member("remedy", verdict.remedy);
  json.member("remedy_url", verdict.remedy_url);
  json.key("retry_after_seconds");
  json.raw(std::to_string(verdict.retry_after.count()));
  if (!mapped.empty()) json.member("mapped", mapped);
  json.close('}');
  return json.take();
}

}  // namespace bounced
