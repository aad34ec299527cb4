// run: the daemon. Polls every mailbox and tells the sync targets; SIGTERM ends it after the current batch;
// SIGHUP reads settings and rules again.
#include "daemon/clearing.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/loop.hpp"
#include "daemon/mail_watchers.hpp"
#include "daemon/pauses.hpp"
#include "daemon/process_lock.hpp"
#include "daemon/summary/schedule.hpp"
#include "daemon/summary/service.hpp"
#include "daemon/sync/service.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

/// What goes on beside the loop, each in threads of its own.
struct Services {
  SyncService sync;
  SummaryService summary;
  Bell bell;
  MailWatchers watchers{bell};
  MailboxLocks locks;
};

/// How long the mailboxes wait for the clearing of what is old; the rest goes after the next pass.
constexpr std::chrono::seconds clearing_time{2};

Result<void> clear(const Settings& settings, const Log& log, Signals& signals) {
  const auto retention = open_sqlite_retention(settings.database_path);
  if (!retention) return fail(retention.error());
  const auto result = clear_database(**retention, settings.retention, now_seconds(), clearing_time,
                                     [&] { return signals.stop_requested(); });
  if (!result) return fail(result.error());
  if (result->cleared.events + result->cleared.hashes > 0)
    log.info("cleared what is old", {{"mails", std::to_string(result->cleared.mails)},
                                     {"events", std::to_string(result->cleared.events)},
                                     {"hashes", std::to_string(result->cleared.hashes)},
                                     {"bytes", std::to_string(result->after.bytes)}});
  if (result->too_large)
    log.warning("the database is larger than retention.warn_size",
                {{"bytes", std::to_string(result->after.bytes)}});
  return {};
}

World world_of(Signals& signals, const Session& session, Services& services) {
  World world;
  world.make_mailbox = [&services, make = mailboxes_until([&signals] { return signals.stop_requested(); })](
                           const MailboxSettings& mailbox,
                           const ReadLimits& limits) -> Result<std::unique_ptr<Mailbox>> {
    // A new one, after a reload.
    if (auto taken = services.locks.take(mailbox); !taken) return fail(taken.error());
    return make(mailbox, limits);
  };
  world.clock = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  };
  world.wait = [&signals, &bell = services.bell](std::chrono::milliseconds timeout) {
    return signals.wait(timeout, bell.descriptor());
  };
  world.new_mail = {[&services](const Settings& settings) { services.watchers.watch(settings); },
                    [&services] { return services.bell.take(); }};
  world.stop_requested = [&signals] { return signals.stop_requested(); };
  world.reload = [&session]() -> Result<Engine> {
    auto settings = session.settings();
    if (!settings) return fail(settings.error());
    return make_engine(*std::move(settings));
  };
  world.chance = any_chance;
  world.delivery = {[&services](const Settings& settings, const Log& log) {
                      use_timezone(settings.summary.timezone);  // no thread of any service runs just now
                      services.sync.start(settings, log);
                      services.summary.start(settings, log);
                    },
                    [&services] { services.sync.wake(); },
                    [&services] {
                      services.watchers.stop();
                      services.summary.stop();
                      services.sync.stop();
                    }};
  world.clear = [&signals](const Settings& settings, const Log& log) {
    return clear(settings, log, signals);
  };
  return world;
}

Result<Exit> run(Session& session) {
  Signals signals;
  Services services;
  const auto world = world_of(signals, session, services);
  auto engine = world.reload();
  if (!engine) return fail(engine.error());
  if (engine->settings.mailboxes.empty())
    return fail(Exit::config, session.config_file + " names no mailbox",
                "add a [[mailbox]] section; `bounced config example` shows one");
  auto log = Log::open(engine->settings.log);
  if (!log) return fail(log.error());
  const auto lock = ProcessLock::of_database(engine->settings.database_path);
  if (!lock) return fail(lock.error());
  for (const auto& mailbox : engine->settings.mailboxes)
    if (auto taken = services.locks.take(mailbox); !taken) return fail(taken.error());
  const auto store = open_sqlite_store(engine->settings.database_path);
  if (!store) return fail(store.error());
  const ServiceManager manager;
  watch(*std::move(engine), **store, *log, manager, world);
  return Exit::ok;
}

}  // namespace

void declare_run(CommandSpec& command) { command.action(run); }

}  // namespace bounced
