// classify: what a server's reply means; one from the command line, or many as JSON Lines on standard input.
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/foreign_words.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/engine.hpp"
#include "daemon/line_reader.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"
#include "parser/read_bounce.hpp"

namespace bounced {
namespace {

struct Options {
  Reply reply;
  std::string map;  ///< one of foreign_system_names, or ""
  bool json = false;
};

// Bytes of one line on standard input: several times what a diagnostic may hold.
constexpr std::size_t line_bytes = 1024UL * 1024;

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (found->is_number_integer()) return std::to_string(found->get<std::int64_t>());
  return found->is_string() ? found->get<std::string>() : std::string();
}

/// The reply that a line describes. Error: Exit::data.
Result<Reply> read_reply(std::string_view line) {
  const auto object = nlohmann::json::parse(line, nullptr, false);
  if (object.is_discarded()) return fail(Exit::data, "not JSON");
  if (!object.is_object()) return fail(Exit::data, "not a JSON object");
  if (!object.contains("text") && !object.contains("status") && !object.contains("reply_code"))
    return fail(Exit::data, "none of text, status, reply_code is there");
  Reply reply;
  reply.text = text_of(object, "text");
  reply.reply_code = text_of(object, "reply_code");
  reply.status = text_of(object, "status");
  reply.vendor = text_of(object, "vendor");
  reply.remote_mta = text_of(object, "remote_mta");
  reply.reporting_mta = text_of(object, "reporting_mta");
  reply.command = text_of(object, "command");
  reply.recipient = text_of(object, "recipient");
  return reply;
}

/// The reason in the words of the system that --map names; "" without it.
std::string mapped(const Options& options, const Verdict& verdict) {
  const auto system = named<ForeignSystem>(foreign_system_names, options.map);
  return system ? std::string(foreign_word(*system, verdict.reason)) : "";
}

std::string json_of(const Options& options, const Verdict& verdict) {
  return verdict_json(verdict, mapped(options, verdict));
}

/// One line in, one line out, so that verdicts stay beside their replies: what is no reply gives {"error":
/// …}.
Result<Exit> classify_stream(const Options& options, const Classifier& classifier, Session& session) {
  LineReader lines(STDIN_FILENO);
  std::string line;
  std::string_view piece;
  std::int64_t number = 0;
  Exit worst = Exit::ok;
  const auto judge = [&] {
    ++number;
    if (line.find_first_not_of(" \t\r\n") == line.npos) return;
    const auto reply =
        line.size() > line_bytes ? Result<Reply>(fail(Exit::data, "longer than 1 MiB")) : read_reply(line);
    if (reply) return session.out.line(json_of(options, classifier.classify(*reply)));
    worst = reply.error().exit;
    complain("bounced: standard input, line " + std::to_string(number) + ": " + reply.error().message);
    JsonLine error;
    session.out.write(error.text("error", reply.error().message).finish());
  };
  while (session.out.good() && lines.next(piece)) {
    if (line.size() <= line_bytes) line += piece;
    if (!piece.ends_with('\n')) continue;
    judge();
    line.clear();
  }
  if (!line.empty()) judge();
  if (lines.fault() != 0) return fail(Exit::io, "standard input can't be read");
  return worst;
}

void print_verdict(Output& out, const Options& options, const Verdict& verdict) {
  const auto& about = facts(verdict.reason);
  const std::string retry = verdict.retry_after.count() > 0 ? span_text(verdict.retry_after.count()) : "";
  std::vector<std::pair<std::string, std::string>> pairs{
      {"category", std::string(to_string(about.category))},
      {"reason", std::string(to_string(verdict.reason))},
      {"meaning", std::string(about.meaning)},
      {"fault", std::string(to_string(verdict.fault))},
      {"permanence", std::string(to_string(verdict.permanence))},
      {"confidence", std::string(to_string(verdict.confidence))},
      {"decision", std::string(to_string(verdict.advice))},
      {"confirm", verdict.confirm ? "yes: a second report, at least a day later" : ""},
      {"vendor", verdict.vendor},
      {"rule", verdict.rule},
      {"matched", verdict.matched},
      {"retry after", retry},
      {"remedy", verdict.remedy},
      {"see", verdict.remedy_url}};
  if (!options.map.empty()) pairs.emplace_back(options.map, mapped(options, verdict));
  print_pairs(out, pairs);
}

Result<Exit> classify(const Options& options, Session& session) {
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const bool given =
      !options.reply.text.empty() || !options.reply.status.empty() || !options.reply.reply_code.empty();
  if (!given && ::isatty(STDIN_FILENO) == 1)
    return fail(Exit::usage, "classify: no reply given",
                "give --text TEXT, or JSON Lines on standard input; see: bounced classify --help");
  const auto classifier = make_classifier(*settings);
  if (!classifier) return fail(classifier.error());
  if (!given) return classify_stream(options, *classifier, session);
  const auto verdict = classifier->classify(options.reply);
  if (options.json)
    session.out.line(json_of(options, verdict));
  else
    print_verdict(session.out, options, verdict);
  return Exit::ok;
}

}  // namespace

void declare_classify(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  auto& reply = options->reply;
  command.text("--text", "TEXT", reply.text, "the reply as the server wrote it");
  command.text("--reply-code", "CODE", reply.reply_code, "its SMTP code, where the text lacks it, e.g. 550");
  command.text("--status", "STATUS", reply.status, "the status that the report gives, e.g. 5.1.1");
  command.text("--remote-mta", "HOST", reply.remote_mta, "the host that said it");
  command.text("--vendor", "VENDOR", reply.vendor, "who said it, where you know it, e.g. google");
  command.text("--command", "COMMAND", reply.command, "the SMTP command it answers: RCPT, EOD, …");
  command.choice("--map", options->map, {foreign_system_names.begin(), foreign_system_names.end()},
                 "give the reason in the words of another system, too");
  command.flag("--json", options->json, "as JSON; replies read from standard input always give JSON Lines");
  command.action([options](Session& session) { return classify(*options, session); });
}

}  // namespace bounced
