#include "daemon/doctor.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>

#include "config/rules_file.hpp"
#include "daemon/authenticity.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/sync/target.hpp"
#include "daemon/time_text.hpp"
#include "storage/maintenance.hpp"
#include "storage/store.hpp"

namespace bounced {
namespace {

using State = Finding::State;

/// Free bytes below which the disk is called full: some hundred thousand events, and room for a log.
constexpr std::uint64_t little_room_bytes = 200ULL * 1024 * 1024;
/// The first day of the year in which this was written: no clock that is set says an earlier one.
constexpr UnixSeconds earliest_clock = 1'767'225'600;  // 2026-01-01
/// A clock may be behind the last entry by so much before something is wrong with it.
constexpr UnixSeconds tolerated_backwards = 10 * 60;
/// A change that nobody has told a target for so long.
constexpr UnixSeconds long_untold = 24 * 60 * 60;
/// A mailbox that nothing has read for so long is one that nobody reads.
constexpr UnixSeconds long_unread = 2 * 24 * 60 * 60;

Finding fault_of(const std::string& subject, const Error& error) {
  return {State::fault, subject, error.message, error.hint, error.exit};
}

std::string parent_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

class Examination {
 public:
  Examination(const Settings& settings, const OpenMailbox& open_mailbox, UnixSeconds now,
              const EachFinding& each)
      : settings_(settings), open_mailbox_(open_mailbox), now_(now), each_(each) {}

  void run() {
    rules();
    keys();
    database();
    disk();
    clock();
    for (const MailboxSettings& mailbox : settings_.mailboxes) examine_mailbox(mailbox);
    for (const TargetSettings& target : settings_.targets) examine_target(target);
  }

 private:
  void good(const std::string& subject, std::string found) {
    each_({State::good, subject, std::move(found), "", Exit::ok});
  }
  void warn(const std::string& subject, std::string found, std::string remedy) {
    each_({State::warning, subject, std::move(found), std::move(remedy), Exit::ok});
  }

  void rules() {
    const auto faults = check_rules_directory(settings_.rules_directory);
    for (const RulesFault& fault : faults)
      each_({State::fault, "rules", fault.origin + ": " + fault.what, "`bounced rules test` says all of it",
             Exit::config});
    if (!faults.empty()) return;
    const auto book = load_rules(settings_.rules_directory);
    if (!book) return each_(fault_of("rules", book.error()));
    good("rules",
         counted(static_cast<long long>(book->rules.size()), "rule", "rules") +
             (settings_.rules_directory.empty() ? "" : ", with those of " + settings_.rules_directory) +
             ": each wins its examples");
  }

  /// A return path that is signed must be taken for one of ours.
  void keys() {
    const auto authenticator = Authenticator::make(settings_);
    if (!authenticator) return each_(fault_of("signed return paths", authenticator.error()));
    if (authenticator->keys().empty()) return;
    const SignedVerpForm& form = settings_.reading.signed_verp;
    const std::string recipient = "someone@example.org";
    const std::string base = form.return_paths.empty() ? "bounces@example.net" : form.return_paths.front();
    const auto made =
        sign_return_path(authenticator->keys(), recipient, base, day_of(now_) + 1, form.separator);
    if (!made) return each_(fault_of("signed return paths", made.error()));
    if (authenticator->check(*made, recipient, now_) != SignatureState::valid)
      return each_({State::fault, "signed return paths", "a path that was just signed does not hold",
                    "is the clock right? are verp_keys the files that were meant?", Exit::config});
    good("signed return paths", "a path that is signed holds");
  }

  void database() {
    const std::string& path = settings_.database_path;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      const std::string parent = parent_of(path);
      if (::access(parent.c_str(), W_OK | X_OK) == 0)
        return good("database", path + " is not there yet: the first pass makes it");
      return each_({State::fault, "database", path + " is not there, and " + parent + " can't be written to",
                    "make the directory and give it to the daemon's user, or set database.path", Exit::io});
    }
    if (const auto sound = check_sqlite_database(path); !sound)
      return each_(fault_of("database", sound.error()));
    if (::access(path.c_str(), W_OK) != 0 || ::access(parent_of(path).c_str(), W_OK) != 0)
      return each_({State::fault, "database", path + " or its directory can't be written to by this user",
                    "run the doctor as the daemon's user, or give both to it", Exit::no_permission});
    const auto bytes = std::filesystem::file_size(path, ignored);
    const auto limit = static_cast<std::uintmax_t>(settings_.retention.warn_bytes);
    const std::string found = path + ": sound, " + grouped(static_cast<long long>(bytes)) + " bytes";
    if (limit > 0 && bytes > limit)
      warn("database", found + ", more than retention.warn_size",
           "keep less (retention.events), give free pages back (bounced vacuum), or allow it more");
    else
      good("database", found);
    store_ = open_sqlite_store_read_only(path);
    last_passes();
  }

  void last_passes() {
    if (!store_ || !*store_) return;
    // Of no time but the end of all, so that only the passes are looked up, and one in the future is seen.
    constexpr UnixSeconds end_of_time = std::numeric_limits<UnixSeconds>::max();
    const auto summary = (**store_)->summary(end_of_time - 1, end_of_time);
    if (summary) runs_ = summary->runs;
  }

  void disk() {
    struct statvfs disk {};
    const std::string parent = parent_of(settings_.database_path);
    if (::statvfs(parent.c_str(), &disk) != 0) return;
    const std::uint64_t free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    const std::string found =
        parent + ": " + grouped(static_cast<long long>(free_bytes >> 20U)) + " MiB free";
    if (free_bytes < little_room_bytes)
      return warn("disk", found, "make room: without it no bounce is decided, and all stay in the mailbox");
    good("disk", found);
  }

  void clock() {
    UnixSeconds newest = 0;
    for (const RunRecord& run : runs_) newest = std::max(newest, run.ended_at);
    if (now_ < earliest_clock)
      return each_({State::fault, "clock", "it says " + rfc3339(now_), "set it: counts and retries go by it",
                    Exit::config});
    if (newest > now_ + tolerated_backwards)
      return warn("clock", "it says " + rfc3339(now_) + ", and a pass ended on " + rfc3339(newest),
                  "is it set right? what lies in the future counts when that has come");
    good("clock", "it says " + rfc3339(now_));
  }

  void examine_mailbox(const MailboxSettings& mailbox) {
    const std::string subject = "mailbox " + mailbox.name;
    const auto begin = std::chrono::steady_clock::now();
    auto made = open_mailbox_(mailbox, settings_.reading.limits);
    if (!made) return each_(fault_of(subject, made.error()));
    const auto state = (*made)->open({});
    if (!state) return each_(fault_of(subject, state.error()));
    const auto waited = std::chrono::steady_clock::now() - begin;
    (void)(*made)->close();
    good(subject, mailbox.url + ": open after " +
                      grouped(std::chrono::duration_cast<std::chrono::milliseconds>(waited).count()) +
                      " ms, " + counted(static_cast<long long>(state->mails), "mail", "mails"));
    for (const std::string& note : state->notes) warn(subject, note, "");
    last_pass(mailbox.name, subject);
  }

  void last_pass(const std::string& name, const std::string& subject) {
    const auto run =
        std::find_if(runs_.begin(), runs_.end(), [&](const RunRecord& one) { return one.mailbox == name; });
    if (run == runs_.end()) return good(subject, "not read yet");
    const std::string when = rfc3339(run->ended_at);
    if (!run->error.empty())
      return warn(subject, "its last pass, on " + when + ", failed: " + run->error,
                  "`bounced once` tries it again, and tells what is wrong now");
    if (now_ - run->ended_at > long_unread)
      return warn(subject, "last read on " + when, "is the daemon running? (systemctl status bounced)");
    good(subject, "last read on " + when);
  }

  void examine_target(const TargetSettings& settings) {
    const std::string subject = target_title(settings);
    if (settings.mode == "off") return good(subject, "off");
    auto target = make_target(settings, [] { return false; });
    const auto found = target ? (*target)->examine() : Result<std::string>(fail(target.error()));
    if (!found) return each_(fault_of(subject, found.error()));
    good(subject, *found);
    if (store_ && *store_) last_told(settings.name, subject);
  }

  void last_told(const std::string& name, const std::string& subject) {
    const auto state = (**store_)->sync().target(name);
    if (!state) return;
    if (state->disabled)
      return warn(subject, "it asked not to be told any more", "`bounced sync " + name + "` tries it again");
    if (!state->error.empty())
      return warn(subject, counted(state->failures, "failure", "failures") + " in a row: " + state->error,
                  "`bounced sync " + name + "` tries it again at once");
    if (state->dead > 0)
      warn(subject, "it refused " + counted(state->dead, "change", "changes") + " for good",
           "`bounced sync status " + name + "` lists them");
    if (state->behind > 0 && now_ - state->oldest_behind > long_untold)
      return warn(subject,
                  counted(state->behind, "change", "changes") + " since " + rfc3339(state->oldest_behind) +
                      " are still to be told",
                  "is the daemon running? (systemctl status bounced)");
    good(subject, state->delivered_at == 0 ? "not told yet" : "last told on " + rfc3339(state->delivered_at));
  }

  const Settings& settings_;
  const OpenMailbox& open_mailbox_;
  UnixSeconds now_;
  const EachFinding& each_;
  std::optional<Result<std::unique_ptr<Store>>> store_;
  std::vector<RunRecord> runs_;
};

}  // namespace

void examine(const SettingsReading& settings, const OpenMailbox& open_mailbox, UnixSeconds now,
             const EachFinding& each) {
  const std::string& file = settings.settings.file;
  for (const SettingsFault& fault : settings.faults)
    each({fault.warning ? State::warning : State::fault, "settings", fault_line(fault, file),
          fault.warning ? "" : "bounced.toml(5) describes every key", Exit::config});
  if (settings.failed()) return;
  const auto mailboxes = static_cast<long long>(settings.settings.mailboxes.size());
  if (mailboxes == 0)
    each({State::warning, "settings", file + " names no mailbox",
          "add a [[mailbox]]; `bounced config example` shows one", Exit::ok});
  else
    each({State::good, "settings", file + ": " + counted(mailboxes, "mailbox", "mailboxes"), "", Exit::ok});
  Examination(settings.settings, open_mailbox, now, each).run();
}

}  // namespace bounced
