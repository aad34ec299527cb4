#include "daemon/pipeline.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/content_hash.hpp"
#include "daemon/event_record.hpp"
#include "daemon/failpoint.hpp"
#include "daemon/forgetting.hpp"
#include "daemon/policy_counting.hpp"

namespace bounced {
namespace {

/// A mail that has been read, and is not in the database yet.
struct ReadMail {
  JournalRow row;
  BounceReport report;
  UnixSeconds at = 0;
};

/// The damage that means a limit was passed, so that what was read may be less than what is there
/// (guard.hpp).
constexpr std::array<std::string_view, 4> limits_passed{"too_large", "mime_too_deep", "too_many_parts",
                                                        "header_too_long"};

bool passed_a_limit(const BounceReport& report) {
  return std::any_of(report.damage.begin(), report.damage.end(), [](const std::string& word) {
    return std::find(limits_passed.begin(), limits_passed.end(), word) != limits_passed.end();
  });
}

bool reports_an_address(const BounceReport& report) {
  return std::any_of(report.recipients.begin(), report.recipients.end(),
                     [](const ReportedRecipient& recipient) { return !recipient.address.empty(); });
}

/// Where the mail goes. An automatic answer needs no address to be understood; a bounce does.
Disposal disposal_of(const BounceReport& report) {
  const bool is_answer =
      report.kind == Kind::auto_reply || report.kind == Kind::challenge || report.kind == Kind::disposition;
  if (is_answer || (report.kind != Kind::not_bounce && reports_an_address(report)))
    return Disposal::processed;
  return passed_a_limit(report) ? Disposal::quarantined : Disposal::unrecognised;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

/// An oversized mail was not fetched: its place stands for its content.
std::string hash_of_place(const std::string& mailbox, const FetchedMail& mail) {
  return content_hash("not fetched: " + mailbox + ' ' + std::to_string(mail.uid_validity) + ' ' +
                      std::to_string(mail.uid) + ' ' + std::to_string(mail.size_bytes) + ' ' +
                      (mail.uid == 0 ? mail.name : ""));
}

/// When the mail came to us. Its own Date is its writer's, who could have a signature last for ever with it.
UnixSeconds received_at(const FetchedMail& mail, UnixSeconds now) {
  return mail.internal_date > 0 ? std::min(mail.internal_date, now) : now;
}

ReadMail read_mail(const Reader& reader, const Authenticator* authenticator, const std::string& mailbox,
                   const std::string& source, const FetchedMail& mail, UnixSeconds now) {
  ReadMail made;
  made.row.key = {mailbox, mail.uid_validity, mail.uid,
                  mail.oversized ? hash_of_place(mailbox, mail) : content_hash(mail.bytes)};
  made.row.seen_at = now;
  made.row.size_bytes = mail.oversized ? mail.size_bytes : mail.bytes.size();
  made.row.source = source;
  if (mail.oversized)
    made.report.damage = {"too_large"};
  else
    made.report = reader.read(mail.bytes);
  if (authenticator != nullptr) authenticator->judge(made.report, received_at(mail, now));
  made.row.kind = made.report.kind;
  made.row.dialect = made.report.dialect;
  made.row.disposal = disposal_of(made.report);
  made.row.damage = joined(made.report.damage);
  made.row.message_id = made.report.message_id;
  made.at = event_time(made.report, mail.internal_date, now);
  return made;
}

/// Writes mails into one transaction, and counts what became of them.
class Recorder {
 public:
  Recorder(Transaction& transaction, const PolicySettings& policy, Authenticity required, WaveKeeper& waves,
           const ForgottenAddresses& forgotten, UnixSeconds now)
      : transaction_(transaction),
        policy_(policy),
        required_(required),
        waves_(waves),
        forgotten_(forgotten),
        now_(now) {}

  Result<void> record(const ReadMail& mail) {
    ++counts_.mails;
    JournalRow row = mail.row;
    std::vector<const ReportedRecipient*> recipients;
    for (const ReportedRecipient& recipient : mail.report.recipients) {
      const auto forgotten = forgotten_.has(recipient.address);
      if (!forgotten) return fail(forgotten.error());
      if (*forgotten)
        row.message_id.clear();  // some systems write the recipient into it
      else
        recipients.push_back(&recipient);
    }
    const auto is_new = transaction_.journal(row);
    if (!is_new) return fail(is_new.error());
    failpoint("journaled");
    if (!*is_new) {
      ++counts_.duplicates;
      return {};
    }
    counts_.unrecognised += mail.row.disposal == Disposal::unrecognised;
    counts_.quarantined += mail.row.disposal == Disposal::quarantined;
    counts_.bounces += mail.report.kind == Kind::bounce;
    std::vector<BounceEvent> done;
    for (const ReportedRecipient* recipient : recipients) {
      BounceEvent event = event_of(mail.report, *recipient, mail.at);
      event.mailbox = mail.row.key.mailbox;
      event.distrusted = is_distrusted(event, required_);
      if (event.address.empty() || says_the_same(done, event)) continue;
      if (auto recorded = record_event(event, recipient->verdict); !recorded) return recorded;
      done.push_back(std::move(event));
    }
    return {};
  }

  [[nodiscard]] const PipelineCounts& counts() const { return counts_; }

 private:
  /// Some reports name a recipient twice, in the same words.
  static bool says_the_same(const std::vector<BounceEvent>& done, const BounceEvent& event) {
    constexpr std::size_t looked_back = 20;  // they stand side by side; a report may have 100,000 recipients
    const std::size_t from = done.size() > looked_back ? done.size() - looked_back : 0;
    return std::any_of(done.begin() + static_cast<std::ptrdiff_t>(from), done.end(),
                       [&](const BounceEvent& other) {
                         return other.address == event.address && other.kind == event.kind &&
                                other.reason == event.reason && other.diagnostic == event.diagnostic;
                       });
  }

  Result<void> record_event(BounceEvent& event, const Verdict& verdict) {
    const auto history = transaction_.history(event.address, history_since(policy_, event.at));
    if (!history) return fail(history.error());
    Decision decision = decide(event, *history, policy_, now_);
    const auto wave = waves_.judge(event, decision, *history);
    if (!wave) return fail(wave.error());
    obey(*wave, *history, event, decision);
    event.outcome = to_string(decision.outcome);
    event.counted = decision.counted;
    event.threshold = decision.threshold;
    BounceEvent stored = event;
    const auto id = transaction_.add_event(stored);
    if (!id) return fail(id.error());
    event.id = *id;
    failpoint("event_added");
    if (event.distrusted) {  // kept and counted: nothing may follow from it
      ++counts_.distrusted;
      return {};
    }
    if (const auto unknown = unknown_by(event, now_))
      if (auto noted = transaction_.note_unknown(*unknown); !noted) return noted;
    if (event.kind == Kind::delivered && event.action == to_string(Action::delivered))
      return first_with_signature(event, *history) ? Result<void>() : note_delivery(event);
    return carry_out(decision, event, *history, verdict);
  }

  /// What belongs to a wave is held, or goes where a person has discarded the wave.
  static void obey(const WaveJudgement& wave, const AddressHistory& history, BounceEvent& event,
                   Decision& decision) {
    event.wave = wave.wave;
    const bool suppressed = history.suppressed && (history.suppression_scope.empty() ||
                                                   history.suppression_scope == decision.scope);
    if (wave.wave == 0 || decision.outcome != Outcome::suppress || suppressed) return;
    decision.outcome = wave.discarded ? Outcome::ignore : Outcome::held;
  }

  Result<void> note_delivery(const BounceEvent& event) {
    if (auto noted = transaction_.delivered(event.address, event.at); !noted) return noted;
    return transaction_.drop_retry(event.address);
  }

  Result<void> carry_out(const Decision& decision, const BounceEvent& event, const AddressHistory& history,
                         const Verdict& verdict) {
    if (decision.outcome == Outcome::suppress) {
      counts_.suppressed += !history.suppressed;
      if (auto done = transaction_.suppress(suppression_by(decision, event, now_)); !done) return done;
      if (history.retry_attempts != 0)
        if (auto done = transaction_.drop_retry(event.address); !done) return done;
      failpoint("suppressed");
    }
    if (decision.outcome == Outcome::held) {
      ++counts_.held;
      if (auto done = transaction_.hold({event.wave, event.at, suppression_by(decision, event, now_)}); !done)
        return done;
      failpoint("held");
    }
    if (decision.retry_after != 0) {
      ++counts_.retries;
      if (auto done = transaction_.put_retry(retry_by(decision, event)); !done) return done;
    } else if (decision.attempts != 0 && history.retry_attempts != 0) {  // given up
      if (auto done = transaction_.drop_retry(event.address); !done) return done;
    }
    if (decision.slow_down_until != 0)
      if (auto done = transaction_.slow_down(
              {event.provider, event.reason, event.at, decision.slow_down_until, 1, now_});
          !done)
        return done;
    if (decision.issue) {
      ++counts_.alerts;
      if (auto done = transaction_.report_issue(issue_by(event, verdict, now_)); !done) return done;
    }
    return {};
  }

  Transaction& transaction_;
  const PolicySettings& policy_;
  Authenticity required_;
  WaveKeeper& waves_;
  const ForgottenAddresses& forgotten_;
  UnixSeconds now_;
  PipelineCounts counts_;
};

PipelineCounts operator+(const PipelineCounts& a, const PipelineCounts& b) {
  return {a.mails + b.mails,
          a.bounces + b.bounces,
          a.duplicates + b.duplicates,
          a.unrecognised + b.unrecognised,
          a.quarantined + b.quarantined,
          std::max<std::int64_t>(a.suppressed + b.suppressed, 0),
          a.retries + b.retries,
          a.alerts + b.alerts,
          a.distrusted + b.distrusted,
          a.held + b.held};
}

/// Mails into the database, in one transaction: what became of them.
Result<PipelineCounts> record_all(const std::vector<ReadMail>& mails, const PolicySettings& policy,
                                  Authenticity required, Store& store, WaveKeeper& waves, UnixSeconds now) {
  auto transaction = store.begin();
  if (!transaction) return fail(transaction.error());
  if (auto ended = (*transaction)->expire(now); !ended) return fail(ended.error());
  if (auto begun = waves.begin(**transaction, now); !begun) return fail(begun.error());
  const auto forgotten = ForgottenAddresses::of(store);
  if (!forgotten) return fail(forgotten.error());
  Recorder recorder(**transaction, policy, required, waves, *forgotten, now);
  for (const ReadMail& mail : mails)
    if (auto recorded = recorder.record(mail); !recorded) return fail(recorded.error());
  if (auto written = waves.flush(); !written) return fail(written.error());
  failpoint("recorded");
  if (auto committed = (*transaction)->commit(); !committed) return fail(committed.error());
  PipelineCounts counts = recorder.counts();
  counts.held += waves.withdrawn();
  counts.suppressed -= waves.withdrawn();
  return counts;
}

}  // namespace

Result<std::vector<Settlement>> Pipeline::ingest(const std::string& mailbox, const std::string& source,
                                                 const std::vector<FetchedMail>& mails, UnixSeconds now) {
  // Reading needs no database: nobody waits for our lock meanwhile.
  std::vector<ReadMail> read;
  std::vector<Settlement> settlements;
  read.reserve(mails.size());
  for (const FetchedMail& mail : mails) {
    read.push_back(read_mail(reader_, gate_.authenticator, mailbox, source, mail, now));
    settlements.push_back({mail.uid, mail.name, read.back().row.disposal});
  }
  failpoint("read");

  // All of the batch, or nothing: whatever fails from here on leaves the database as it was.
  const auto counted = record_all(read, policy_, gate_.required, store_, waves_, now);
  if (!counted) {
    waves_.forget();
    return fail(counted.error());
  }
  failpoint("committed");

  // Only now may the mails leave the mailbox: a crash before this line finds them there, and the journal.
  counts_ = counts_ + *counted;
  return settlements;
}

}  // namespace bounced
