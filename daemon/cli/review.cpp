// review: what the circuit breaker holds, and a person's word about it.
#include "daemon/review.hpp"

#include <charconv>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/suppression_row.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/login_name.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"
#include "parser/address.hpp"

namespace bounced {
namespace {

struct Options {
  std::string wave, provider, address, why;
  bool all = false, apply = false, json = false;
};

std::string when(const Output& out, UnixSeconds time) {
  return out.is_terminal() ? local_minute(time) : rfc3339(time);
}

/// "waiting" and "running": open, and still going on; what a person said of it otherwise.
std::string state_of(const Wave& wave) { return wave.state == "open" ? "waiting" : wave.state; }

void print_wave_json(Output& out, JsonLine& line, const Wave& wave) {
  out.write(line.number("wave", wave.id)
                .text("kind", to_string(wave.kind))
                .text("name", wave.name)
                .text("state", state_of(wave))
                .number("held", wave.held)
                .number("count", wave.count)
                .number("bound", wave.bound)
                .number("usual", wave.usual)
                .time("first_at", wave.first_at)
                .time("last_at", wave.last_at)
                .time("noticed_at", wave.tripped_at)
                .time("decided_at", wave.decided_at)
                .text("sample", wave.sample)
                .finish());
}

Result<Exit> list(const Options& options, Session& session) {
  const auto store = session.store();
  if (!store) return fail(store.error());
  const auto waves = (*store)->waves("");
  if (!waves) return fail(waves.error());
  JsonLine line;
  std::size_t rows = 0;
  Table table(session.out,
              {"WAVE", "STATE", "HELD", "COUNT", "USUAL", "SINCE", "UNTIL", "OF", "NAME", "SAMPLE"});
  for (const Wave& wave : *waves) {
    if (!options.all && wave.state != "open" && wave.held == 0) continue;
    ++rows;
    if (options.json) {
      print_wave_json(session.out, line, wave);
      continue;
    }
    table.row({std::to_string(wave.id), state_of(wave), std::to_string(wave.held), std::to_string(wave.count),
               std::to_string(wave.usual), when(session.out, wave.first_at), when(session.out, wave.last_at),
               std::string(to_string(wave.kind)), wave.name, wave.sample});
  }
  if (session.out.is_terminal() && !options.json && rows == 0)
    session.out.line("nothing waits for your word");
  return Exit::ok;
}

/// Prints holds as they come: JSON Lines, or a table.
class Rows {
 public:
  Rows(const Options& options, Output& out) : out_(out) {
    if (!options.json)
      table_ = std::make_unique<Table>(
          out, std::vector<std::string>{"WAVE", "ADDRESS", "FAILED", "REASON", "PROVIDER", "DIAGNOSTIC"});
  }
  void print(const Hold& held) {
    const Suppression& one = held.suppression;
    if (!table_) {
      suppression_fields(line_, one)
          .text("provider", one.provider)
          .number("wave", held.wave)
          .time("failed_at", held.at);
      return out_.write(line_.finish());
    }
    table_->row({std::to_string(held.wave), one.address, when(out_, held.at),
                 std::string(to_string(one.reason)), one.provider, one.diagnostic});
  }

 private:
  Output& out_;
  std::unique_ptr<Table> table_;
  JsonLine line_;
};

Result<std::int64_t> wave_named(const std::string& word) {
  std::int64_t id = 0;
  const auto end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, id);
  if (read.ec != std::errc() || read.ptr != end || id <= 0)
    return fail(Exit::usage, "review: '" + word + "' is no wave",
                "`bounced review list` shows their numbers");
  return id;
}

Result<ReviewChoice> choice_of(const Options& options) {
  ReviewChoice choice;
  choice.provider = options.provider;
  choice.all = options.all;
  if (!options.wave.empty()) {
    const auto wave = wave_named(options.wave);
    if (!wave) return fail(wave.error());
    choice.wave = *wave;
  }
  if (!options.address.empty()) {
    choice.address = normal_address(options.address);
    if (choice.address.empty())
      return fail(Exit::usage, "review: '" + options.address + "' is no mail address", "");
  }
  const int chosen =
      !options.wave.empty() + !options.provider.empty() + !options.address.empty() + options.all;
  if (chosen != 1)
    return fail(Exit::usage, chosen == 0 ? "review: which wave?" : "review: choose in one way only",
                "give its number (`bounced review list`), --provider, --address or --all");
  return choice;
}

/// Exit::usage where a number was given that no wave has.
Result<void> check_wave(Store& store, const ReviewChoice& choice) {
  if (choice.wave == 0) return {};
  const auto waves = store.waves("");
  if (!waves) return fail(waves.error());
  for (const Wave& wave : *waves)
    if (wave.id == choice.wave) return {};
  return fail(Exit::usage, "review: there is no wave " + std::to_string(choice.wave),
              "`bounced review list --all` shows those that there are");
}

Result<Exit> show(const Options& options, Session& session) {
  const auto choice = choice_of(options);
  if (!choice) return fail(choice.error());
  const auto store = session.store();
  if (!store) return fail(store.error());
  if (auto known = check_wave(**store, *choice); !known) return fail(known.error());
  Rows rows(options, session.out);
  const auto done = (*store)->holds(choice->holds(), [&](const Hold& held) {
    rows.print(held);
    return session.out.good();
  });
  if (!done) return fail(done.error());
  return Exit::ok;
}

/// The choice in words, for the record.
std::string choice_text(const ReviewChoice& choice) {
  if (choice.wave != 0) return "wave " + std::to_string(choice.wave);
  if (!choice.provider.empty()) return "provider " + choice.provider;
  return choice.all ? "all waves" : "this address";
}

void print_counts(const Options& options, Output& out, ReviewWord word, bool applied,
                  const ReviewCounts& counts) {
  if (options.json) {
    JsonLine line;
    out.write(line.boolean("applied", applied)
                  .number("waves", counts.waves)
                  .number("settled", counts.settled)
                  .number("without_suppression", counts.without)
                  .finish());
    return;
  }
  const std::string done = word == ReviewWord::release ? "released" : "discarded";
  std::string text = counted(counts.settled, "held suppression", "held suppressions") +
                     (applied ? " " : " would be ") + done;
  if (counts.waves > 0) text += ", and " + counted(counts.waves, "wave", "waves") + " with what comes later";
  if (counts.without > 0)
    text += "; " + grouped(counts.without) + " of them made no suppression: delivered since, or over by now";
  if (!applied && (counts.settled > 0 || counts.waves > 0))
    text += ". Nothing is changed yet: --apply does it";
  complain("bounced: " + text);
}

Result<ReviewCounts> carry_out(const Options& options, Session& session, ReviewWord word,
                               const ReviewChoice& choice, bool apply) {
  const auto store = apply ? session.writable_store() : session.store();
  if (!store) return fail(store.error());
  if (auto known = check_wave(**store, choice); !known) return fail(known.error());
  Rows rows(options, session.out);
  const EachHold each = [&](const Hold& held) { rows.print(held); };
  if (!apply) return preview_review(**store, choice, each);
  const ManualAct act = act_by_hand(now_seconds(), to_string(word), options.why, choice_text(choice));
  return apply_review(**store, word, choice, act, each);
}

Result<Exit> decide(const Options& options, Session& session, ReviewWord word) {
  const auto choice = choice_of(options);
  if (!choice) return fail(choice.error());
  const bool apply = options.apply || !choice->address.empty();  // one address is no large change
  const auto counts = carry_out(options, session, word, *choice, apply);
  if (!counts) return fail(counts.error());
  print_counts(options, session.out, word, apply, *counts);
  return Exit::ok;
}

void declare_choice(CommandSpec& command, const std::shared_ptr<Options>& options) {
  command.optional_argument("WAVE", options->wave, "its number");
  command.text("--provider", "NAME", options->provider,
               "what this provider said: a vendor's name, e.g. google, or the domain of its servers");
  command.text("--address", "ADDRESS", options->address, "this address only");
  command.flag("--json", options->json, "JSON Lines");
}

void declare_decision(CommandSpec& command, const char* name, const char* help, ReviewWord word) {
  const auto options = std::make_shared<Options>();
  auto decision = command.sub(name, help);
  declare_choice(decision, options);
  decision.flag("--all", options->all, "every wave");
  decision.flag("--apply", options->apply, "do it; without this nothing changes, but for a single address");
  decision.text("--why", "TEXT", options->why, "why, for the record");
  decision.action([options, word](Session& session) { return decide(*options, session, word); });
}

}  // namespace

void declare_review(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  auto listing = command.sub("list", "the waves that wait for your word, newest first");
  listing.flag("--all", options->all, "also those decided");
  listing.flag("--json", options->json, "JSON Lines");
  listing.action([options](Session& session) { return list(*options, session); });
  const auto shown = std::make_shared<Options>();
  auto showing = command.sub("show", "the held suppressions of a wave");
  declare_choice(showing, shown);
  showing.flag("--all", shown->all, "those of every wave");
  showing.action([shown](Session& session) { return show(*shown, session); });
  declare_decision(command, "release", "the wave was real: make its suppressions", ReviewWord::release);
  declare_decision(command, "discard", "the wave was a failure of theirs: drop what it would have counted",
                   ReviewWord::discard);
}

}  // namespace bounced
