// rules list | show | test | dump (suggest: rules_suggest.cpp): the rules in force, the shipped ones and the
// operator's own.
#include <algorithm>

#include "config/rules_file.hpp"
#include "config/words.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/engine.hpp"
#include "daemon/plain_text.hpp"

namespace bounced {
namespace {

struct Options {
  std::string id, vendor, directory;
};

Result<Classifier> loaded(const Options& options, Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings.error());
  if (!options.directory.empty()) settings->rules_directory = options.directory;
  return make_classifier(*settings);
}

/// "suppress, to be confirmed": what the rule leads to.
std::string decision_of(const Rule& rule) {
  const auto advice = rule.has_advice ? rule.advice : facts(rule.reason).advice;
  return std::string(to_string(advice)) + (rule.confirm ? " (confirm)" : "");
}

Result<Exit> list(const Options& options, Session& session) {
  const auto classifier = loaded(options, session);
  if (!classifier) return fail(classifier.error());
  Table table(session.out, {"RULE", "REASON", "CONFIDENCE", "DECISION", "PATTERN"});
  for (const auto& rule : classifier->book().rules) {
    if (!options.vendor.empty() && rule.vendor != options.vendor) continue;
    table.row({rule.id, std::string(to_string(rule.reason)), std::string(to_string(rule.confidence)),
               decision_of(rule), rule.pattern.empty() ? rule.reply_code + " " + rule.status : rule.pattern});
  }
  return Exit::ok;
}

Result<Exit> show(const Options& options, Session& session) {
  const auto classifier = loaded(options, session);
  if (!classifier) return fail(classifier.error());
  const auto& rules = classifier->book().rules;
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == options.id; });
  if (found == rules.end()) {
    std::vector<std::string_view> ids;
    ids.reserve(rules.size());
    for (const auto& rule : rules) ids.push_back(rule.id);
    const auto near = nearest_word(options.id, ids);
    return fail(Exit::usage, "no rule is called '" + options.id + "'",
                near.empty() ? "`bounced rules list` prints all of them" : "did you mean '" + near + "'?");
  }
  session.out.line("# " + printable(found->origin));
  session.out.line("# leads to: " + decision_of(*found) + "; " + std::string(facts(found->reason).meaning));
  RuleBook one;
  one.rules.push_back(*found);
  session.out.write(dump_rules(one));
  return Exit::ok;
}

Result<Exit> test(const Options& options, Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings.error());
  if (!options.directory.empty()) settings->rules_directory = options.directory;
  const auto faults = check_rules_directory(settings->rules_directory);
  for (const auto& fault : faults) complain(fault.origin + ": " + fault.what);
  if (!faults.empty())
    return fail(Exit::config, counted(static_cast<long long>(faults.size()), "fault", "faults"),
                "bounced-rules(5) shows the format: a rule must win each of its examples and none of its "
                "counter-examples");
  const auto book = load_rules(settings->rules_directory);
  if (!book) return fail(book.error());
  std::size_t examples = 0;
  for (const auto& rule : book->rules) examples += rule.example.size() + rule.counter_example.size();
  session.out.line(counted(static_cast<long long>(book->rules.size()), "rule", "rules") + ", " +
                   counted(static_cast<long long>(examples), "example", "examples") + ": all as they say");
  return Exit::ok;
}

Result<Exit> dump(const Options& options, Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings.error());
  if (!options.directory.empty()) settings->rules_directory = options.directory;
  const auto book = load_rules(settings->rules_directory);
  if (!book) return fail(book.error());
  session.out.write(dump_rules(*book));
  return Exit::ok;
}

}  // namespace

void declare_rules(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  const auto declare = [&](const char* name, const char* help,
                           Result<Exit> (*what)(const Options&, Session&)) {
    auto spec = command.sub(name, help);
    spec.text("--directory", "DIR", options->directory,
              "your own rules, instead of the directory in the settings");
    spec.action([options, what](Session& session) { return what(*options, session); });
    return spec;
  };
  declare("list", "every rule in force, in order", list)
      .text("--vendor", "VENDOR", options->vendor, "only the rules of this vendor");
  declare("show", "one rule, as it stands in a rules file", show).argument("RULE", options->id, "its id");
  declare("test", "check that the files are sound and each rule wins its examples", test)
      .optional_argument("DIR", options->directory, "the directory to test, as --directory");
  declare("dump", "all rules and vendors as one rules file", dump);
  auto suggesting = command.sub("suggest", "rules to finish, for replies that no rule knows");
  declare_rules_suggest(suggesting);
}

}  // namespace bounced
