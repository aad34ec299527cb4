// What needs the operator: the part of a summary that is judged, the same in every form of it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/records.hpp"

namespace bounced {

enum class NeedKind : std::uint8_t { mailbox, wave, target, sending, rate, issue, quarantine };
inline constexpr std::array<std::string_view, 7> need_kind_names{"mailbox", "wave",  "target",    "sending",
                                                                 "rate",    "issue", "quarantine"};
constexpr std::string_view to_string(NeedKind value) {
  return need_kind_names[static_cast<std::size_t>(value)];
}

/// One thing to do. Texts are printable, and as long as they are: some are the words of strangers.
struct Need {
  NeedKind kind = NeedKind::issue;
  std::string what;                ///< a sentence without its full stop
  std::string detail;              ///< how many and when; may be ""
  std::string sample;              ///< the words that say so; may be ""
  std::vector<std::string> steps;  ///< what to do
  std::string url;                 ///< where to read on; "" = nowhere
};

/// The most urgent first: what stops everything, what waits for a word, what thresholds say, what to mend.
std::vector<Need> needs_of(const RunSummary& summary);

/// True for a count that is worth a mark: at least three times what is usual (-1 = not known), and not of the
/// few that chance moves.
bool is_unusual(std::int64_t count, std::int64_t usual);

/// True for a wave that still waits for a person's word.
bool waits(const Wave& wave);

/// A share of the mails that were sent, and where others draw a line.
struct Rate {
  std::string_view name;          ///< "bounces", "complaints"
  std::string_view whose;         ///< "Amazon SES", "Gmail"
  std::int64_t count = 0;         ///< of the range
  double percent = 0;             ///< of RunSummary::sent; 0 where that is not known
  double warn = 0, stop = 0;      ///< percent
  std::string_view warns, stops;  ///< what they do from there on
  std::string_view state;         ///< "good", "warn", "stop"; "unknown" where the sent mails are not counted
};

/// Amazon SES: bounces 5 and 10 %, complaints 0.1 and 0.5 %; Gmail: complaints 0.1 and 0.3 % (their published
/// lines for senders).
std::vector<Rate> rates_of(const RunSummary& summary);

/// "6.20 %"
std::string percent_text(double percent);
/// "5 %", "0.1 %"
std::string line_text(double percent);

}  // namespace bounced
