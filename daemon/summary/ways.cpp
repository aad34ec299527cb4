// The ways out of delivery.hpp: a mail by SMTP, files, a command; and what the settings add to the figures.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>

#include "daemon/child_process.hpp"
#include "daemon/new_file.hpp"
#include "daemon/smtp_client.hpp"
#include "daemon/summary/delivery.hpp"
#include "daemon/sync/target_lock.hpp"

namespace bounced {
namespace {

/// The page is read by who may read the database, and their group.
constexpr mode_t file_mode = 0640;
constexpr std::size_t largest_count_file = 1024UL * 1024;  // bytes: a line a day for a hundred years

WayEnd failed(Exit exit, std::string message, std::string hint) {
  return {false, false, {exit, std::move(message), std::move(hint)}};
}

WayEnd by_mail(const SummarySettings& settings, const std::function<bool()>& stop, const Page& page) {
  SmtpMail mail;
  mail.url = settings.smtp_url;
  mail.tls = settings.tls != "never" || settings.smtp_url.starts_with("smtps://");
  mail.user = settings.user;
  if (!settings.user.empty()) {
    const auto password = read_secret(settings.password);
    if (!password) return {false, false, password.error()};
    mail.password = *password;
  }
  mail.ca_file = settings.ca_file;
  mail.sender = settings.envelope_from;
  mail.recipients = settings.to;
  mail.message = page.message;
  mail.timeout = settings.timeout;
  mail.stop = stop;
  const SmtpEnd end = send_by_smtp(mail);
  return {end.sent, end.uncertain, end.error};
}

/// A file that is there whole, or as it was before.
Result<void> replace_file(const std::string& path, std::string_view bytes) {
  NewFile file(path + ".new", file_mode);
  const auto wrong = [&](const char* what) {
    return fail(Exit::cant_create, path + ": " + what + ": " + std::strerror(file.fault()),
                "check summary.file");
  };
  if (file.fault() != 0) return wrong("can't be made");
  file.write(bytes);
  if (file.bring_to_disk() != 0) return wrong("can't be written");
  if (file.rename_to(path) != 0) return wrong("can't be replaced");
  return {};
}

std::string file_name(std::string pattern, const std::string& night) {
  constexpr std::string_view mark = "{night}";
  for (auto at = pattern.find(mark); at != std::string::npos; at = pattern.find(mark, at + night.size()))
    pattern.replace(at, mark.size(), night);
  return pattern;
}

WayEnd by_file(const SummarySettings& settings, const Page& page) {
  const std::array<std::pair<const char*, const std::string*>, 3> forms{
      {{".txt", &page.text}, {".html", &page.html}, {".json", &page.json}}};
  for (const auto& [ending, text] : forms) {
    if (text->empty()) continue;
    if (auto done = replace_file(file_name(settings.file, page.night.date) + ending, *text); !done)
      return {false, false, done.error()};
  }
  return {true, false, {}};
}

WayEnd by_command(const SummarySettings& settings, const std::function<bool()>& stop, const Page& page) {
  std::string input;  // programs of this system want line ends of this system
  for (const char c : page.message)
    if (c != '\r') input += c;
  ChildStart start;
  start.words = settings.command;
  start.variables = {"BOUNCED_NIGHT=" + page.night.date};
  start.input = input;
  start.time = settings.timeout;
  start.stop = stop;
  const auto name = "summary.command " + settings.command.front();
  const auto end = run_child(start);
  if (!end) return failed(end.error().exit, name + " " + end.error().message, end.error().hint);
  if (end->code == 0) return {true, false, {}};
  return failed(Exit::unavailable,
                name + " failed with exit code " + std::to_string(end->code) +
                    (end->complaint.empty() ? "" : ": " + end->complaint),
                "run it by hand as the user that runs bounced");
}

/// The mails sent on a day, of a file with lines "2026-03-01 48210"; the last line of a day counts.
std::optional<std::int64_t> sent_by_file(const std::string& path, const std::string& day) {
  std::ifstream file(path);
  std::optional<std::int64_t> found;
  std::string line;
  std::size_t read = 0;
  while (read < largest_count_file && std::getline(file, line)) {
    read += line.size() + 1;
    if (!line.starts_with(day)) continue;
    const auto from = line.find_first_not_of(" \t,;=", day.size());
    std::int64_t number = 0;
    if (from == std::string::npos || from == day.size()) continue;
    const auto [end, fault] = std::from_chars(line.data() + from, line.data() + line.size(), number);
    const std::string_view rest(end, static_cast<std::size_t>(line.data() + line.size() - end));
    if (fault == std::errc() && number >= 0 && rest.find_first_not_of(" \t\r") == std::string_view::npos)
      found = number;
  }
  return found;
}

/// Of the day in which most of the range lies. Only ranges of about a day are a day's.
std::int64_t sent_in(const SummarySettings& settings, UnixSeconds from, UnixSeconds until) {
  constexpr UnixSeconds hour = 3600;
  const auto length = until - from;
  if (length < 23 * hour - 1 || length > 25 * hour + 1) return 0;
  if (!settings.sent_count_file.empty())
    if (const auto counted = sent_by_file(settings.sent_count_file, local_date(from + length / 2)))
      return *counted;
  return settings.sent_per_day;
}

}  // namespace

std::vector<Way> ways_of(const SummarySettings& settings, const std::function<bool()>& stop) {
  std::vector<Way> ways;
  if (!settings.smtp_url.empty() && !settings.to.empty())
    ways.push_back({"mail", [=](const Page& page) { return by_mail(settings, stop, page); }});
  if (!settings.file.empty())
    ways.push_back({"file", [=](const Page& page) { return by_file(settings, page); }});
  if (!settings.command.empty())
    ways.push_back({"command", [=](const Page& page) { return by_command(settings, stop, page); }});
  return ways;
}

std::function<Result<std::shared_ptr<void>>()> sending_lock(const std::string& database_path) {
  return [database_path]() -> Result<std::shared_ptr<void>> {
    auto lock = TargetLock::take(database_path, " summary");  // no target has a blank in its name
    if (!lock) return fail(lock.error());
    return std::shared_ptr<void>(std::make_shared<TargetLock>(*std::move(lock)));
  };
}

namespace {

/// Targets that fail: as it is now, which is what the operator has to mend.
Result<void> add_targets(Store& store, RunSummary& figures) {
  const auto targets = store.sync().targets();
  if (!targets) return fail(targets.error());
  for (const SyncTarget& target : *targets) {
    if (target.failures == 0 && !target.disabled) continue;
    const auto since = target.delivered_at != 0 ? target.delivered_at : target.oldest_behind;
    if (since >= figures.until) continue;
    figures.failing_targets.push_back({target.name, target.error, target.behind + target.waiting, since});
  }
  return {};
}

}  // namespace

Result<RunSummary> figures_of(Store& store, const SummarySettings& settings, UnixSeconds from,
                              UnixSeconds until) {
  auto figures = store.summary(from, until);
  if (!figures) return figures;
  figures->sent = sent_in(settings, from, until);
  if (auto added = add_targets(store, *figures); !added) return fail(added.error());
  return figures;
}

}  // namespace bounced
