// What the store in memory holds, in the shapes that its queries want.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/forget_store.hpp"
#include "storage/records.hpp"
#include "storage/sync_store.hpp"

namespace bounced {

struct MemoryAddress {
  std::string as_written;
  UnixSeconds soft_reset_at = 0, last_delivered_at = 0;
  std::vector<std::size_t> events;  ///< positions in MemoryState::events
};

/// What rows that change later once were, each with the time at which we learned of it.
struct MemoryTraces {
  struct IssueReport {
    std::int64_t issue = 0, count = 0;
    UnixSeconds at = 0, last_seen = 0;
  };
  struct IssueState {
    std::int64_t issue = 0;
    UnixSeconds at = 0;
    std::string state;
  };
  /// A number of a wave or a template at a time.
  struct Mark {
    std::int64_t id = 0;
    UnixSeconds at = 0;
    std::int64_t count = 0;
  };
  struct Retries {
    UnixSeconds at = 0;
    std::int64_t pending = 0, due = 0;
  };
  std::vector<bool> again;  ///< of each change in the outbox: whether the address was suppressed already
  std::vector<IssueReport> issue_reports;
  std::vector<IssueState> issue_states;
  std::vector<Mark> unknown_reports, wave_reports, wave_settled;
  std::vector<ProviderSlowdown> slowdowns;  ///< as they were from reported_at on
  std::vector<Retries> retries;
};

struct MemoryState {
  /// Mailbox, UIDVALIDITY, UID, position of the mail + 1.
  using Sighting = std::tuple<std::string, std::uint32_t, std::uint32_t, std::int64_t>;
  struct Seen {
    UnixSeconds at = 0;
    bool again = false;
  };
  using IssueKey = std::tuple<std::string, Reason, std::string>;
  using UnknownKey = std::pair<std::string, std::string>;  ///< wording, vendor
  using SlowdownKey = std::pair<std::string, Reason>;

  std::vector<JournalRow> mails;                 ///< the id of a mail is its position + 1
  std::map<std::string, std::int64_t> contents;  ///< content hash → id of the mail
  std::map<Sighting, Seen> sightings;
  std::vector<BounceEvent> events;  ///< the id of an event is its position + 1
  std::map<std::string, MemoryAddress> addresses;
  std::map<std::string, Suppression> suppressions;
  std::map<std::string, std::vector<Suppression>>
      replaced;                 ///< of an address: the one replaced last comes last
  std::vector<ManualAct> acts;  ///< the id of an act is its position + 1
  std::map<std::string, std::vector<ActOnAddress>> acts_on;  ///< of an address
  std::map<std::string, Retry> retries;
  std::map<SlowdownKey, ProviderSlowdown> slowdowns;
  std::map<IssueKey, OperatorIssue> issues;
  std::map<UnknownKey, UnknownTemplate> unknown;
  using VerdictKey = std::tuple<WaveKind, std::string, std::int64_t>;  ///< kind, name, slot
  using HoldKey = std::pair<std::int64_t, std::string>;                ///< wave, address
  struct CountedVerdicts {
    VerdictCount count;
    UnixSeconds written_at = 0;
  };
  std::map<VerdictKey, CountedVerdicts> verdict_counts;
  std::vector<Wave> waves;  ///< the id of a wave is its position + 1
  std::map<HoldKey, Hold> holds;
  std::vector<OutboxChange> outbox;  ///< the number of a change is its position + 1
  MemoryTraces traces;
  std::map<std::string, Forgotten> forgotten;  ///< by hash
  std::map<std::string, MailboxCursor> cursors;
  std::vector<RunRecord> runs;
  using SyncKey = std::pair<std::string, std::string>;  ///< address, target
  std::map<std::string, SyncTarget> sync_targets;
  std::map<SyncKey, SyncAddress> sync_addresses;
  using SendingKey = std::pair<std::string, std::string>;  ///< night, way
  std::map<SendingKey, SummarySending> sendings;
  std::vector<SendingFailure> sending_failures;
};

/// Writes what rules say of an event (reason to provider) into another.
void copy_memory_verdict(const BounceEvent& from, BounceEvent& to);
/// What AddressHistory::events promises of an event, and no more.
BounceEvent memory_judgement(const BounceEvent& event);
/// The figures of a summary, counted row by row.
RunSummary memory_summary(const MemoryState& state, UnixSeconds from, UnixSeconds until);
/// The part of it that tells how things stood at its end: retries, slow-downs, issues, waves, mailboxes
/// (memory_summary_state.cpp).
void add_memory_state(const MemoryState& state, RunSummary& summary);
/// Slow-downs in force at some time of [from, until), by provider, then by end.
std::vector<ProviderSlowdown> memory_slowdowns(const MemoryState& state, UnixSeconds from, UnixSeconds until);
/// Issues of `state_name` ("" = all), most frequent first.
std::vector<OperatorIssue> memory_issues(const MemoryState& state, const std::string& state_name);
/// Waves of `state_name` ("" = all), newest first, with their holds counted.
std::vector<Wave> memory_waves(const MemoryState& state, const std::string& state_name);
/// Unknown replies, most frequent first.
std::vector<UnknownTemplate> memory_unknown(const MemoryState& state);
/// Pending retries, the first due first (memory_retries.cpp).
std::vector<Retry> memory_retries(const MemoryState& state);

}  // namespace bounced
