// vacuum: clears what is older than the settings want, and gives its room back, in small steps.
#include "daemon/clearing.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/signals.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  bool full = false, json = false;
};

/// Between two lines of progress, on a terminal.
constexpr std::chrono::milliseconds progress_time{500};

void print(const Options& options, Output& out, const ClearingResult& result) {
  const auto& cleared = result.cleared;
  if (options.json) {
    JsonLine line;
    out.write(line.number("mails", cleared.mails)
                  .number("events", cleared.events)
                  .number("hashes", cleared.hashes)
                  .number("addresses", cleared.addresses)
                  .number("others", cleared.others)
                  .number("bytes_before", result.before.bytes)
                  .number("bytes", result.after.bytes)
                  .number("free_bytes", result.after.free_bytes)
                  .finish());
    return;
  }
  complain("bounced: " + counted(cleared.events, "event", "events") + " of " +
           counted(cleared.mails, "mail", "mails") + " became daily counts; " +
           counted(cleared.hashes, "hash or place", "hashes and places") + ", " +
           counted(cleared.addresses, "address", "addresses") + " and " +
           counted(cleared.others, "other row", "other rows") + " are gone; " + grouped(result.before.bytes) +
           " → " + grouped(result.after.bytes) + " bytes");
  if (!result.after.shrinks && result.after.free_bytes > 0)
    complain("bounced: " + grouped(result.after.free_bytes) +
             " bytes are free, and this database of an older bounced gives them back by --full alone");
}

Result<Exit> vacuum(const Options& options, Session& session) {
  Signals signals;
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  if (const auto there = session.store(); !there && there.error().exit == Exit::no_input)
    return fail(there.error());
  const auto retention = open_sqlite_retention(settings->database_path);
  if (!retention) return fail(retention.error());
  const auto size = (*retention)->size();
  if (!size) return fail(size.error());
  ClearingResult total;
  total.before = *size;
  const auto stop = [&] { return signals.stop_requested(); };
  for (bool done = false; !done && !stop();) {
    const auto result = clear_database(**retention, settings->retention, now_seconds(), progress_time, stop);
    if (!result) return fail(result.error());
    add_cleared(total.cleared, result->cleared);
    total.after = result->after;
    const bool shrinks =
        is_worth_shrinking(result->after) && result->after.free_bytes < result->before.free_bytes;
    done = result->cleared.done && !shrinks;
    if (!done && session.out.is_terminal())
      complain("bounced: " + grouped(total.cleared.events) + " events, " + grouped(result->after.free_bytes) +
               " bytes free …");
  }
  if (options.full && !stop()) {
    if (auto written = (*retention)->rewrite(); !written) return fail(written.error());
    const auto after = (*retention)->size();
    if (!after) return fail(after.error());
    total.after = *after;
  }
  print(options, session.out, total);
  return stop() ? Exit::try_again : Exit::ok;
}

}  // namespace

void declare_vacuum(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.flag("--full", options->full,
               "then write the whole database anew: nobody else can write meanwhile");
  command.flag("--json", options->json, "what went, as a JSON object");
  command.action([options](Session& session) { return vacuum(*options, session); });
}

}  // namespace bounced
