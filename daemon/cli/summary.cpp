// summary: what happened on a day, and what needs the operator.
#include "daemon/summary/summary.hpp"

#include "daemon/cli/commands.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  std::string date, format = "text";
};

Result<Exit> summary(const Options& options, Session& session) {
  const auto now = now_seconds();
  constexpr UnixSeconds day = 24L * 3600;
  auto range = std::optional(TimeRange{now - day, now + 1});  // `until` is excluded
  if (!options.date.empty()) range = day_named(options.date, now);
  if (!range)
    return fail(Exit::usage, "'" + options.date + "' is no day", "give YYYY-MM-DD, today or yesterday");
  const auto store = session.store();
  if (!store) return fail(store.error());
  const auto figures = (*store)->summary(range->from, range->until);
  if (!figures) return fail(figures.error());
  session.out.write(options.format == "json"   ? summary_json(*figures)
                    : options.format == "html" ? summary_html(*figures)
                                               : summary_text(*figures));
  return Exit::ok;
}

}  // namespace

void declare_summary(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.text("--date", "DAY", options->date, "YYYY-MM-DD, today or yesterday; else the last 24 hours");
  command.choice("--format", options->format, {"text", "html", "json"}, "the form (default text)");
  command.action([options](Session& session) { return summary(*options, session); });
}

}  // namespace bounced
