// retries: the addresses to mail again, and when; the providers to send to more slowly until when. retries
// done: they were mailed again.
#include <unistd.h>

#include <array>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/line_reader.hpp"
#include "daemon/login_name.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"
#include "parser/address.hpp"

namespace bounced {
namespace {

struct Options {
  bool due = false, json = false, providers = false;
};

std::string when(const Output& out, UnixSeconds time) {
  return out.is_terminal() ? local_minute(time) : rfc3339(time);
}

Result<Exit> list_addresses(const Options& options, Session& session, Store& store) {
  JsonLine line;
  std::unique_ptr<Table> table;
  if (!options.json)
    table = std::make_unique<Table>(
        session.out,
        std::vector<std::string>{"ADDRESS", "RETRY AFTER", "ATTEMPTS", "REASON", "PROVIDER", "DIAGNOSTIC"});
  const auto done = store.retries(options.due ? now_seconds() : 0, [&](const Retry& row) {
    if (table)
      table->row({row.address, when(session.out, row.retry_after), std::to_string(row.attempts),
                  std::string(to_string(row.reason)), row.provider, row.diagnostic});
    else
      session.out.write(line.text("address", row.address)
                            .time("retry_after", row.retry_after)
                            .number("attempts", row.attempts)
                            .text("reason", to_string(row.reason))
                            .text("provider", row.provider)
                            .text("message_id", row.original_message_id)
                            .text("list_id", row.list_id)
                            .finish());
    return session.out.good();
  });
  if (!done) return fail(done.error());
  return Exit::ok;
}

Result<Exit> list_providers(const Options& options, Session& session, Store& store) {
  const auto slowdowns = store.slowdowns(now_seconds());
  if (!slowdowns) return fail(slowdowns.error());
  JsonLine line;
  Table table(session.out, {"PROVIDER", "SLOW DOWN UNTIL", "SINCE", "COUNT", "REASON"});
  for (const auto& row : *slowdowns) {
    if (options.json)
      session.out.write(line.text("provider", row.provider)
                            .text("reason", to_string(row.reason))
                            .time("since", row.since)
                            .time("until", row.until)
                            .number("count", row.count)
                            .finish());
    else
      table.row({row.provider, when(session.out, row.until), when(session.out, row.since),
                 std::to_string(row.count), std::string(to_string(row.reason))});
  }
  return Exit::ok;
}

struct DoneOptions {
  std::vector<std::string> addresses;
  std::string why;
  bool early = false, json = false;
};

/// Bytes of a line of standard input that are looked at: the longest address (RFC 5321 4.5.3.1) is far below.
constexpr std::size_t longest_line = 2000;

struct Wanted {
  std::vector<std::string> addresses;  ///< in normal form
  bool some_bad = false;               ///< and complained about
};

void take_line(std::string_view line, std::int64_t number, Wanted& wanted) {
  const auto word = line.substr(0, line.find_first_of("\t\r\n"));
  if (word.find_first_not_of(' ') == std::string_view::npos) return;
  auto address = normal_address(word);
  if (!address.empty()) return wanted.addresses.push_back(std::move(address));
  wanted.some_bad = true;
  complain("bounced: standard input, line " + std::to_string(number) + ": '" + printable(word) +
           "' is no mail address");
}

/// One address a line; what stands behind a tab is passed over, so that the lines of `retries` do.
Result<void> take_standard_input(Wanted& wanted) {
  LineReader reader(STDIN_FILENO);
  std::string line;
  std::int64_t number = 0;
  for (std::string_view piece; reader.next(piece);) {
    if (line.size() < longest_line) line += piece;
    if (!piece.ends_with('\n')) continue;
    take_line(line, ++number, wanted);
    line.clear();
  }
  if (!line.empty()) take_line(line, ++number, wanted);
  if (reader.fault() != 0) return fail(Exit::io, "standard input can't be read", "");
  return {};
}

Result<Wanted> wanted_addresses(const DoneOptions& options) {
  Wanted wanted;
  for (const std::string& word : options.addresses) {
    if (word == "-") {
      if (auto taken = take_standard_input(wanted); !taken) return fail(taken.error());
      continue;
    }
    auto address = normal_address(word);
    if (address.empty()) return fail(Exit::usage, "retries done: '" + word + "' is no mail address", "");
    wanted.addresses.push_back(std::move(address));
  }
  return wanted;
}

std::string_view mark_word(RetryMark mark) {
  constexpr std::array<std::string_view, 4> words{"no retry", "not due yet", "done", "done before"};
  return words[static_cast<std::size_t>(mark)];
}

Result<Exit> mark_done(const DoneOptions& options, Session& session) {
  const auto wanted = wanted_addresses(options);
  if (!wanted) return fail(wanted.error());
  const auto store = session.writable_store();
  if (!store) return fail(store.error());
  const auto transaction = (*store)->begin();
  if (!transaction) return fail(transaction.error());
  const auto now = now_seconds();
  std::vector<RetryMark> marks;
  std::array<std::int64_t, 4> counts{};
  for (const std::string& address : wanted->addresses) {
    const auto mark = (*transaction)->finish_retry(address, now, options.early);
    if (!mark) return fail(mark.error());
    marks.push_back(*mark);
    ++counts[static_cast<std::size_t>(*mark)];
  }
  const auto done = counts[static_cast<std::size_t>(RetryMark::marked)];
  if (done > 0) {
    const auto act = act_by_hand(now, "mailed again", options.why, counted(done, "address", "addresses"));
    if (const auto noted = (*transaction)->record_act(act); !noted) return fail(noted.error());
  }
  if (auto committed = (*transaction)->commit(); !committed) return fail(committed.error());
  JsonLine line;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const auto word = mark_word(marks[i]);
    session.out.write(options.json ? line.text("address", wanted->addresses[i]).text("result", word).finish()
                                   : std::string(word) + "\t" + wanted->addresses[i] + "\n");
  }
  if (counts[static_cast<std::size_t>(RetryMark::not_due)] > 0)
    complain("bounced: those not due yet answer a failure that came since, and stay; --early marks them too");
  return wanted->some_bad ? Exit::data : Exit::ok;
}

void declare_listing(CommandSpec& command, const std::shared_ptr<Options>& options) {
  command.flag("--due", options->due, "only those whose time has come");
  command.flag("--providers", options->providers,
               "the providers to send to more slowly, instead of addresses");
  command.flag("--json", options->json, "JSON Lines");
}

Result<Exit> list(const Options& options, Session& session) {
  const auto store = session.store();
  if (!store) return fail(store.error());
  return options.providers ? list_providers(options, session, **store)
                           : list_addresses(options, session, **store);
}

}  // namespace

void declare_retries(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  auto listing = command.sub("list", "the addresses to mail again, the first due first");
  declare_listing(listing, options);
  listing.action([options](Session& session) { return list(*options, session); });
  const auto marked = std::make_shared<DoneOptions>();
  auto marking = command.sub("done", "they were mailed again: --due tells them no more");
  marking.arguments("ADDRESS", marked->addresses, "the addresses; - reads them from standard input");
  marking.flag("--early", marked->early, "also those whose time has not come");
  marking.text("--why", "TEXT", marked->why, "why, for the record");
  marking.flag("--json", marked->json, "JSON Lines");
  marking.action([marked](Session& session) { return mark_done(*marked, session); });
  declare_listing(command, options);
  command.default_action([options](Session& session) { return list(*options, session); });
}

}  // namespace bounced
