// Decision and commit: how many events a second, into an empty database and into one that is large already,
// and how long the questions take that people and mail servers ask.
//
//   bench_store [--events N] [--addresses N] [--directory DIR]
//
// It measures batches of 200 events (the default batch of a mailbox): history, decide, event, suppression or
// retry, commit; at the beginning, and again after N events. One process, one core.
#include "storage/store.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "daemon/event_record.hpp"
#include "daemon/policy.hpp"

using namespace bounced;

namespace {

constexpr int batch_events = 200;
constexpr UnixSeconds start = 1'767'225'600;  // 2026-01-01
constexpr UnixSeconds seconds_between_mails = 2;

struct Options {
  std::int64_t events = 200'000;
  std::int64_t addresses = 100'000;
  std::string directory = std::filesystem::temp_directory_path();
};

double seconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

void must(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "bench_store: %s failed\n", what);
  std::exit(1);
}

/// Traffic as it comes: a third dead addresses, the rest full mailboxes, passing failures, faults of ours.
class Traffic {
 public:
  explicit Traffic(std::int64_t addresses) : addresses_(addresses) {}

  BounceEvent next() {
    struct Kind {
      Reason reason;
      const char *status, *reply_code, *text;
    };
    static constexpr Kind kinds[] = {
        {Reason::user_unknown, "5.1.1", "550",
         "550 5.1.1 The email account that you tried to reach does not exist. "},
        {Reason::mailbox_full, "5.2.2", "552",
         "552 5.2.2 The email account that you tried to reach is over quota. "},
        {Reason::greylisted, "4.7.1", "450", "450 4.7.1 Greylisting in action, please come back later "},
        {Reason::ip_blocked, "5.7.1", "550", "550 5.7.1 Your IP address is on our block list "},
        {Reason::expired, "4.4.7", "", "delivery temporarily suspended: connection timed out "},
    };
    const Kind& kind = kinds[random_() % 5];
    const auto number = random_() % static_cast<std::uint64_t>(addresses_);
    BounceEvent event;
    event.address =
        "recipient" + std::to_string(number) + "@domain" + std::to_string(number % 5000) + ".example";
    event.address_as_written = event.address;
    event.at = start + count_++ * seconds_between_mails;
    event.reason = kind.reason;
    event.fault = facts(kind.reason).fault;
    event.permanence = facts(kind.reason).permanence;
    event.advice = facts(kind.reason).advice;
    event.confidence = Confidence::strong;
    event.rule = std::string("bench/") + std::string(to_string(kind.reason));
    event.provider = "domain" + std::to_string(number % 5000) + ".example";
    event.action = "failed";
    event.status = kind.status;
    event.reply_code = kind.reply_code;
    event.diagnostic = kind.text + event.address;
    event.remote_mta = "mx" + std::to_string(number % 500) + ".example";
    event.reporting_mta = "relay.sender.example";
    event.original_message_id = std::to_string(random_()) + "@sender.example";
    event.original_from = "news@sender.example";
    event.list_id = "list" + std::to_string(number % 20) + ".sender.example";
    return event;
  }

 private:
  std::int64_t addresses_;
  std::int64_t count_ = 0;
  std::mt19937_64 random_{1};
};

std::string hash_of(std::mt19937_64& random) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hash;
  for (int i = 0; i < 4; ++i)
    for (std::uint64_t bits = random(), n = 0; n < 16; ++n, bits >>= 4U) hash.push_back(digits[bits & 15U]);
  return hash;
}

void record(Transaction& transaction, BounceEvent event, const PolicySettings& policy, std::string hash) {
  JournalRow row;
  row.key = {"returns", 1, static_cast<std::uint32_t>(event.at - start) + 1, std::move(hash)};
  row.seen_at = event.at;
  row.size_bytes = 3000;
  row.kind = event.kind;
  row.dialect = "rfc3464";
  row.source = "imap";
  must(transaction.journal(row).has_value(), "journal");
  const auto history = transaction.history(event.address, history_since(policy, event.at));
  must(history.has_value(), "history");
  const Decision decision = decide(event, *history, policy, event.at);
  event.outcome = to_string(decision.outcome);
  event.counted = decision.counted;
  event.threshold = decision.threshold;
  const auto id = transaction.add_event(event);
  must(id.has_value(), "event");
  event.id = *id;
  if (decision.outcome == Outcome::suppress)
    must(transaction.suppress(suppression_by(decision, event, event.at)).has_value(), "suppress");
  if (decision.retry_after != 0) must(transaction.put_retry(retry_by(decision, event)).has_value(), "retry");
  if (decision.issue)
    must(transaction.report_issue(issue_by(event, Verdict{}, event.at)).has_value(), "issue");
}

/// Events a second over `events` events.
double fill(Store& store, Traffic& traffic, std::int64_t events, std::mt19937_64& random) {
  const PolicySettings policy;
  const auto then = std::chrono::steady_clock::now();
  for (std::int64_t done = 0; done < events; done += batch_events) {
    auto transaction = store.begin();
    must(transaction.has_value(), "begin");
    for (int i = 0; i < batch_events; ++i) record(**transaction, traffic.next(), policy, hash_of(random));
    must((*transaction)->commit().has_value(), "commit");
  }
  return static_cast<double>(events) / seconds_since(then);
}

/// The slowest of a hundred runs of a question, in milliseconds.
template <class Question>
double slowest_ms(Question&& question) {
  double slowest = 0;
  for (int i = 0; i < 100; ++i) {
    const auto then = std::chrono::steady_clock::now();
    question("recipient" + std::to_string(i * 7) + "@domain" + std::to_string(i * 7 % 5000) + ".example");
    slowest = std::max(slowest, seconds_since(then) * 1000);
  }
  return slowest;
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i];
    if (key == "--events") options.events = std::atoll(argv[i + 1]);
    if (key == "--addresses") options.addresses = std::atoll(argv[i + 1]);
    if (key == "--directory") options.directory = argv[i + 1];
  }
  return options;
}

void measure(const std::string& path, const Options& options) {
  auto opened = open_sqlite_store(path);
  must(opened.has_value(), "open");
  Store& store = **opened;
  Traffic traffic(options.addresses);
  std::mt19937_64 random(2);
  constexpr std::int64_t sample = 20'000;
  std::printf("empty database:       %8.0f events/s\n", fill(store, traffic, sample, random));
  const std::int64_t between = std::max<std::int64_t>(options.events - 2 * sample, 0);
  if (between > 0)
    std::printf("filling up:           %8.0f events/s\n", fill(store, traffic, between, random));
  std::printf("after %9lld:      %8.0f events/s\n", static_cast<long long>(sample + between),
              fill(store, traffic, sample, random));
  std::printf("is it suppressed?     %8.3f ms at most\n", slowest_ms([&](const std::string& address) {
                must(store.suppression(address).has_value(), "query");
              }));
  std::printf("all events of it      %8.3f ms at most\n", slowest_ms([&](const std::string& address) {
                must(store.events(address, [](const BounceEvent&) { return true; }).has_value(), "query");
              }));
  std::int64_t suppressions = 0;
  auto then = std::chrono::steady_clock::now();
  must(store.suppressions({}, [&](const Suppression&) { return ++suppressions, true; }).has_value(),
       "export");
  std::printf("export:               %8.0f suppressions/s (%lld)\n",
              static_cast<double>(suppressions) / seconds_since(then), static_cast<long long>(suppressions));
  then = std::chrono::steady_clock::now();
  must(store.summary(start, start + 24 * 3600).has_value(), "summary");
  std::printf("summary of a day:     %8.1f ms\n", seconds_since(then) * 1000);
  opened->reset();
  std::printf("size:                 %8.0f bytes an event\n",
              static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(options.events));
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  std::string directory = options.directory + "/bench-store-XXXXXX";
  must(::mkdtemp(directory.data()) != nullptr, "mkdtemp");
  measure(directory + "/bounced.db", options);
  std::filesystem::remove_all(directory);
  return 0;
}
