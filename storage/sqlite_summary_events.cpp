// What a summary reads off its events: one statement gives each event once, as numbers of words, and they are
// counted here. A dozen GROUP BY over the same rows would read them a dozen times.
#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "storage/sqlite_summary.hpp"

namespace bounced::sqlite {
namespace {

using Word = std::int64_t;

enum Column : int {
  id,
  address_id,
  kind,
  reason,
  advice,
  vendor,
  provider,
  outcome,
  counted,
  threshold,
  reply_code,
  status,
  distrusted,
  because,
  list_id
};

/// Counts by a word.
class Tally {
 public:
  void add(Word word) { ++counts_[word]; }
  [[nodiscard]] std::vector<CountBy> in_order(SqliteDatabase& database) const {
    std::vector<CountBy> rows;
    rows.reserve(counts_.size());
    for (const auto& [word, count] : counts_) rows.push_back({database.text(word), count});
    put_in_order(rows);
    return rows;
  }

 private:
  std::unordered_map<Word, std::int64_t> counts_;
};

/// The last failure of an address in the range.
struct LastFailure {
  std::int64_t event = 0;
  Word reason = 0;
  bool near_limit = false;
  int counted = 0, threshold = 0;
};

class EventCounter {
 public:
  explicit EventCounter(SqliteDatabase& database)
      : database_(database),
        bounce_(database.known_word(to_string(Kind::bounce))),
        complaint_(database.known_word(to_string(Kind::complaint))),
        suppress_(database.known_word(to_string(Advice::suppress))),
        count_(database.known_word("count")) {}

  void read(UnixSeconds from, UnixSeconds until) {
    SQLite::Statement& row = database_.statement("events_of_range", from, until);
    while (row.executeStep()) {
      const auto word = [&](Column column) { return row.getColumn(column).getInt64(); };
      if (word(distrusted) != 0)
        distrusted_.add(word(because));
      else
        add(word);
    }
    row.reset();
  }

  void write(RunSummary& summary) {
    summary.events = events_;
    summary.hard_bounces = hard_;
    summary.complaints = complaints_;
    summary.distrusted = distrusted_.in_order(database_);
    summary.by_reason = reasons_.in_order(database_);
    summary.by_vendor = vendors_.in_order(database_);
    summary.by_advice = advices_.in_order(database_);
    summary.by_provider = providers_.in_order(database_);
    summary.by_list = lists_.in_order(database_);
    for (const std::int64_t address : permanent_)
      summary.permanent_not_suppressed += database_.number("was_suppressed", 0, address, summary.until) == 0;
    write_providers(summary);
    write_soft(summary);
  }

 private:
  template <class ReadWord>
  void add(const ReadWord& word) {
    ++events_;
    reasons_.add(word(reason));
    vendors_.add(word(vendor));
    advices_.add(word(advice));
    providers_.add(word(provider));
    lists_.add(word(list_id));
    ++reasons_of_provider_[{word(provider), word(reason)}];
    complaints_ += word(kind) == complaint_;
    if (word(kind) != bounce_) return;
    hard_ += word(advice) == suppress_;
    if (says_permanent(word(reply_code) != 0 ? word(reply_code) : word(status)))
      permanent_.insert(word(address_id));
    LastFailure& last = last_failures_[word(address_id)];
    if (last.event > word(id)) return;
    const auto so_far = static_cast<int>(word(counted)), limit = static_cast<int>(word(threshold));
    last = {word(id), word(reason), word(outcome) == count_ && limit > 1 && so_far == limit - 1, so_far,
            limit};
  }

  bool says_permanent(Word code) {
    const auto [known, is_new] = permanent_codes_.try_emplace(code, false);
    if (is_new) known->second = database_.text(code).starts_with('5');
    return known->second;
  }

  void write_providers(RunSummary& summary) {
    std::unordered_map<std::string, std::vector<CountBy>> reasons;
    for (const auto& [key, count] : reasons_of_provider_)
      reasons[database_.text(key.first)].push_back({database_.text(key.second), count});
    for (const CountBy& one : summary.by_provider) {
      if (summary.providers.size() == summary_samples) break;
      ProviderFigures figures;
      figures.provider = one.key;
      figures.count = one.count;
      figures.reasons = std::move(reasons[one.key]);
      put_in_order(figures.reasons);
      if (figures.reasons.size() > provider_reasons) figures.reasons.resize(provider_reasons);
      summary.providers.push_back(std::move(figures));
    }
  }

  void write_soft(RunSummary& summary) {
    for (const auto& [address, last] : last_failures_) {
      if (!last.near_limit) continue;
      ++summary.soft_near_limit;
      SQLite::Statement& row = database_.statement("address_of", address);
      if (row.executeStep())
        summary.sample_soft.push_back(
            {row.getColumn(0).getString(),
             reason_named(database_.text(last.reason)).value_or(Reason::unclassified), last.counted,
             last.threshold});
      row.reset();
    }
    auto& sample = summary.sample_soft;
    std::sort(sample.begin(), sample.end(),
              [](const SoftCounter& a, const SoftCounter& b) { return a.address < b.address; });
    if (sample.size() > summary_samples) sample.resize(summary_samples);
  }

  SqliteDatabase& database_;
  Word bounce_, complaint_, suppress_, count_;
  std::int64_t events_ = 0, hard_ = 0, complaints_ = 0;
  Tally reasons_, vendors_, advices_, providers_, lists_, distrusted_;
  std::map<std::pair<Word, Word>, std::int64_t> reasons_of_provider_;
  std::unordered_map<Word, bool> permanent_codes_;
  std::unordered_set<std::int64_t> permanent_;  ///< addresses that a 5xx was said of
  std::unordered_map<std::int64_t, LastFailure> last_failures_;
};

}  // namespace

void add_events(SqliteDatabase& database, RunSummary& summary) {
  EventCounter counter(database);
  counter.read(summary.from, summary.until);
  counter.write(summary);
}

}  // namespace bounced::sqlite
