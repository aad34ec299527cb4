// parse PATH…: the report of each mail, without a database. JSON Lines for programs, a table for people.
#include <thread>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/in_order.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/engine.hpp"
#include "daemon/mail_files.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  std::vector<std::string> paths;
  int jobs = 1;
  bool json = false;
};

// What one thread reads before it prints: enough that the threads seldom wait for each other, and no more
// than a few large mails in memory.
constexpr std::size_t piece_mails = 32;
constexpr std::size_t piece_bytes = 1024UL * 1024;

/// Mails read together; the buffers are used again.
struct Piece {
  std::vector<MailFile> mails = std::vector<MailFile>(piece_mails);
  std::size_t count = 0;
  std::vector<BounceReport> reports;  ///< for the table
  std::string json;                   ///< for JSON Lines
};

bool take(MailFiles& files, Piece& piece) {
  piece.count = 0;
  std::size_t bytes = 0;
  while (piece.count < piece_mails && bytes < piece_bytes && files.next(piece.mails[piece.count]))
    bytes += piece.mails[piece.count++].bytes.size();
  return piece.count > 0;
}

void read(const Engine& engine, UnixSeconds now, bool json, Piece& piece) {
  piece.reports.clear();
  piece.json.clear();
  for (std::size_t i = 0; i < piece.count; ++i) {
    const auto& mail = piece.mails[i];
    auto report = mail.error ? BounceReport() : engine.reader.read(mail.bytes);
    engine.authenticator.judge(report, now);
    if (!json)
      piece.reports.push_back(std::move(report));
    else if (!mail.error)
      piece.json += report_json(report, mail.name) + "\n";
  }
}

void add_rows(Table& table, const std::string& file, const BounceReport& report) {
  const std::string kind(to_string(report.kind));
  if (report.recipients.empty()) table.row({file, kind, "", "", "", "", report.subject});
  for (const auto& recipient : report.recipients)
    table.row({file, kind, recipient.address, recipient.status,
               std::string(to_string(recipient.verdict.reason)),
               std::string(to_string(recipient.verdict.advice)), recipient.diagnostic});
}

Result<Exit> parse(const Options& options, Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto engine = make_engine(*std::move(settings));
  if (!engine) return fail(engine.error());
  MailFiles files(options.paths, engine->settings.reading.limits.message_bytes);
  const UnixSeconds now = now_seconds();
  const bool json = options.json || !session.out.is_terminal();
  Table table(session.out, {"FILE", "KIND", "ADDRESS", "STATUS", "REASON", "DECISION", "DIAGNOSTIC"});
  Exit worst = Exit::ok;
  const auto put = [&](const Piece& piece) {
    session.out.write(piece.json);
    for (std::size_t i = 0; i < piece.count; ++i) {
      const auto& mail = piece.mails[i];
      if (mail.error) {
        complain(*mail.error);
        worst = mail.error->exit;
      } else if (!json) {
        add_rows(table, mail.name, piece.reports[i]);
      }
    }
    return session.out.good();
  };
  in_order<Piece>(
      options.jobs, [&](Piece& piece) { return take(files, piece); },
      [&](Piece& piece) { read(*engine, now, json, piece); }, put);
  return worst;
}

}  // namespace

void declare_parse(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  constexpr int most_jobs = 256;  // threads; more than any machine of today gains from
  command.arguments("PATH", options->paths,
                    "files (.eml or mbox), directories, Maildirs; - is standard input");
  command.number("-j,--jobs", options->jobs, 1, most_jobs,
                 "threads that read; the order of the output stays");
  command.flag("--json", options->json, "JSON Lines also on a terminal (a pipe always gets them)");
  command.action([options](Session& session) { return parse(*options, session); });
}

}  // namespace bounced
