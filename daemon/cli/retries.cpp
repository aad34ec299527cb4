// retries: the addresses to mail again, and when; the providers to send to more slowly until when.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/time_text.hpp"

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

}  // namespace

void declare_retries(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.flag("--due", options->due, "only those whose time has come");
  command.flag("--providers", options->providers,
               "the providers to send to more slowly, instead of addresses");
  command.flag("--json", options->json, "JSON Lines");
  command.action([options](Session& session) -> Result<Exit> {
    const auto store = session.store();
    if (!store) return fail(store.error());
    return options->providers ? list_providers(*options, session, **store)
                              : list_addresses(*options, session, **store);
  });
}

}  // namespace bounced
