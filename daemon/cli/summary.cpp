// summary: what happened on a day or in a night, and what needs the operator; sends it, too.
#include "daemon/summary/summary.hpp"

#include "daemon/cli/commands.hpp"
#include "daemon/signals.hpp"
#include "daemon/summary/delivery.hpp"

namespace bounced {
namespace {

struct Options {
  std::string date, night, format = "text";
  bool send = false;
};

std::string at_of(const SummarySettings& settings) { return settings.at.empty() ? "00:00" : settings.at; }

/// The night that --night names; "last" is the last one that has ended.
Result<Night> chosen_night(const Options& options, const SummarySettings& settings) {
  const auto at = at_of(settings);
  if (options.night == "last") return last_night(now_seconds(), at);
  const auto named = night_named(options.night, at);
  if (!named)
    return fail(Exit::usage, "'" + options.night + "' is no night",
                "give the date of its morning, YYYY-MM-DD, or last");
  return *named;
}

Result<TimeRange> chosen_range(const Options& options, const SummarySettings& settings) {
  const auto now = now_seconds();
  constexpr UnixSeconds day = 24L * 3600;
  if (!options.night.empty()) {
    const auto night = chosen_night(options, settings);
    if (!night) return fail(night.error());
    return TimeRange{night->from, night->until};
  }
  if (options.date.empty()) return TimeRange{now - day, now + 1};  // `until` is excluded
  const auto range = day_named(options.date, now);
  if (!range)
    return fail(Exit::usage, "'" + options.date + "' is no day", "give YYYY-MM-DD, today or yesterday");
  return *range;
}

/// The worst of what happened, where something did not work.
Exit exit_of(const SendResult& result) {
  using What = SendResult::What;
  if (result.what == What::failed) return result.error.exit;
  const bool open = result.what == What::uncertain || result.what == What::busy || result.what == What::later;
  return open ? Exit::try_again : Exit::ok;
}

Result<Exit> send(const Options& options, const Settings& settings, Session& session) {
  Signals signals;
  const SendingWorld world{now_seconds, ways_of(settings.summary, [&] { return signals.stop_requested(); }),
                           sending_lock(settings.database_path), true};
  if (world.ways.empty())
    return fail(Exit::config, session.config_file + " does not say where the summary goes",
                "add to, from and smtp_url, or file, or command to [summary]");
  const auto store = session.writable_store();
  if (!store) return fail(store.error());
  std::vector<Night> nights;
  if (options.night.empty()) {
    auto due = nights_due(**store, settings.summary, now_seconds());
    if (!due) return fail(due.error());
    nights = *std::move(due);
    if (nights.empty()) complain("bounced: the summary of the last night was sent before");
  } else {
    auto night = chosen_night(options, settings.summary);
    if (!night) return fail(night.error());
    if (night->until > now_seconds())
      return fail(Exit::usage, "the night of " + night->date + " is not over yet", "");
    nights = {*std::move(night)};
  }
  Exit worst = Exit::ok;
  for (const Night& night : nights) {
    const auto results = send_night(**store, settings.summary, night, world);
    if (!results) return fail(results.error());
    for (const SendResult& one : *results) {
      complain("bounced: " + sentence(one));
      if (!one.error.message.empty()) complain(one.error);
      if (exit_of(one) != Exit::ok) worst = exit_of(one);
    }
  }
  return worst;
}

Result<Exit> summary(const Options& options, Session& session) {
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  use_timezone(settings->summary.timezone);
  if (!options.date.empty() && !options.night.empty())
    return fail(Exit::usage, "--date and --night name two ranges", "give one of them");
  if (options.send && !options.date.empty())
    return fail(Exit::usage, "nights are sent, and not days", "give --night instead of --date");
  if (options.send) return send(options, *settings, session);
  const auto range = chosen_range(options, settings->summary);
  if (!range) return fail(range.error());
  const auto store = session.store();
  if (!store) return fail(store.error());
  const auto figures = figures_of(**store, settings->summary, range->from, range->until);
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
  command.text("--night", "DATE", options->night,
               "the 24 hours up to summary.at on that date, or last: the page that is sent");
  command.choice("--format", options->format, {"text", "html", "json"}, "the form (default text)");
  command.flag("--send", options->send, "send the nights that are due, or the one of --night, each once");
  command.action([options](Session& session) { return summary(*options, session); });
}

}  // namespace bounced
