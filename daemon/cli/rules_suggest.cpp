// rules suggest: the replies that no rule knows, as rule sections for a person to finish.
//
//   database or FILE… ─► templates ─► without those that today's rules know ─► rules ─► tried ─► printed
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>

#include "config/rules_file.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/engine.hpp"
#include "daemon/line_reader.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"
#include "parser/limits.hpp"
#include "parser/suggest_rule.hpp"

namespace bounced {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string directory;
  int limit = 20;
  bool json = false;
};

/// Templates held of files: hostile ones must not fill the memory.
constexpr std::size_t templates_held = 50'000;

/// A template and the rule made of it.
struct Suggestion {
  UnknownTemplate unknown;
  Rule rule;
};

bool is_known(const Classifier& classifier, const std::string& text, const std::string& vendor) {
  Reply reply;
  reply.text = text;
  reply.vendor = vendor;
  return classifier.classify(reply).reason != Reason::unclassified;
}

void sort_most_frequent_first(std::vector<UnknownTemplate>& templates) {
  std::stable_sort(templates.begin(), templates.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
}

/// Unknown replies of files, one a line.
class LineTemplates {
 public:
  explicit LineTemplates(const Classifier& classifier) : classifier_(classifier) {}

  Result<void> read(const std::string& path) {
    const int fd = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail(Exit::no_input, path + ": can't be opened: " + std::strerror(errno));
    LineReader lines(fd);
    std::string line;
    std::string_view piece;
    while (lines.next(piece)) {
      // What passes the limit is cut off, as in a mail.
      line += piece.substr(
          0, ReadLimits{}.diagnostic_bytes - std::min(line.size(), ReadLimits{}.diagnostic_bytes));
      if (!piece.ends_with('\n')) continue;
      take(line);
      line.clear();
    }
    take(line);
    const int fault = lines.fault();
    ::close(fd);
    if (fault != 0) return fail(Exit::io, path + ": can't be read: " + std::strerror(fault));
    return {};
  }

  std::vector<UnknownTemplate> sorted() {
    sort_most_frequent_first(templates_);
    return std::move(templates_);
  }

 private:
  void take(const std::string& line) {
    const std::string reply = valid_utf8(line.substr(0, line.find_last_not_of("\r\n") + 1));
    if (is_known(classifier_, reply, "")) return;
    const std::string text = reply_template(reply);
    if (text.empty()) return;
    if (const auto known = places_.find(text); known != places_.end()) {
      ++templates_[known->second].count;
    } else if (templates_.size() < templates_held) {
      places_.emplace(text, templates_.size());
      templates_.push_back({0, "", text, {reply}, 1, 0, 0, 0});
    }
  }

  const Classifier& classifier_;
  std::vector<UnknownTemplate> templates_;
  std::map<std::string, std::size_t> places_;
};

/// From the files, or from the database; those that a rule knows by now are left out.
Result<std::vector<UnknownTemplate>> templates_of(const Options& options, const Classifier& classifier,
                                                  Session& session) {
  if (options.files.empty()) {
    const auto store = session.store();
    if (!store) return fail(store.error());
    auto kept = (*store)->unknown_templates();
    if (!kept) return fail(kept.error());
    std::erase_if(*kept, [&](const UnknownTemplate& one) {
      return one.samples.empty() || is_known(classifier, one.samples.front(), one.vendor);
    });
    return kept;
  }
  LineTemplates lines(classifier);
  for (const auto& path : options.files)
    if (const auto done = lines.read(path); !done) return fail(done.error());
  return lines.sorted();
}

/// Rules for the first `limit` templates, each under an id that no other rule has.
std::vector<Suggestion> suggestions_of(std::vector<UnknownTemplate> templates, std::size_t limit,
                                       const RuleBook& book) {
  std::set<std::string> ids;
  for (const auto& rule : book.rules) ids.insert(rule.id);
  std::vector<Suggestion> made;
  for (auto& one : templates) {
    if (made.size() == limit) break;
    Rule rule = suggest_rule(one.text, one.vendor, one.samples.front());
    const std::string id = rule.id;
    for (int number = 2; !ids.insert(rule.id).second; ++number) rule.id = id + "-" + std::to_string(number);
    made.push_back({std::move(one), std::move(rule)});
  }
  return made;
}

/// Leaves out what would not pass `rules test` beside the others and the rules in force: a template with
/// wildcards may hold for the replies of another, which waits for the next time. Returns how many.
Result<std::size_t> drop_those_in_the_way(std::vector<Suggestion>& suggestions, RuleBook book) {
  std::vector<Rule> rules;
  std::set<std::string> suggested;
  for (const auto& one : suggestions) {
    rules.push_back(one.rule);
    suggested.insert(one.rule.id);
  }
  rules.insert(rules.end(), book.rules.begin(), book.rules.end());
  book.rules = std::move(rules);
  const auto classifier = Classifier::make(std::move(book));
  if (!classifier) return fail(classifier.error());
  std::set<std::string> dropped;
  for (const auto& fault : check_rules(*classifier)) {
    if (suggested.contains(fault.rule))
      dropped.insert(fault.rule);
    else if (suggested.contains(fault.won_by))
      dropped.insert(fault.won_by);
  }
  std::erase_if(suggestions, [&](const Suggestion& one) { return dropped.contains(one.rule.id); });
  return dropped.size();
}

std::string seen_text(const UnknownTemplate& unknown) {
  std::string text = "# seen " + counted(unknown.count, "time", "times");
  if (unknown.first_seen != 0) text += ", first " + rfc3339(unknown.first_seen);
  if (unknown.last_seen != 0) text += ", last " + rfc3339(unknown.last_seen);
  return text;
}

void print_section(Output& out, const Suggestion& one) {
  out.line(seen_text(one.unknown));
  out.write(dump_rule(one.rule));
  out.line("");
}

void print_json(Output& out, const Suggestion& one) {
  JsonLine line;
  out.write(line.text("template", one.unknown.text)
                .text("vendor", one.unknown.vendor)
                .number("count", one.unknown.count)
                .time("first_seen", one.unknown.first_seen)
                .time("last_seen", one.unknown.last_seen)
                .texts("samples", one.unknown.samples)
                .text("id", one.rule.id)
                .text("pattern", one.rule.pattern)
                .text("reply_code", one.rule.reply_code)
                .text("status", one.rule.status)
                .text("section", dump_rule(one.rule))
                .finish());
}

Result<Exit> suggest(const Options& options, Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings.error());
  if (!options.directory.empty()) settings->rules_directory = options.directory;
  const auto classifier = make_classifier(*settings);
  if (!classifier) return fail(classifier.error());
  auto templates = templates_of(options, *classifier, session);
  if (!templates) return fail(templates.error());
  const std::size_t found = templates->size();
  auto suggestions =
      suggestions_of(*std::move(templates), static_cast<std::size_t>(options.limit), classifier->book());
  const auto dropped = drop_those_in_the_way(suggestions, classifier->book());
  if (!dropped) return fail(dropped.error());
  if (!options.json && !suggestions.empty()) {
    session.out.line(
        "# Choose a reason for each, and a confidence (bounced-rules(5)); then: bounced rules test DIR");
    session.out.line("");
  }
  for (const auto& one : suggestions)
    options.json ? print_json(session.out, one) : print_section(session.out, one);
  if (const auto left = found - suggestions.size(); left > 0 && !options.json)
    session.out.line("# " + counted(static_cast<long long>(left), "more template", "more templates") + ": " +
                     std::to_string(*dropped) + " that the ones above hold for, the rest beyond --limit");
  return Exit::ok;
}

}  // namespace

void declare_rules_suggest(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  constexpr int most_rules = 1000;  // what the database keeps, and more than a person reads
  command.optional_arguments("FILE", options->files,
                             "replies, one a line, instead of those in the database; - is standard input");
  command.text("--directory", "DIR", options->directory,
               "your own rules, instead of the directory in the settings");
  command.number("--limit", options->limit, 1, most_rules, "so many, the most frequent first (default 20)");
  command.flag("--json", options->json, "JSON Lines, with the samples");
  command.action([options](Session& session) { return suggest(*options, session); });
}

}  // namespace bounced
