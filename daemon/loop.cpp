#include "daemon/loop.hpp"

#include <algorithm>
#include <map>

#include "config/rules_file.hpp"
#include "daemon/pauses.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/review.hpp"
#include "daemon/time_text.hpp"
#include "daemon/wave_alarm.hpp"

namespace bounced {
namespace {

using std::chrono::milliseconds;

/// Notes how far a mailbox has been read, every so many mails: a pass that is cut short costs at most these.
constexpr std::int64_t mails_between_cursors = 5000;
/// A wait is cut into pieces of this length, after each of which the service manager is told that we live.
constexpr milliseconds longest_wait{10'000};

class Pass {
 public:
  Pass(const MailboxSettings& settings, const Engine& engine, Store& store, const std::function<bool()>& stop)
      : settings_(settings),
        engine_(engine),
        store_(store),
        stop_(stop),
        pipeline_(engine.reader, engine.settings.policy, store, {&engine.authenticator, settings.require},
                  engine.settings.breaker) {
    result_.mailbox = settings.name;
  }

  PassResult run(const MakeMailbox& make) {
    const auto started_at = now_seconds();
    auto done = drain(make);
    if (!done && stop_()) result_.stopped = true;  // the session was ended because of that
    if (!done && !result_.stopped) result_.error = done.error();
    result_.counts = pipeline_.counts();
    if (const auto noted = note_run(started_at); !noted && !result_.error) result_.error = noted.error();
    return std::move(result_);
  }

 private:
  Result<void> drain(const MakeMailbox& make) {
    const auto mailbox = make(settings_, engine_.settings.reading.limits);
    if (!mailbox) return fail(mailbox.error());
    const auto cursor = store_.cursor(settings_.name);
    if (!cursor) return fail(cursor.error());
    const auto state = (*mailbox)->open(*cursor);
    if (!state) return fail(state.error());
    result_.notes = state->notes;
    noted_ = *cursor;
    const auto read = read_all(**mailbox);
    const auto closed = (*mailbox)->close();
    settled_ = (*mailbox)->cursor();
    for (auto& note : (*mailbox)->take_notes()) result_.notes.push_back(std::move(note));
    return read ? closed : read;
  }

  Result<void> read_all(Mailbox& mailbox) {
    for (;;) {
      const auto batch = mailbox.next_batch();
      if (!batch) return fail(batch.error());
      if (batch->empty()) return {};
      const auto settlements = pipeline_.ingest(settings_.name, source(), *batch, now_seconds());
      if (!settlements) return fail(settlements.error());
      if (auto done = mailbox.settle(*settlements); !done) return done;
      settled_ = mailbox.cursor();
      if (auto done = note_cursor(); !done) return done;
      result_.stopped = stop_();
      if (result_.stopped) return {};
    }
  }

  /// "imap", "dir", "maildir", "mbox": where the journal says that a mail came from.
  [[nodiscard]] std::string source() const {
    auto scheme = settings_.url.substr(0, settings_.url.find(':'));
    return scheme == "imaps" ? "imap" : scheme;
  }

  Result<void> note_cursor() {
    if (pipeline_.counts().mails - mails_noted_ < mails_between_cursors || settled_ == noted_) return {};
    mails_noted_ = pipeline_.counts().mails;
    noted_ = settled_;
    const auto transaction = store_.begin();
    if (!transaction) return fail(transaction.error());
    if (auto set = (*transaction)->set_cursor(settings_.name, settled_); !set) return set;
    return (*transaction)->commit();
  }

  Result<void> note_run(UnixSeconds started_at) {
    const auto& counts = pipeline_.counts();
    RunRecord run{
        settings_.name,    started_at,          now_seconds(),      counts.mails,      counts.bounces,
        counts.duplicates, counts.unrecognised, counts.quarantined, counts.suppressed, ""};
    if (result_.error) run.error = result_.error->message;
    if (auto overdue = release_overdue(store_, engine_.settings.breaker, run.ended_at); !overdue)
      return fail(overdue.error());
    const auto transaction = store_.begin();
    if (!transaction) return fail(transaction.error());
    if (settled_ != MailboxCursor{} && settled_ != noted_)
      if (auto set = (*transaction)->set_cursor(settings_.name, settled_); !set) return set;
    if (const auto expired = (*transaction)->expire(run.ended_at); !expired) return fail(expired.error());
    if (auto closed = close_quiet_issues(**transaction, engine_.settings, run.ended_at); !closed)
      return closed;
    if (auto added = (*transaction)->add_run(run); !added) return added;
    if (auto noted = (*transaction)->note_retries(run.ended_at); !noted) return noted;
    auto untold = take_untold(store_, **transaction, run.ended_at);
    if (!untold) return fail(untold.error());
    if (auto done = (*transaction)->commit(); !done) return done;
    result_.waves = *std::move(untold);
    return {};
  }

  const MailboxSettings& settings_;
  const Engine& engine_;
  Store& store_;
  const std::function<bool()>& stop_;
  Pipeline pipeline_;
  PassResult result_;
  MailboxCursor settled_;  ///< how far the mailbox says it got
  MailboxCursor noted_;    ///< how far the store knows
  std::int64_t mails_noted_ = 0;
};

}  // namespace

Result<void> close_quiet_issues(Transaction& transaction, const Settings& settings, UnixSeconds now) {
  const auto patience = std::chrono::seconds(settings.issues_close_after).count();
  if (patience == 0) return {};
  const auto closed = transaction.close_quiet_issues(now - patience, now);
  if (!closed) return fail(closed.error());
  return {};
}

namespace {

LogFields fields_of(const PassResult& pass) {
  const auto& counts = pass.counts;
  return {{"mailbox", pass.mailbox},
          {"mails", std::to_string(counts.mails)},
          {"bounces", std::to_string(counts.bounces)},
          {"duplicates", std::to_string(counts.duplicates)},
          {"unrecognised", std::to_string(counts.unrecognised)},
          {"quarantined", std::to_string(counts.quarantined)},
          {"suppressed", std::to_string(counts.suppressed)},
          {"retries", std::to_string(counts.retries)},
          {"alerts", std::to_string(counts.alerts)},
          {"distrusted", std::to_string(counts.distrusted)},
          {"held", std::to_string(counts.held)}};
}

class Watch {
 public:
  Watch(Engine engine, Store& store, Log& log, const ServiceManager& manager, const World& world)
      : engine_(std::move(engine)), store_(store), log_(log), manager_(manager), world_(world) {}

  void run() {
    log_.info("started", {{"mailboxes", std::to_string(engine_.settings.mailboxes.size())},
                          {"rules", rules_version(engine_.classifier->book())},
                          {"settings", engine_.settings.file}});
    manager_.ready();
    world_.delivery.start(engine_.settings, log_);
    world_.new_mail.watch(engine_.settings);
    for (auto signal = Signal::none; signal != Signal::stop; signal = rest()) {
      if (signal == Signal::reload) reload();
      pass_over_due();
    }
    manager_.stopping();
    world_.delivery.end();
    log_.info("stopped", {});
  }

 private:
  struct Turn {
    milliseconds due{0};
    int failures = 0;
    std::vector<std::string> notes;  ///< said once, not at every pass
  };

  void pass_over_due() {
    for (const auto& mailbox : engine_.settings.mailboxes) {
      if (world_.stop_requested()) return;
      auto& turn = turns_[mailbox.name];
      if (turn.due > world_.clock()) continue;
      manager_.status("reading " + mailbox.name);
      const auto pass = run_pass(mailbox, engine_, store_, world_.make_mailbox, world_.stop_requested);
      report(pass, turn);
      if (pass.counts.mails > 0) world_.delivery.wake();
      manager_.alive();
    }
    clear();
    manager_.status(status_line());
  }

  void clear() {
    if (!world_.clear || world_.stop_requested()) return;
    if (const auto cleared = world_.clear(engine_.settings, log_); !cleared)
      log_.error("clearing failed", {{"error", cleared.error().message}, {"hint", cleared.error().hint}});
    manager_.alive();
  }

  void report(const PassResult& pass, Turn& turn) {
    for (const auto& note : pass.notes)
      if (std::find(turn.notes.begin(), turn.notes.end(), note) == turn.notes.end())
        log_.warning("note", {{"mailbox", pass.mailbox}, {"note", note}});
    if (!pass.notes.empty()) turn.notes = pass.notes;
    for (const auto& wave : pass.waves) raise_alarm(wave);
    if (pass.error) {
      const auto pause = backoff(++turn.failures, world_.chance());
      turn.due = world_.clock() + pause;
      auto fields = fields_of(pass);
      fields.push_back({"error", pass.error->message});
      fields.push_back({"hint", pass.error->hint});
      fields.push_back(
          {"again_in", span_text(std::chrono::duration_cast<std::chrono::seconds>(pause).count())});
      log_.error("pass failed", fields);
      return;
    }
    turn.failures = 0;
    turn.due = world_.clock() + engine_.settings.poll_interval;
    pass.counts.mails > 0 ? log_.info("pass ended", fields_of(pass))
                          : log_.debug("pass ended", fields_of(pass));
  }

  void raise_alarm(const Wave& wave) {
    log_.warning("the circuit breaker holds a wave of suppressions",
                 {{"wave", std::to_string(wave.id)},
                  {"kind", std::string(to_string(wave.kind))},
                  {"name", wave.name},
                  {"count", std::to_string(wave.count)},
                  {"held", std::to_string(wave.held)},
                  {"usual", std::to_string(wave.usual)},
                  {"since", rfc3339(wave.first_at)},
                  {"decide", "bounced review show " + std::to_string(wave.id)}});
    const auto ran = run_wave_command(engine_.settings.breaker, wave);
    if (!ran) log_.error("alarm failed", {{"error", ran.error().message}, {"hint", ran.error().hint}});
  }

  /// Sleeps until the next mailbox is due or a signal comes.
  Signal rest() {
    for (;;) {
      auto due = world_.clock() + engine_.settings.poll_interval;
      for (const auto& mailbox : engine_.settings.mailboxes) due = std::min(due, turns_[mailbox.name].due);
      const auto left = due - world_.clock();
      const auto signal = world_.wait(std::clamp(left, milliseconds(0), longest_wait));
      manager_.alive();
      answer_rings();
      if (signal != Signal::none || left <= longest_wait) return signal;
    }
  }

  /// A mailbox with new mail is due at once, unless it fails and waits for its next attempt.
  void answer_rings() {
    for (const auto& ring : world_.new_mail.rings()) {
      if (!ring.note.empty()) {
        const LogFields fields{{"mailbox", ring.mailbox}, {"note", ring.note}};
        ring.trouble ? log_.warning("watching", fields) : log_.info("watching", fields);
      }
      const auto turn = turns_.find(ring.mailbox);
      if (ring.mail && turn != turns_.end() && turn->second.failures == 0) turn->second.due = milliseconds(0);
    }
  }

  void reload() {
    manager_.reloading();
    auto fresh = world_.reload();
    if (!fresh) {
      reload_fault_ = fresh.error().message;
      log_.error("reload failed, the old settings stay",
                 {{"error", fresh.error().message}, {"hint", fresh.error().hint}});
    } else if (auto log = Log::open(fresh->settings.log); !log) {
      reload_fault_ = log.error().message;
      log_.error("reload failed, the old settings stay",
                 {{"error", log.error().message}, {"hint", log.error().hint}});
    } else {
      take(*std::move(fresh), *std::move(log));
    }
    manager_.ready();
  }

  void take(Engine fresh, Log log) {
    if (fresh.settings.database_path != engine_.settings.database_path)
      log_.warning("another database needs a restart", {{"still", engine_.settings.database_path}});
    fresh.settings.database_path = engine_.settings.database_path;
    world_.delivery.end();
    engine_ = std::move(fresh);
    log_ = std::move(log);
    world_.delivery.start(engine_.settings, log_);
    reload_fault_.clear();
    turns_.clear();  // whatever was wrong may be mended: all are due at once
    world_.new_mail.watch(engine_.settings);
    log_.info("reloaded", {{"mailboxes", std::to_string(engine_.settings.mailboxes.size())},
                           {"rules", rules_version(engine_.classifier->book())}});
  }

  [[nodiscard]] std::string status_line() const {
    std::string failing;
    for (const auto& [name, turn] : turns_)
      if (turn.failures > 0) failing += (failing.empty() ? "" : ", ") + name;
    auto line = counted(static_cast<long long>(engine_.settings.mailboxes.size()), "mailbox", "mailboxes");
    if (!failing.empty()) line += "; failing: " + failing;
    if (!reload_fault_.empty())
      line += "; settings on disk are wrong, the last good ones are in force: " + reload_fault_;
    return line;
  }

  Engine engine_;
  Store& store_;
  Log& log_;
  const ServiceManager& manager_;
  const World& world_;
  std::map<std::string, Turn> turns_;
  std::string reload_fault_;
};

}  // namespace

MakeMailbox mailboxes_until(std::function<bool()> stop) {
  return [stop = std::move(stop)](const MailboxSettings& settings, const ReadLimits& limits) {
    return make_mailbox(settings, limits, stop);
  };
}

PassResult run_pass(const MailboxSettings& mailbox, const Engine& engine, Store& store,
                    const MakeMailbox& make, const std::function<bool()>& stop) {
  return Pass(mailbox, engine, store, stop).run(make);
}

std::optional<Error> worst_error(const std::vector<PassResult>& passes) {
  std::optional<Error> worst;
  for (const auto& pass : passes)
    if (pass.error && (!worst || (worst->temporary() && !pass.error->temporary()))) worst = pass.error;
  return worst;
}

milliseconds backoff(int failures, double chance) {
  constexpr milliseconds first{5'000}, longest{15 * 60'000};
  return spread(growing_pause(first, longest, failures), chance);
}

void watch(Engine engine, Store& store, Log& log, const ServiceManager& manager, const World& world) {
  Watch(std::move(engine), store, log, manager, world).run();
}

}  // namespace bounced
