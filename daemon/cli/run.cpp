// run: the daemon. Polls every mailbox and tells the sync targets; SIGTERM ends it after the current batch;
// SIGHUP reads settings and rules again.
#include <random>

#include "daemon/cli/commands.hpp"
#include "daemon/loop.hpp"
#include "daemon/summary/schedule.hpp"
#include "daemon/summary/service.hpp"
#include "daemon/sync/service.hpp"

namespace bounced {
namespace {

World world_of(Signals& signals, const Session& session, SyncService& sync, SummaryService& summary) {
  World world;
  world.make_mailbox = make_mailbox;
  world.clock = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  };
  world.wait = [&signals](std::chrono::milliseconds timeout) { return signals.wait(timeout); };
  world.stop_requested = [&signals] { return signals.stop_requested(); };
  world.reload = [&session]() -> Result<Engine> {
    auto settings = session.settings();
    if (!settings) return fail(settings.error());
    return make_engine(*std::move(settings));
  };
  world.chance = [random = std::minstd_rand(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<>(0, 1)(random);
  };
  world.delivery = {[&](const Settings& settings, const Log& log) {
                      use_timezone(settings.summary.timezone);  // no thread of either service runs just now
                      sync.start(settings, log);
                      summary.start(settings, log);
                    },
                    [&sync] { sync.wake(); },
                    [&] {
                      summary.stop();
                      sync.stop();
                    }};
  return world;
}

Result<Exit> run(Session& session) {
  Signals signals;
  SyncService sync;
  SummaryService summary;
  const auto world = world_of(signals, session, sync, summary);
  auto engine = world.reload();
  if (!engine) return fail(engine.error());
  if (engine->settings.mailboxes.empty())
    return fail(Exit::config, session.config_file + " names no mailbox",
                "add a [[mailbox]] section; `bounced config example` shows one");
  auto log = Log::open(engine->settings.log);
  if (!log) return fail(log.error());
  const auto store = open_sqlite_store(engine->settings.database_path);
  if (!store) return fail(store.error());
  const ServiceManager manager;
  watch(*std::move(engine), **store, *log, manager, world);
  return Exit::ok;
}

}  // namespace

void declare_run(CommandSpec& command) { command.action(run); }

}  // namespace bounced
