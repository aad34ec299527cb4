#include "parser/dialects/free_text.hpp"

#include <algorithm>

#include "parser/dialects/surroundings.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Weights of the evidence for a report, and what they must add up to. A system as sender and a failure
/// subject are not enough without a recipient and a reason; a list's or a person's mail needs all of it.
constexpr int weight_daemon = 3;
constexpr int weight_robot = 1;
constexpr int weight_null_sender = 2;
constexpr int weight_failed_header = 4;
constexpr int weight_subject = 3;
constexpr int weight_frame = 2;
constexpr int weight_returned = 2;
constexpr int weight_reply = 3;
constexpr int weight_refusal = 2;
constexpr int weight_list = -4;
constexpr int weight_answer = -6;
constexpr int weight_personal = -4;
constexpr int needed = 7;

bool any_hit(const Reading& reading, Meaning meaning, const Vocabulary& vocabulary) {
  return vocabulary.any(reading.document.hits, meaning);
}

void add_head(std::vector<Recipient>& recipients, const Mention& mention, std::uint32_t index) {
  auto known = std::find_if(recipients.begin(), recipients.end(),
                            [&](const Recipient& r) { return r.address == mention.address; });
  if (known == recipients.end()) {
    recipients.push_back({mention.address, {}, {}});
    known = recipients.end() - 1;
  }
  known->heads.push_back(index);
}

std::vector<Recipient> recipients_of_rank(const std::vector<Mention>& mentions, Rank rank, bool own) {
  std::vector<Recipient> recipients;
  Recipient* last = nullptr;
  for (std::uint32_t i = 0; i < mentions.size(); ++i) {
    const Mention& mention = mentions[i];
    if (mention.origin && last != nullptr && last->original.empty()) last->original = mention.address;
    if (mention.rank != rank || mention.own != own) continue;
    add_head(recipients, mention, i);
    last = &recipients.back();
  }
  return recipients;
}

/// Addresses of one field of the returned mail when it names a single one that isn't ours.
std::string single_address(const HeaderFields& fields, std::string_view name, const Signals& signals) {
  const std::string_view value = fields.first(name);
  const auto spans = find_addresses(value);
  if (spans.size() != 1) return {};
  std::string address = normal_address(value.substr(spans[0].begin, spans[0].end - spans[0].begin));
  const bool own = std::find(signals.own.begin(), signals.own.end(), address) != signals.own.end();
  return own ? std::string{} : address;
}

std::vector<Recipient> recipient_of_returned_mail(const Reading& reading) {
  const HeaderFields fields = returned_fields(reading.document, reading.mail);
  if (fields.has("List-Id")) return {};
  const std::string address = single_address(fields, "To", reading.signals);
  if (address.empty()) return {};
  return {Recipient{address, {}, {}}};
}

bool has_meaning(const Document& document, const Vocabulary& vocabulary, std::size_t begin, std::size_t end,
                 Meaning meaning) {
  return std::any_of(document.hits.begin(), document.hits.end(), [&](const PhraseHit& hit) {
    return hit.begin >= begin && hit.end <= end && vocabulary.means(hit, meaning);
  });
}

bool is_one_of(const std::vector<std::string>& addresses, const Recipient& recipient) {
  return std::find(addresses.begin(), addresses.end(), recipient.address) != addresses.end() ||
         std::find(addresses.begin(), addresses.end(), recipient.original) != addresses.end();
}

/// A recipient may be our own address (people write to themselves), but then a reply must stand right behind
/// it.
std::vector<Recipient> own_recipients(const Reading& reading, const Vocabulary& vocabulary) {
  constexpr std::size_t lines_behind = 3;
  const Document& document = reading.document;
  std::vector<Recipient> recipients = recipients_of_rank(reading.mentions, Rank::head, true);
  std::erase_if(recipients, [&](const Recipient& r) {
    const Mention& head = reading.mentions[r.heads.front()];
    const std::size_t last = std::min<std::size_t>(head.line + lines_behind, document.lines.size() - 1);
    const std::size_t end = document.lines[last].end;
    const bool code = std::any_of(reading.codes.begin(), reading.codes.end(), [&](const Code& c) {
      return c.begin >= head.end && c.end <= end && c.first != '2';
    });
    return !code && !has_meaning(document, vocabulary, head.end, end, Meaning::refused);
  });
  return recipients;
}

/// Addresses that the returned mail was written to, without ours; a handful at most.
std::vector<std::string> written_to(const HeaderFields& returned, const Signals& signals) {
  constexpr std::size_t most = 50;
  std::vector<std::string> addresses;
  for (const std::string_view name : {"To", "Cc"})
    for (const std::string_view value : returned.all(name))
      for (const AddressSpan& span : find_addresses(value)) {
        std::string address = normal_address(value.substr(span.begin, span.end - span.begin));
        const bool own = std::find(signals.own.begin(), signals.own.end(), address) != signals.own.end();
        if (!own && addresses.size() < most) addresses.push_back(std::move(address));
      }
  return addresses;
}

/// Where the returned mail itself names the failing address, that is the one the sender knows, and what it
/// was expanded from is of no use.
void drop_unknown_origins(std::vector<Recipient>& recipients, const Reading& reading) {
  if (std::all_of(recipients.begin(), recipients.end(),
                  [](const Recipient& r) { return r.original.empty(); }))
    return;
  const auto known = written_to(returned_fields(reading.document, reading.mail), reading.signals);
  const auto knows = [&](const std::string& address) {
    return std::find(known.begin(), known.end(), address) != known.end();
  };
  for (Recipient& recipient : recipients)
    if (knows(recipient.address) && !knows(recipient.original)) recipient.original.clear();
}

/// From the best-ranked places of the text, else from the returned mail.
std::vector<Recipient> recipients_in_text(const Reading& reading, const Vocabulary& vocabulary) {
  std::vector<Recipient> recipients;
  for (const Rank rank : {Rank::head, Rank::phrase, Rank::reply})
    if (recipients.empty()) recipients = recipients_of_rank(reading.mentions, rank, false);
  if (recipients.empty()) recipients = own_recipients(reading, vocabulary);
  if (recipients.empty()) recipients = recipient_of_returned_mail(reading);
  if (recipients.empty()) recipients = recipients_of_rank(reading.mentions, Rank::sentence, false);
  drop_unknown_origins(recipients, reading);
  return recipients;
}

/// Recipients that are known from elsewhere (the returned mail, a header field) and without a reply: the
/// places in the text where a sentence names them and goes on.
void find_in_sentences(std::vector<Recipient>& recipients, const std::vector<Diagnosis>& diagnoses,
                       const Reading& reading) {
  constexpr std::size_t most = 50;  // of both: letters that name nobody else are short
  if (recipients.size() > most || reading.mentions.size() > most) return;
  for (std::size_t r = 0; r < recipients.size(); ++r) {
    if (!recipients[r].heads.empty() || diagnoses[r].evidence != Evidence::none) continue;
    for (std::uint32_t m = 0; m < reading.mentions.size(); ++m)
      if (reading.mentions[m].address == recipients[r].address &&
          sentence_goes_on(reading.document, reading.mentions[m]))
        recipients[r].heads.push_back(m);
  }
}

Kind kind_of(const Reading& reading, const std::vector<Diagnosis>& diagnoses, Layout layout,
             const Vocabulary& vocabulary) {
  if (layout == Layout::operators_copy) return Kind::delayed;
  const Signals& signals = reading.signals;
  const bool trying = signals.delay_subject || any_hit(reading, Meaning::still_trying, vocabulary);
  const bool given_up = any_hit(reading, Meaning::given_up, vocabulary);
  if (signals.delay_subject || (trying && !given_up)) return Kind::delayed;
  const bool failed = std::any_of(diagnoses.begin(), diagnoses.end(),
                                  [](const Diagnosis& d) { return d.evidence >= Evidence::refusal; });
  const bool success = signals.success_subject || any_hit(reading, Meaning::delivered, vocabulary);
  if (success && !failed && !any_hit(reading, Meaning::not_delivered, vocabulary)) return Kind::delivered;
  return Kind::bounce;
}

Action action_of(Kind kind) {
  if (kind == Kind::delayed) return Action::delayed;
  return kind == Kind::delivered ? Action::delivered : Action::failed;
}

/// The host that wrote the report, as its text says: "This is the mail system at host mx.example."
std::string reporting_host(const Document& document, const Vocabulary& vocabulary) {
  for (const PhraseHit& hit : document.hits) {
    if (!vocabulary.means(hit, Meaning::reporter_follows)) continue;
    const std::string_view rest = trim_left(std::string_view(document.lower).substr(hit.end));
    std::size_t end = 0;
    while (end < rest.size() && (is_alnum(rest[end]) || rest[end] == '.' || rest[end] == '-')) ++end;
    while (end > 0 && rest[end - 1] == '.') --end;
    if (rest.substr(0, end).find('.') != std::string_view::npos) return std::string(rest.substr(0, end));
  }
  return {};
}

/// The first enhanced status code of a failure or success in a text; "" when there is none.
std::string status_in(const std::string& text) {
  Document line;
  line.text = text;
  line.lower = search_form(text);
  line.lines.push_back({0, static_cast<std::uint32_t>(text.size())});
  for (const Code& code : find_codes(line))
    if (code.enhanced) return text.substr(code.begin, code.end - code.begin);
  return {};
}

RecipientFields fields_of(const Recipient& recipient, const Diagnosis& diagnosis, Kind kind) {
  RecipientFields fields;
  fields.final_recipient = recipient.address;
  fields.original_recipient = recipient.original;
  fields.action = action_of(kind);
  fields.diagnostic_code = diagnosis.text;
  fields.diagnostic_type = diagnosis.evidence == Evidence::reply ? "smtp" : "";
  fields.status = status_in(diagnosis.text);
  fields.command = diagnosis.command;
  fields.remote_mta = diagnosis.remote_mta;
  return fields;
}

/// Who sent the returned mail is on our side too.
void add_senders(Signals& signals, const HeaderFields& returned) {
  for (const std::string_view name : {"From", "Sender", "Reply-To", "Return-Path", "Errors-To"})
    for (const std::string_view value : returned.all(name))
      for (const AddressSpan& span : find_addresses(value))
        signals.own.push_back(normal_address(value.substr(span.begin, span.end - span.begin)));
}

}  // namespace

Reading read_text(const MimeTree& mail, int root, const Vocabulary& vocabulary, const ReadLimits& limits) {
  Reading reading{mail, root, read_signals(mail, root, vocabulary), {}, {}, {}};
  const bool keep_quotes = reading.signals.daemon || reading.signals.null_sender;
  reading.document = read_document(mail, root, keep_quotes, vocabulary, limits);
  const HeaderFields returned = returned_fields(reading.document, mail);
  add_senders(reading.signals, returned);
  reading.codes = find_codes(reading.document);
  reading.mentions = find_mentions(reading.document, reading.codes, reading.signals, vocabulary);
  const bool named = std::any_of(reading.mentions.begin(), reading.mentions.end(),
                                 [](const Mention& m) { return m.rank >= Rank::phrase && !m.own; });
  if (!named) add_local_names(reading.mentions, reading.document, written_to(returned, reading.signals));
  return reading;
}

std::vector<Recipient> find_recipients(const Reading& reading, Layout layout, const Vocabulary& vocabulary) {
  const std::vector<std::string>& failed = reading.signals.failed;
  const auto& headers = reading.mail.parts[static_cast<std::size_t>(reading.root)].headers;
  if (layout == Layout::outer_original_to)
    if (std::string address = normal_address(headers.first("X-Original-To")); !address.empty())
      return {Recipient{std::move(address), {}, {}}};
  std::vector<Recipient> recipients;
  if (layout == Layout::returned_to) recipients = recipient_of_returned_mail(reading);
  if (!recipients.empty()) return recipients;
  if (layout != Layout::failed_header) recipients = recipients_in_text(reading, vocabulary);
  const bool all_others = std::none_of(recipients.begin(), recipients.end(),
                                       [&](const Recipient& r) { return is_one_of(failed, r); });
  if (!failed.empty() && all_others) {
    recipients.clear();
    for (const std::string& address : failed) recipients.push_back({address, {}, {}});
  } else if (!failed.empty()) {
    std::erase_if(recipients, [&](const Recipient& r) { return !is_one_of(failed, r); });
  }
  return recipients;
}

std::optional<ReportFields> make_report(const Reading& reading, Layout layout, std::string_view dialect,
                                        const Vocabulary& vocabulary, const ReadLimits& limits) {
  std::vector<Recipient> recipients = find_recipients(reading, layout, vocabulary);
  if (recipients.empty()) return std::nullopt;
  if (recipients.size() > limits.recipients) recipients.resize(limits.recipients);
  auto diagnoses =
      find_diagnoses(reading.document, reading.codes, reading.mentions, recipients, vocabulary, limits);
  ReportFields report;
  report.kind = kind_of(reading, diagnoses, layout, vocabulary);
  if (layout == Layout::failed_header)
    give_letter(diagnoses, reading.document, limits);
  else if (report.kind == Kind::bounce) {
    find_in_sentences(recipients, diagnoses, reading);
    give_surroundings(diagnoses, recipients, reading.mentions, reading.document, limits);
  }
  report.dialect = dialect;
  report.reporting_mta = reporting_host(reading.document, vocabulary);
  report.returned_part = reading.document.returned_part;
  if (report.returned_part < 0) report.returned_text = reading.document.returned_text;
  const bool some_reply = std::any_of(diagnoses.begin(), diagnoses.end(),
                                      [](const Diagnosis& d) { return d.evidence >= Evidence::refusal; });
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (layout == Layout::only_with_reply && some_reply && diagnoses[i].evidence < Evidence::refusal)
      continue;
    report.recipients.push_back(fields_of(recipients[i], diagnoses[i], report.kind));
  }
  return report;
}

bool looks_like_report(const Reading& reading, const ReportFields& report, const Vocabulary& vocabulary) {
  const Signals& signals = reading.signals;
  const bool system = signals.daemon || signals.robot || signals.null_sender || !signals.failed.empty();
  const bool subject = signals.failure_subject || signals.delay_subject || signals.success_subject;
  const bool frame = any_hit(reading, Meaning::not_delivered, vocabulary) ||
                     any_hit(reading, Meaning::still_trying, vocabulary) ||
                     any_hit(reading, Meaning::delivered, vocabulary);
  if (!system || report.recipients.empty() || !(subject || frame || !signals.failed.empty())) return false;
  const bool reply =
      std::any_of(report.recipients.begin(), report.recipients.end(),
                  [](const RecipientFields& r) { return r.diagnostic_type == "smtp" || !r.status.empty(); });
  const bool refusal = any_hit(reading, Meaning::refused, vocabulary);
  int score = signals.daemon ? weight_daemon : signals.robot ? weight_robot : 0;
  if (signals.null_sender) score += weight_null_sender;
  if (!signals.failed.empty()) score += weight_failed_header;
  if (subject) score += weight_subject;
  if (frame) score += weight_frame;
  if (reading.document.returns_mail) score += weight_returned;
  if (reply) score += weight_reply;
  if (refusal && !reply) score += weight_refusal;
  if (signals.list_mail) score += weight_list;
  if (signals.reply_subject || signals.auto_reply) score += weight_answer;
  if (any_hit(reading, Meaning::personal, vocabulary)) score += weight_personal;
  return score >= needed;
}

}  // namespace bounced::dialects
