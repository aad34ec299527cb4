#include "parser/read_bounce.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "parser/address.hpp"
#include "parser/arf.hpp"
#include "parser/autoreply.hpp"
#include "parser/charset.hpp"
#include "parser/dialect.hpp"
#include "parser/dsn.hpp"
#include "parser/mdn.hpp"
#include "parser/mime.hpp"
#include "parser/returned.hpp"
#include "parser/status.hpp"
#include "parser/text.hpp"
#include "parser/whose_address.hpp"

namespace bounced {
namespace {

std::string first_mailbox(std::string_view value) {
  const auto found = mailboxes_in(value);
  return found.empty() ? std::string{} : found.front();
}

/// The diagnostic as people and rules read it: encoded words undone, no control characters, runs of blanks as
/// one, within its limit.
std::string clean_diagnostic(std::string_view text, const ReadLimits& limits) {
  const std::string decoded = decode_words(text.substr(0, limits.diagnostic_bytes * 2));
  std::string out;
  out.reserve(decoded.size());
  const auto is_blank_or_control = [](char c) { return (c >= 0 && c <= ' ') || c == '\x7f'; };
  for (std::size_t at = 0; at < decoded.size();) {
    const std::size_t start = at;
    while (at < decoded.size() && !is_blank_or_control(decoded[at])) ++at;
    out.append(decoded, start, at - start);
    while (at < decoded.size() && is_blank_or_control(decoded[at])) ++at;
    if (at < decoded.size() && !out.empty()) out += ' ';
  }
  return std::string(trim(cut_utf8(out, limits.diagnostic_bytes)));
}

/// Verdicts that follow from the kind of the mail, not from a reply.
Verdict fixed_verdict(Reason reason, Confidence confidence) {
  const ReasonFacts& known = facts(reason);
  Verdict verdict;
  verdict.reason = reason;
  verdict.fault = known.fault;
  verdict.permanence = known.permanence;
  verdict.confidence = confidence;
  verdict.advice = known.advice;
  return verdict;
}

/// The person that an automatic reply or a challenge speaks for.
ReportFields automatic_report(Kind kind, const MimeTree& mail) {
  ReportFields report;
  report.kind = kind;
  if (kind == Kind::not_bounce) return report;
  report.dialect = kind == Kind::challenge ? "challenge" : "rfc3834";
  RecipientFields person;
  person.final_recipient = first_mailbox(mail.parts.front().headers.first("From"));
  if (!person.final_recipient.empty()) report.recipients.push_back(std::move(person));
  return report;
}

/// Recipients up to which each is looked for in the human part: the product of both would not be linear.
constexpr std::size_t most_explained = 500;

/// Words of RFC 3464's human part: the first text part, cut where a returned mail might begin.
std::string_view explanation_of(const MimeTree& mail) {
  constexpr std::size_t longest_explanation = 65536;
  for (const MimePart& part : mail.parts)
    if (part.type == "text/plain" && part.depth <= 3 && !part.text.empty())
      return std::string_view(part.text).substr(0, longest_explanation);
  return {};
}

/// The SMTP command that the human part tells behind the address, within its paragraph. MTAs print it there
/// and leave it out of Diagnostic-Code.
std::string command_near(std::string_view explanation, std::string_view address) {
  constexpr std::size_t longest_paragraph = 2048;
  if (address.empty()) return {};
  const std::size_t at = explanation.find(address);
  if (at == std::string_view::npos) return {};
  std::string_view paragraph = explanation.substr(at, longest_paragraph);
  paragraph = paragraph.substr(0, paragraph.find("\n\n"));
  std::string line(paragraph);  // phrases may be wrapped: "(in reply to RCPT\n    TO command)"
  line.erase(std::unique(line.begin(), line.end(), [](char a, char b) { return is_space(a) && is_space(b); }),
             line.end());
  std::replace(line.begin(), line.end(), '\n', ' ');
  return command_in(line);
}

/// The server's reply code; none in the exit code of a program, and no "250" for what failed.
std::string reply_code_of(std::string_view diagnostic, std::string_view type, Action action) {
  if (type == "x-unix") return {};
  std::string code = reply_code_in(diagnostic);
  const bool failing = action == Action::failed || action == Action::delayed;
  return failing && code.starts_with('2') ? std::string{} : code;
}

/// The status that the server gave in its reply, else the Status field, else any in the text. A reporter that
/// got no status makes one up ("5.1.1" for every refused RCPT, "5.0.0" for everything), so the reply's own
/// goes first.
std::string status_of(const std::string& field, std::string_view diagnostic) {
  std::string told = status_behind_reply_code(diagnostic);
  if (!says_nothing(told)) return told;
  if (!says_nothing(field)) return field;
  std::string anywhere = enhanced_status_in(diagnostic);
  if (!anywhere.empty()) return anywhere;
  return field;
}

Action action_of(Kind kind) {
  switch (kind) {
    case Kind::bounce:
      return Action::failed;
    case Kind::delayed:
      return Action::delayed;
    case Kind::delivered:
      return Action::delivered;
    default:
      return Action::none;
  }
}

bool worse(Action a, Action b) {
  const auto rank = [](Action action) {
    return action == Action::failed ? 2 : action == Action::delayed ? 1 : 0;
  };
  return rank(a) > rank(b);
}

}  // namespace

struct Reader::Impl {
  ReadOptions options;
  VerpDecoder verp;
  Dialects dialects;
  const Classifier& classifier;

  /// Which reader speaks for the mail: machine-readable reports first, free text last.
  [[nodiscard]] ReportFields read_fields(const MimeTree& mail) const {
    if (auto dsn = read_dsn(mail, options.limits)) {
      complete(*dsn, mail);
      if (!dsn->recipients.empty()) return std::move(*dsn);
    }
    if (auto complaint = read_arf(mail, options.limits)) return std::move(*complaint);
    if (auto disposition = read_mdn(mail)) return std::move(*disposition);
    const AutomaticMail automatic = automatic_mail(mail);
    if (automatic.sign == AutomaticSign::strong) return automatic_report(automatic.kind, mail);
    if (auto dialect = dialects.read(mail, options.limits)) return std::move(*dialect);
    if (automatic.sign == AutomaticSign::weak) return automatic_report(automatic.kind, mail);
    return {};
  }

  /// Has the text part add what the machine part left out. An exit code ("X-Unix; 77") says less than the
  /// output of the program that the text quotes, and stays only where there is none.
  void complete(ReportFields& report, const MimeTree& mail) const {
    std::vector<std::string> exit_codes(report.recipients.size());
    for (std::size_t i = 0; i < exit_codes.size(); ++i)
      if (report.recipients[i].diagnostic_type == "x-unix")
        exit_codes[i] = std::exchange(report.recipients[i].diagnostic_code, {});
    dialects.complete(report, mail, options.limits);
    for (std::size_t i = 0; i < exit_codes.size() && i < report.recipients.size(); ++i) {
      RecipientFields& recipient = report.recipients[i];
      if (exit_codes[i].empty()) continue;
      if (recipient.diagnostic_code.empty())
        recipient.diagnostic_code = std::move(exit_codes[i]);
      else
        recipient.diagnostic_type.clear();
    }
  }

  [[nodiscard]] ReportedRecipient to_recipient(RecipientFields& fields, const ReportFields& report,
                                               std::string_view explanation) const {
    ReportedRecipient out;
    out.diagnostic = clean_diagnostic(fields.diagnostic_code, options.limits);
    out.action = fields.action != Action::none ? fields.action : action_of(report.kind);
    out.reply_code = reply_code_of(out.diagnostic, fields.diagnostic_type, out.action);
    out.status = status_of(fields.status, out.diagnostic);
    out.command = !fields.command.empty() ? fields.command : command_in(out.diagnostic);
    if (out.command.empty()) out.command = command_near(explanation, fields.final_recipient);
    out.original_recipient = std::move(fields.original_recipient);
    out.final_recipient = std::move(fields.final_recipient);
    out.remote_mta = std::move(fields.remote_mta);
    out.will_retry_until = std::move(fields.will_retry_until);
    return out;
  }

  /// The verdict on a reply; with who receives mail for the recipient as further evidence, where the option
  /// is given and nothing else names a vendor.
  [[nodiscard]] Explanation explained(Reply reply, bool with_candidates) const {
    const auto read = [&] {
      if (with_candidates) return classifier.explain(reply);
      Explanation verdict_only;
      verdict_only.verdict = classifier.classify(reply);
      return verdict_only;
    };
    Explanation found = read();
    const std::string domain(domain_of(reply.recipient));
    if (!options.mx_hosts || domain.empty() || !found.verdict.vendor.empty()) return found;
    reply.mx_hosts = options.mx_hosts(domain);
    return reply.mx_hosts.empty() ? found : read();
  }

  void judge(ReportedRecipient& recipient, const BounceReport& report, ReadTrace* trace) const {
    Explanation explanation;
    if (report.kind == Kind::complaint) {
      explanation.verdict = fixed_verdict(Reason::complaint, Confidence::exact);
    } else if (recipient.action == Action::failed || recipient.action == Action::delayed) {
      Reply reply;
      reply.text = recipient.diagnostic;
      reply.reply_code = recipient.reply_code;
      reply.status = recipient.status;
      reply.command = recipient.command;
      reply.remote_mta = recipient.remote_mta;
      reply.reporting_mta = report.reporting_mta;
      reply.recipient = recipient.address;
      explanation = explained(std::move(reply), trace != nullptr);
    } else {
      explanation.verdict = fixed_verdict(Reason::not_a_bounce, Confidence::exact);
    }
    if (recipient.action == Action::delayed) {  // retries go on: nothing is to be done yet
      explanation.verdict.advice = Advice::ignore;
      explanation.verdict.confirm = false;
    }
    recipient.verdict = explanation.verdict;
    if (trace != nullptr) trace->explanations.push_back(std::move(explanation));
  }

  static bool all_differ(const std::vector<ReportedRecipient>& recipients) {
    if (recipients.size() < 2) return true;
    std::unordered_set<std::string_view> seen;
    seen.reserve(recipients.size());
    return std::all_of(recipients.begin(), recipients.end(), [&](const ReportedRecipient& one) {
      return one.address.empty() || seen.insert(one.address).second;
    });
  }

  /// One address, one recipient: aliases make a report name it more than once. The worse news stays; good
  /// news beside it (one of the expansions was delivered) asks for a second failure before anything is done.
  static void merge(std::vector<ReportedRecipient>& recipients) {
    if (all_differ(recipients)) return;
    std::unordered_map<std::string, std::size_t> places;
    std::vector<ReportedRecipient> merged;
    merged.reserve(recipients.size());
    for (ReportedRecipient& one : recipients) {
      const auto [place, is_new] = places.try_emplace(one.address, merged.size());
      if (is_new || one.address.empty()) {
        merged.push_back(std::move(one));
      } else if (worse(one.action, merged[place->second].action)) {
        merged[place->second] = std::move(one);
      }
    }
    recipients = std::move(merged);
  }

  [[nodiscard]] BounceReport read(std::string_view bytes, ReadTrace* trace) const {
    const MimeTree mail = read_mime(bytes, options.limits);
    ReportFields fields = read_fields(mail);
    const HeaderFields returned = returned_fields(mail, fields);
    BounceReport report = describe(mail, fields, returned);
    if (trace != nullptr) trace_mail(*trace, mail, report, fields);
    resolve(report, fields, mail, returned, trace);
    for (ReportedRecipient& recipient : report.recipients) judge(recipient, report, trace);
    return report;
  }

  /// Everything of the report that is not about one recipient.
  [[nodiscard]] BounceReport describe(const MimeTree& mail, const ReportFields& fields,
                                      const HeaderFields& returned) const {
    const HeaderFields& headers = mail.parts.front().headers;
    BounceReport report;
    report.kind = fields.kind;
    report.dialect = fields.dialect;
    report.damage = mail.damage;
    report.damage.insert(report.damage.end(), fields.damage.begin(), fields.damage.end());
    report.reporting_mta = fields.reporting_mta;
    report.arrival_date = fields.arrival_date;
    report.envelope_id = fields.original_envelope_id;
    report.feedback_type = fields.feedback_type;
    report.original = read_original(returned, options.extra_headers);
    OriginalMessage self = read_original(headers, {});
    report.message_id = std::move(self.message_id);
    report.from = std::move(self.from);
    report.subject = std::move(self.subject);
    report.date = std::move(self.date);
    if (fields.kind != Kind::not_bounce) read_return_path(report, headers, fields, returned);
    return report;
  }

  /// Whom the return path names. A complaint goes to an address of its own, and quotes the return path.
  void read_return_path(BounceReport& report, const HeaderFields& headers, const ReportFields& fields,
                        const HeaderFields& returned) const {
    report.signed_paths = signed_paths_in(headers, options.signed_verp);
    if (report.kind == Kind::complaint)
      for (const std::string_view quoted :
           {std::string_view(fields.original_mail_from), returned.first("Return-Path")})
        if (auto path = read_signed_path(quoted, options.signed_verp); path && report.signed_paths.empty())
          report.signed_paths.push_back(*std::move(path));
    if (report.signed_paths.empty())
      report.verp_recipient = verp.decode(headers);
    else  // one that is broken names nobody, and fits no convention
      for (const SignedReturnPath& path : report.signed_paths)
        if (report.verp_recipient.empty()) report.verp_recipient = path.recipient;
  }

  void resolve(BounceReport& report, ReportFields& fields, const MimeTree& mail, const HeaderFields& returned,
               ReadTrace* trace) const {
    if (report.kind == Kind::complaint && fields.recipients.empty() && !report.verp_recipient.empty())
      fields.recipients.emplace_back();  // the complaint hides its recipient, the return path names it
    const std::size_t count = fields.recipients.size();
    const std::string_view explanation = count <= most_explained ? explanation_of(mail) : std::string_view{};
    const bool failing = report.kind == Kind::bounce || report.kind == Kind::delayed ||
                         report.kind == Kind::delivered || report.kind == Kind::complaint;
    const WhoseAddress whose(OwnSide(options.own_domains, options.own_addresses), mail, returned,
                             failing ? report.verp_recipient : std::string{});
    report.recipients.reserve(count);
    for (RecipientFields& one : fields.recipients) {
      AddressFound found = whose.find(one, count);
      ReportedRecipient recipient = to_recipient(one, fields, explanation);
      recipient.address = std::move(found.address);
      if (trace != nullptr)
        trace->lines.push_back("recipient " + recipient.address + ": " + std::string(found.because) +
                               ", action " + std::string(to_string(recipient.action)) + ", status " +
                               recipient.status);
      report.recipients.push_back(std::move(recipient));
    }
    merge(report.recipients);
  }

  static void trace_mail(ReadTrace& trace, const MimeTree& mail, const BounceReport& report,
                         const ReportFields& fields) {
    for (const std::string& word : report.damage) trace.lines.push_back("damage: " + word);
    for (std::size_t i = 0; i < mail.parts.size(); ++i) {
      const MimePart& part = mail.parts[i];
      trace.lines.push_back("part " + std::to_string(i) + ": " +
                            std::string(static_cast<std::size_t>(part.depth) * 2, ' ') + part.type + ", " +
                            std::to_string(part.text.size()) + " bytes of text");
    }
    trace.lines.push_back("kind: " + std::string(to_string(report.kind)) +
                          (report.dialect.empty() ? "" : ", read as " + report.dialect));
    if (fields.returned_part >= 0)
      trace.lines.push_back("returned mail: part " + std::to_string(fields.returned_part));
    if (!report.verp_recipient.empty()) trace.lines.push_back("VERP: " + report.verp_recipient);
  }
};

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::make(ReadOptions options, const Classifier& classifier) {
  auto verp = VerpDecoder::make(options.verp);
  if (!verp) return fail(verp.error());
  return Reader(
      std::unique_ptr<Impl>(new Impl{std::move(options), std::move(*verp), Dialects::make(), classifier}));
}

BounceReport Reader::read(std::string_view mail, ReadTrace* trace) const { return impl_->read(mail, trace); }

}  // namespace bounced
