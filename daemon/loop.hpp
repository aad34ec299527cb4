// Passes over mailboxes. One pass drives a mailbox through the pipeline:
//
//   open(cursor) ─► next_batch ─► ingest (one transaction) ─► settle ─┐ ... ─► close ─► cursor, run record
//                       ▲─────────────────────────────────────────────┘
//
// `watch` repeats passes until told to stop; a mailbox that fails is tried again later and later and holds up
// no other.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/bell.hpp"
#include "daemon/engine.hpp"
#include "daemon/log.hpp"
#include "daemon/mailbox.hpp"
#include "daemon/notify.hpp"
#include "daemon/pipeline.hpp"
#include "daemon/signals.hpp"

namespace bounced {

struct PassResult {
  std::string mailbox;
  PipelineCounts counts;
  std::vector<std::string> notes;  ///< what the mailbox wants the operator to know
  std::vector<Wave> waves;         ///< noticed by the circuit breaker, and told to nobody yet
  std::optional<Error> error;
  bool stopped = false;  ///< ended early because it was asked to
};

using MakeMailbox =
    std::function<Result<std::unique_ptr<Mailbox>>(const MailboxSettings&, const ReadLimits&)>;

/// make_mailbox with a `stop` that ends the waiting for silent servers.
MakeMailbox mailboxes_until(std::function<bool()> stop);

/// One pass over one mailbox. Asks `stop` between batches. What the mailbox has taken as settled is noted in
/// the cursor, and a RunRecord written, also when the pass fails. Suppressions expire, waves that are overdue
/// are released.
PassResult run_pass(const MailboxSettings& mailbox, const Engine& engine, Store& store,
                    const MakeMailbox& make, const std::function<bool()>& stop);

/// Closes the operator issues that have been quiet for as long as the settings say.
Result<void> close_quiet_issues(Transaction& transaction, const Settings& settings, UnixSeconds now);

/// The error of several that says most: one that a person must mend before one that passes by itself.
std::optional<Error> worst_error(const std::vector<PassResult>& passes);

/// How long to leave a failing mailbox alone: 5 s, doubled at each failure up to 15 min, each time lengthened
/// by up to a quarter (`chance` 0 to 1) so that many do not come back at once.
std::chrono::milliseconds backoff(int failures, double chance);

/// What `watch` needs of the world; tests give another one.
struct World {
  MakeMailbox make_mailbox;
  std::function<std::chrono::milliseconds()> clock;  ///< steady
  /// Until a signal comes or a watcher rings, at most so long.
  std::function<Signal(std::chrono::milliseconds)> wait;
  std::function<bool()> stop_requested;
  std::function<Result<Engine>()> reload;                          ///< reads settings and rules again
  std::function<double()> chance;                                  ///< 0 to 1
  std::function<Result<void>(const Settings&, const Log&)> clear;  ///< what is old; may be empty
  /// Starts the deliveries to the sync targets of these settings, says that there may be something for them,
  /// ends them. The log is the one that `watch` was given: it changes only between `end` and `start`.
  struct Delivery {
    std::function<void(const Settings&, const Log&)> start = [](const Settings&, const Log&) {};
    std::function<void()> wake = [] {}, end = [] {};
  } delivery = {};
  /// Watches the mailboxes of these settings for new mail, and those of earlier settings no more; tells what
  /// the watchers rang since the last call.
  struct NewMail {
    std::function<void(const Settings&)> watch = [](const Settings&) {};
    std::function<std::vector<Ring>()> rings = [] { return std::vector<Ring>{}; };
  } new_mail = {};
};

/// Reads the mailboxes when there is new mail and at every poll interval until a stop is asked for. A reload
/// takes new settings and rules, or keeps the old ones when the new ones are wrong.
void watch(Engine engine, Store& store, Log& log, const ServiceManager& manager, const World& world);

}  // namespace bounced
