// import PATH…: mails from files through the whole pipeline into the database. Mails seen before count once,
// so an import that was stopped can simply be started again.
#include <unistd.h>

#include <chrono>
#include <optional>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/cli/wave_words.hpp"
#include "daemon/engine.hpp"
#include "daemon/loop.hpp"
#include "daemon/mail_files.hpp"
#include "daemon/pipeline.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  std::vector<std::string> paths;
  std::string mailbox = "import", require;
  bool json = false, quiet = false;
};

// What one transaction holds: large enough that its fsync doesn't count, small enough to stay in memory.
constexpr std::size_t batch_mails = 1000;
constexpr std::size_t batch_bytes = 8UL * 1024 * 1024;

/// A bar on standard error, drawn at most ten times a second; nothing where that is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(bool wanted) : wanted_(wanted && ::isatty(STDERR_FILENO) == 1) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { clear(); }

  void show(double done, std::int64_t mails) {
    constexpr std::chrono::milliseconds between{100};
    const auto now = std::chrono::steady_clock::now();
    if (!wanted_ || now - drawn_ < between) return;
    drawn_ = now;
    constexpr int width = 30;
    const int full = static_cast<int>(done * width);
    std::string bar;
    for (int i = 0; i < width; ++i) bar += i < full ? "█" : "·";
    const double seconds = std::chrono::duration<double>(now - started_).count();
    const auto rate = static_cast<long long>(static_cast<double>(mails) / std::max(seconds, 0.001));
    write("\r" + bar + " " + std::to_string(static_cast<int>(done * 100)) + " %  " +
          counted(mails, "mail", "mails") + ", " + grouped(rate) + "/s\x1b[K");
  }
  void clear() const {
    if (wanted_) write("\r\x1b[K");
  }

 private:
  static void write(const std::string& text) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  }
  bool wanted_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now(), drawn_;
};

FetchedMail fetched(MailFile& file) {
  FetchedMail mail;
  mail.name = file.name;
  mail.size_bytes = file.size_bytes;
  mail.oversized = file.oversized;
  if (!file.oversized) mail.bytes = std::move(file.bytes);
  return mail;
}

struct Import {
  const Options& options;
  Pipeline& pipeline;
  ProgressBar& bar;
  std::size_t limit_bytes;
  Exit worst = Exit::ok;

  /// The mails of one path, in batches.
  Result<void> read(const std::string& path, double done_before, double share) {
    MailFiles files({path}, limit_bytes);
    MailFile file;
    std::vector<FetchedMail> batch;
    std::size_t bytes = 0;
    const auto commit = [&]() -> Result<void> {
      if (batch.empty()) return {};
      const auto done = pipeline.ingest(options.mailbox, "import:" + path, batch, now_seconds());
      if (!done) return fail(done.error());
      batch.clear();
      bytes = 0;
      bar.show(done_before + share * files.progress(), pipeline.counts().mails);
      return {};
    };
    while (files.next(file)) {
      if (file.error) {
        bar.clear();
        complain(*file.error);
        worst = file.error->exit;
        continue;
      }
      bytes += file.bytes.size();
      batch.push_back(fetched(file));
      if (batch.size() < batch_mails && bytes < batch_bytes) continue;
      if (auto done = commit(); !done) return done;
    }
    return commit();
  }
};

void print_counts(const Options& options, Output& out, const PipelineCounts& counts) {
  if (options.json) {
    JsonLine line;
    out.write(line.number("mails", counts.mails)
                  .number("bounces", counts.bounces)
                  .number("duplicates", counts.duplicates)
                  .number("unrecognised", counts.unrecognised)
                  .number("quarantined", counts.quarantined)
                  .number("suppressed", counts.suppressed)
                  .number("retries", counts.retries)
                  .number("alerts", counts.alerts)
                  .number("distrusted", counts.distrusted)
                  .number("held", counts.held)
                  .finish());
    return;
  }
  print_pairs(out, {{"mails", std::to_string(counts.mails)},
                    {"bounces", std::to_string(counts.bounces)},
                    {"seen before", std::to_string(counts.duplicates)},
                    {"unrecognised", std::to_string(counts.unrecognised)},
                    {"quarantined", std::to_string(counts.quarantined)},
                    {"suppressed", std::to_string(counts.suppressed)},
                    {"held for review", std::to_string(counts.held)},
                    {"to retry", std::to_string(counts.retries)},
                    {"for the operator", std::to_string(counts.alerts)},
                    {"forged or backscatter", std::to_string(counts.distrusted)}});
}

/// What the mailbox wants that the mails are journaled under, where the settings have it and no word says
/// another.
Authenticity required(const Options& options, const Settings& settings) {
  if (const auto word = named<Authenticity>(authenticity_names, options.require)) return *word;
  for (const auto& mailbox : settings.mailboxes)
    if (mailbox.name == options.mailbox) return mailbox.require;
  return Authenticity::plausible;
}

/// What the end of a pass does, too.
Result<void> finish(Store& store, const Settings& settings) {
  const auto transaction = store.begin();
  if (!transaction) return fail(transaction.error());
  const auto now = now_seconds();
  if (auto closed = close_quiet_issues(**transaction, settings, now); !closed) return closed;
  if (auto noted = (*transaction)->note_retries(now); !noted) return noted;
  return (*transaction)->commit();
}

Result<Exit> import(const Options& options, Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto engine = make_engine(*std::move(settings));
  if (!engine) return fail(engine.error());
  const auto store = open_sqlite_store(engine->settings.database_path);
  if (!store) return fail(store.error());
  Pipeline pipeline(engine->reader, engine->settings.policy, **store,
                    {&engine->authenticator, required(options, engine->settings)}, engine->settings.breaker);
  Exit worst = Exit::ok;
  {
    ProgressBar bar(!options.quiet);
    Import work{options, pipeline, bar, engine->settings.reading.limits.message_bytes};
    const double share = 1.0 / static_cast<double>(options.paths.size());
    double done = 0;
    for (const auto& path : options.paths) {
      if (const auto read = work.read(path, done, share); !read) return fail(read.error());
      done += share;
    }
    worst = work.worst;
  }
  if (auto done = finish(**store, engine->settings); !done) return fail(done.error());
  if (auto told = tell_of_waves(**store, engine->settings.breaker); !told) return fail(told.error());
  print_counts(options, session.out, pipeline.counts());
  return worst;
}

}  // namespace

void declare_import(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.arguments("PATH", options->paths,
                    "files (.eml or mbox), directories, Maildirs; - is standard input");
  command.text("--mailbox", "NAME", options->mailbox, "the name to journal them under");
  command.choice("--require", options->require, {"plausible", "matched", "signed"},
                 "how sure a report must be to decide anything; else as the mailbox NAME wants it");
  command.flag("--json", options->json, "the counts as one JSON object");
  command.flag("--quiet", options->quiet, "no progress bar");
  command.action([options](Session& session) { return import(*options, session); });
}

}  // namespace bounced
