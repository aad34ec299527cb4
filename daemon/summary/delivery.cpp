#include "daemon/summary/delivery.hpp"

#include <algorithm>

#include "daemon/digest.hpp"
#include "daemon/failpoint.hpp"
#include "daemon/pauses.hpp"
#include "daemon/summary/message.hpp"
#include "daemon/summary/summary.hpp"

namespace bounced {
namespace {

using What = SendResult::What;

bool wants(const SummarySettings& settings, std::string_view form) {
  return std::find(settings.formats.begin(), settings.formats.end(), form) != settings.formats.end();
}

/// The same for every attempt at a night: told from the database where one was made.
Result<std::string> new_message_id(const SummarySettings& settings, const Night& night) {
  const auto bytes = random_bytes(12);
  if (!bytes) return fail(bytes.error());
  std::string id = "summary-" + night.date + ".";
  for (const char c : *bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    id += digits[static_cast<unsigned char>(c) >> 4U];
    id += digits[static_cast<unsigned char>(c) & 0xFU];
  }
  const auto at = settings.from.rfind('@');
  return id + (at == std::string::npos ? "@bounced.invalid" : settings.from.substr(at));
}

Result<Page> make_page(Store& store, const SummarySettings& settings, const Night& night,
                       const std::string& message_id, UnixSeconds now) {
  const auto figures = figures_of(store, settings, night.from, night.until);
  if (!figures) return fail(figures.error());
  Page page;
  page.night = night;
  page.message_id = message_id;
  if (wants(settings, "text")) page.text = summary_text(*figures);
  if (wants(settings, "html")) page.html = summary_html(*figures);
  if (wants(settings, "json")) page.json = summary_json(*figures);
  page.message = mail_message({settings.from, settings.to, summary_subject(*figures), message_id, now},
                              {page.text, page.html, page.json, "bounced-" + night.date + ".json"});
  return page;
}

/// One night by one way.
class Sending {
 public:
  Sending(Store& store, const SummarySettings& settings, const Night& night, const SendingWorld& world,
          const Way& way)
      : store_(store), settings_(settings), night_(night), world_(world), way_(way) {
    result_.night = night.date;
    result_.way = way.name;
  }

  Result<SendResult> run() {
    if (auto done = claim(); !done) return fail(done.error());
    if (!claimed_) return result_;
    failpoint("summary_claimed");
    const auto page = make_page(store_, settings_, night_, row_.message_id, world_.now());
    if (!page) {
      if (auto done = give_back(page.error()); !done) return fail(done.error());
      return fail(page.error());
    }
    const WayEnd end = way_.carry_out(*page);
    failpoint("summary_carried_out");
    auto done = end.sent ? confirm() : end.uncertain ? leave(end.error) : give_back(end.error);
    if (!done) return fail(done.error());
    return result_;
  }

 private:
  Result<void> claim() {
    const auto transaction = store_.begin();
    if (!transaction) return fail(transaction.error());
    const auto known = (*transaction)->summary_sending(night_.date, way_.name);
    if (!known) return fail(known.error());
    const auto now = world_.now();
    row_ = known->value_or(SummarySending());
    row_.night = night_.date;
    row_.way = way_.name;
    const auto state_before = row_.state;
    if (!may_claim(now)) return row_.state == state_before ? Result<void>() : put(**transaction);
    if (row_.message_id.empty()) {
      auto id = new_message_id(settings_, night_);
      if (!id) return fail(id.error());
      row_.message_id = *std::move(id);
    }
    row_.state = "claimed";
    row_.claimed_at = now;
    ++row_.attempts;
    claimed_ = true;
    return put(**transaction);
  }

  /// Whether it is to be sent now; else `result_` says why not.
  bool may_claim(UnixSeconds now) {
    if (row_.state == "sent" || row_.state == "skipped") {
      result_.what = What::already;
      return false;
    }
    result_.once_more = row_.attempts > 0;
    if (row_.attempts >= claims_at_most) {
      row_.state = "uncertain";
      result_.what = What::given_up;
      return false;
    }
    if (row_.next_at > now && !world_.even_early) {
      result_.what = What::later;
      result_.again_at = row_.next_at;
      return false;
    }
    return true;
  }

  Result<void> confirm() {
    row_.state = "sent";
    row_.sent_at = world_.now();
    result_.what = What::sent;
    return write();
  }

  /// Nobody knows whether it was sent: the claim counts, and time passes before the next one.
  Result<void> leave(const Error& error) {
    row_.state = row_.attempts >= claims_at_most ? "uncertain" : "failed";
    result_.what = row_.attempts >= claims_at_most ? What::given_up : What::uncertain;
    return note_failure(error);
  }

  Result<void> give_back(const Error& error) {
    --row_.attempts;
    row_.state = "failed";
    result_.what = What::failed;
    return note_failure(error);
  }

  Result<void> note_failure(const Error& error) {
    result_.error = error;
    row_.next_at = result_.again_at = world_.now() + sending_pause(++row_.failures);
    const auto transaction = store_.begin();
    if (!transaction) return fail(transaction.error());
    if (auto noted =
            (*transaction)->note_sending_failure({world_.now(), night_.date, way_.name, error.message});
        !noted)
      return noted;
    row_.claimed_at = 0;
    return put(**transaction);
  }

  Result<void> write() {
    row_.claimed_at = 0;
    const auto transaction = store_.begin();
    if (!transaction) return fail(transaction.error());
    return put(**transaction);
  }

  Result<void> put(Transaction& transaction) {
    if (auto done = transaction.put_summary_sending(row_); !done) return done;
    return transaction.commit();
  }

  Store& store_;
  const SummarySettings& settings_;
  const Night& night_;
  const SendingWorld& world_;
  const Way& way_;
  SummarySending row_;
  SendResult result_;
  bool claimed_ = false;
};

std::string at_of(const SummarySettings& settings) { return settings.at.empty() ? "00:00" : settings.at; }

}  // namespace

std::string sentence(const SendResult& result) {
  auto page = "the summary of " + result.night;
  const auto by = " (" + result.way + ")";
  const std::string again = result.once_more ? ", once more: nobody had confirmed that it was sent" : "";
  switch (result.what) {
    case What::sent:
      return page + " is sent" + by + again;
    case What::already:
      return page + " was sent before" + by;
    case What::busy:
      return page + " is being sent by somebody else" + by;
    case What::later:
      return page + " failed before, and is tried again at " + local_minute(result.again_at) + by;
    case What::failed:
      return page + " could not be sent" + by;
    case What::uncertain:
      return page + " may have been sent or not" + by + ": it is sent once more, as the same mail, at " +
             local_minute(result.again_at);
    case What::given_up:
      return page + " may have been sent or not" + by + ": it is left at that";
  }
  return page;
}

Result<std::vector<SendResult>> send_night(Store& store, const SummarySettings& settings, const Night& night,
                                           const SendingWorld& world) {
  std::vector<SendResult> results;
  const auto lock = world.lock();
  if (!lock && lock.error().exit != Exit::try_again) return fail(lock.error());
  for (const Way& way : world.ways) {
    if (!lock) {
      results.push_back({night.date, way.name, What::busy, {}});
      continue;
    }
    auto done = Sending(store, settings, night, world, way).run();
    if (!done) return fail(done.error());
    results.push_back(*std::move(done));
  }
  return results;
}

Result<std::vector<Night>> nights_due(Store& store, const SummarySettings& settings, UnixSeconds now) {
  const auto known = store.summary_sendings();
  if (!known) return fail(known.error());
  const auto at = at_of(settings);
  std::vector<Night> nights{last_night(now, at)};
  // What was begun and is not done is due as well, as long as it is one of the last.
  const auto ways = ways_of(settings, nullptr);
  const auto has = [&](const Night& night, const auto& wanted) {
    return std::any_of(known->begin(), known->end(),
                       [&](const SummarySending& row) { return row.night == night.date && wanted(row); });
  };
  const auto is_done = [&](const Night& night) {
    if (has(night, [](const SummarySending& row) { return row.state == "skipped"; })) return true;
    return std::all_of(ways.begin(), ways.end(), [&](const Way& way) {
      return has(night, [&](const SummarySending& row) {
        return row.way == way.name && (row.state == "sent" || row.state == "uncertain");
      });
    });
  };
  const std::string oldest = known->empty() ? nights.front().date : known->back().night;
  while (nights.size() < nights_made_up) {
    const Night earlier = night_before(nights.front(), at);
    if (earlier.date <= oldest && !(earlier.date == oldest && !is_done(earlier))) break;
    nights.insert(nights.begin(), earlier);
  }
  std::erase_if(nights, is_done);
  return nights;
}

Result<void> begin_with_the_next(Store& store, const SummarySettings& settings, UnixSeconds now) {
  const auto known = store.summary_sendings();
  if (!known) return fail(known.error());
  if (!known->empty()) return {};
  const auto transaction = store.begin();
  if (!transaction) return fail(transaction.error());
  SummarySending row;
  row.night = last_night(now, at_of(settings)).date;
  row.way = "none";
  row.state = "skipped";
  if (auto put = (*transaction)->put_summary_sending(row); !put) return put;
  return (*transaction)->commit();
}

UnixSeconds sending_pause(int failures) {
  constexpr UnixSeconds first = 5L * 60, longest = 2L * 3600;
  return growing_pause(first, longest, failures);
}

}  // namespace bounced
