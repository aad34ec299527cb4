// explain FILE: every stage between the bytes of a mail and its verdict, with the evidence of each.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/engine.hpp"
#include "daemon/mail_files.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

constexpr UnixSeconds day_seconds = 24 * 60 * 60;

struct Options {
  std::string file;
};

std::string signed_paths_of(const BounceReport& report) {
  std::string text;
  for (const auto& path : report.signed_paths)
    text += (text.empty() ? "" : ", ") + path.base +
            (path.well_formed ? " until " + rfc3339((path.day + 1) * day_seconds) : " (broken)");
  return text;
}

void print_report(Output& out, const BounceReport& report) {
  std::string damage;
  for (const auto& word : report.damage) damage += (damage.empty() ? "" : ", ") + word;
  print_pairs(out, {{"kind", std::string(to_string(report.kind))},
                    {"dialect", report.dialect},
                    {"damage", damage},
                    {"reporting MTA", report.reporting_mta},
                    {"arrival date", report.arrival_date},
                    {"envelope id", report.envelope_id},
                    {"VERP recipient", report.verp_recipient},
                    {"signed paths", signed_paths_of(report)},
                    {"original from", report.original.from},
                    {"original to", report.original.to},
                    {"original subject", report.original.subject},
                    {"original id", report.original.message_id},
                    {"list", report.original.list_id}});
}

void print_recipient(Output& out, std::size_t number, const ReportedRecipient& recipient) {
  out.line("");
  out.line("== recipient " + std::to_string(number) + ": " +
           (recipient.address.empty() ? "no address found" : printable(recipient.address)));
  print_pairs(out, {{"original recipient", recipient.original_recipient},
                    {"final recipient", recipient.final_recipient},
                    {"action", std::string(to_string(recipient.action))},
                    {"status", recipient.status},
                    {"reply code", recipient.reply_code},
                    {"command", recipient.command},
                    {"remote MTA", recipient.remote_mta},
                    {"diagnostic", recipient.diagnostic},
                    {"authenticity", std::string(to_string(recipient.authenticity)) + ": " +
                                         recipient.authenticity_because}});
}

/// The winner first, then each runner-up with the reason why it lost.
void print_candidates(Output& out, const Explanation& why) {
  if (why.candidates.empty()) out.line("no rule matched");
  for (std::size_t i = 0; i < why.candidates.size(); ++i) {
    const auto& candidate = why.candidates[i];
    out.line(std::string(i == 0 ? "winner     " : "runner-up  ") + printable(candidate.rule));
    print_pairs(out, {{"           says", std::string(to_string(candidate.reason)) + " (" +
                                              std::string(to_string(candidate.confidence)) + ")"},
                      {"           stage", candidate.stage},
                      {"           matched", candidate.matched},
                      {"           lost because", candidate.lost_because}});
  }
}

void print_explanation(Output& out, const Explanation& why) {
  print_pairs(
      out, {{"unwrapped", why.unwrapped},
            {"normalised", why.normalised},
            {"vendor",
             why.verdict.vendor.empty() ? "unknown" : why.verdict.vendor + " (" + why.vendor_because + ")"}});
  print_candidates(out, why);
  const auto& verdict = why.verdict;
  print_pairs(out, {{"verdict", std::string(to_string(facts(verdict.reason).category)) + " / " +
                                    std::string(to_string(verdict.reason)) + ": " +
                                    std::string(facts(verdict.reason).meaning)},
                    {"fault", std::string(to_string(verdict.fault))},
                    {"permanence", std::string(to_string(verdict.permanence))},
                    {"confidence", std::string(to_string(verdict.confidence))},
                    {"decision",
                     std::string(to_string(verdict.advice)) + (verdict.confirm ? ", to be confirmed" : "")},
                    {"remedy", verdict.remedy},
                    {"see", verdict.remedy_url}});
}

void explain_mail(Output& out, const Engine& engine, const MailFile& mail) {
  ReadTrace trace;
  auto report = engine.reader.read(mail.bytes, &trace);
  engine.authenticator.judge(report, now_seconds());
  out.line("== " + printable(mail.name) + " (" +
           counted(static_cast<long long>(mail.size_bytes), "byte", "bytes") + ")");
  for (const auto& line : trace.lines) out.line(printable(line));
  out.line("");
  out.line("== report");
  print_report(out, report);
  for (std::size_t i = 0; i < report.recipients.size(); ++i) {
    print_recipient(out, i + 1, report.recipients[i]);
    if (i < trace.explanations.size()) print_explanation(out, trace.explanations[i]);
  }
}

Result<Exit> explain(const Options& options, Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto engine = make_engine(*std::move(settings));
  if (!engine) return fail(engine.error());
  MailFiles files({options.file}, engine->settings.reading.limits.message_bytes);
  MailFile mail;
  bool any = false;
  while (session.out.good() && files.next(mail)) {
    if (mail.error) return fail(*mail.error);
    if (any) session.out.line("");
    explain_mail(session.out, *engine, mail);
    any = true;
  }
  if (!any) return fail(Exit::no_input, options.file + ": holds no mail", "");
  return Exit::ok;
}

}  // namespace

void declare_explain(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.argument("FILE", options->file, "a mail, an mbox or a directory; - is standard input");
  command.action([options](Session& session) { return explain(*options, session); });
}

}  // namespace bounced
