// Runs the stories of policy_scenarios.txt: each line is decided with the history that a store keeps of the
// lines before it.
#include <doctest/doctest.h>

#include <charconv>
#include <fstream>
#include <sstream>
#include <vector>

#include "daemon/event_record.hpp"
#include "daemon/policy.hpp"
#include "storage/store.hpp"

using namespace bounced;

namespace {

constexpr UnixSeconds first_day = 1'767'225'600;  // 2026-01-01
constexpr UnixSeconds day = 24 * 60 * 60;
const std::string address = "user@example.org";

int number_of(std::string_view text) {
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// "d3" is noon of the third day, "d3.09:30" half past nine.
UnixSeconds time_of(const std::string& word) {
  const auto dot = word.find('.');
  const UnixSeconds midnight = first_day + (number_of(std::string_view(word).substr(1, dot - 1)) - 1) * day;
  if (dot == std::string::npos) return midnight + day / 2;
  const auto colon = word.find(':');
  return midnight + number_of(std::string_view(word).substr(dot + 1, colon - dot - 1)) * 3600 +
         number_of(std::string_view(word).substr(colon + 1)) * 60;
}

/// "2h", "+2h"; minutes, hours, days.
UnixSeconds span_of(std::string_view word) {
  if (word.front() == '+') word.remove_prefix(1);
  const UnixSeconds unit = word.back() == 'm' ? 60 : word.back() == 'h' ? 3600 : day;
  return number_of(word) * unit;
}

/// A word, or all of a text between quotes.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == ' ') {
      ++i;
      continue;
    }
    const bool quoted = line[i] == '"';
    const auto end = std::min(line.find(quoted ? '"' : ' ', i + 1), line.size());
    words.push_back(line.substr(i, end - i));
    i = end + (quoted ? 1 : 0);
  }
  return words;
}

/// What stands behind "key=" in a word; false for other words.
bool takes(const std::string& word, std::string_view key, std::string& value) {
  if (!word.starts_with(std::string(key) + "=")) return false;
  value = word.substr(key.size() + 1);
  return true;
}

struct Step {
  BounceEvent event;
  UnixSeconds now = 0;
};

Step step_of(const std::vector<std::string>& words, std::size_t end) {
  Step step;
  BounceEvent& event = step.event;
  event.address = event.address_as_written = address;
  event.at = step.now = time_of(words[0]);
  event.confidence = Confidence::strong;
  std::size_t i = 1;
  bool kind_given = false;
  if (const auto kind = named<Kind>(kind_names, words[i]); kind && *kind != Kind::bounce) {
    event.kind = *kind;
    kind_given = true;
    ++i;
  }
  if (event.kind == Kind::delivered) event.action = "delivered";
  if (event.kind == Kind::complaint) event.reason = Reason::complaint;
  const auto reason = i < end ? reason_named(words[i]) : std::nullopt;
  REQUIRE_MESSAGE((reason || kind_given), words[i] << " is neither a kind nor a reason");
  if (reason) {
    event.reason = *reason;
    ++i;
  }
  event.fault = facts(event.reason).fault;
  event.permanence = facts(event.reason).permanence;
  event.advice = facts(event.reason).advice;
  std::string value;
  for (; i < end; ++i) {
    if (words[i] == "confirm")
      event.confirm = true;
    else if (const auto confidence = named<Confidence>(confidence_names, words[i]))
      event.confidence = *confidence;
    else if (takes(words[i], "advice", value))
      event.advice = named<Advice>(advice_names, value).value();
    else if (takes(words[i], "from", value))
      event.original_from = "news@" + value;
    else if (words[i] == "distrusted")
      event.distrusted = true;
    else if (takes(words[i], "signature", event.signature))
      continue;
    else if (takes(words[i], "list", event.list_id) || takes(words[i], "action", event.action) ||
             takes(words[i], "provider", event.provider))
      continue;
    else if (takes(words[i], "wait", value))
      event.wait_seconds = span_of(value);
    else if (takes(words[i], "until", value))
      event.will_retry_until = event.at + span_of(value);
    else if (takes(words[i], "now", value))
      step.now = time_of(value);
    else
      FAIL("unknown word: " << words[i]);
  }
  return step;
}

class Story {
 public:
  void setting(const std::vector<std::string>& words) {
    std::string value;
    const std::string& word = words.at(1);
    if (word == "override") {
      override_by({words.begin() + 2, words.end()});
    } else if (takes(word, "weight", value)) {
      const auto colon = value.find(':');
      policy_.thresholds.at(*reason_named(value.substr(0, colon))).weight =
          number_of(value.substr(colon + 1));
    } else if (takes(word, "never_suppress", value)) {
      policy_.never_suppress.push_back(value);
    } else if (takes(word, "confirm_spacing", value)) {
      policy_.confirm_spacing = std::chrono::hours(number_of(value));
    } else {
      const auto equals = word.find('=');
      const auto reason = reason_named(word.substr(0, equals));
      REQUIRE(reason);
      const auto first = word.find('/');
      const auto second = word.find('/', first + 1);
      policy_.thresholds[*reason] = {
          .count = number_of(std::string_view(word).substr(equals + 1)),
          .distinct_days = number_of(std::string_view(word).substr(first + 1)),
          .window = std::chrono::hours(24) * number_of(std::string_view(word).substr(second + 1))};
    }
  }

  void mail(const std::vector<std::string>& words) {
    const auto arrow = std::find(words.begin(), words.end(), "->");
    REQUIRE(arrow != words.end());
    const auto split = static_cast<std::size_t>(arrow - words.begin());
    Step step = step_of(words, split);
    auto transaction = *store_->begin();
    REQUIRE(transaction->expire(step.now));
    const auto history = *transaction->history(address, history_since(policy_, step.event.at));
    const Decision decision = decide(step.event, history, policy_, step.now);
    check(step, decision, {words.begin() + static_cast<std::ptrdiff_t>(split) + 1, words.end()});
    keep(*transaction, step, decision);
    REQUIRE(transaction->commit());
  }

  void remove(const std::string& time) {
    auto transaction = *store_->begin();
    REQUIRE(transaction->unsuppress(address, "a person says so", time_of(time), false));
    REQUIRE(transaction->commit());
  }

  void pass(const std::string& time) {
    auto transaction = *store_->begin();
    REQUIRE(transaction->expire(time_of(time)));
    REQUIRE(transaction->commit());
  }

  void mailed_again(const std::string& time) {
    auto transaction = *store_->begin();
    REQUIRE(*transaction->finish_retry(address, time_of(time), false) == RetryMark::marked);
    REQUIRE(transaction->commit());
  }

  void state(const std::vector<std::string>& words) {
    const auto history = *(*store_->begin())->history(address, 0);
    for (std::size_t i = 1; i < words.size(); ++i) {
      INFO("state " << words[i]);
      if (words[i] == "suppressed")
        CHECK(history.suppressed);
      else if (words[i] == "free")
        CHECK_FALSE(history.suppressed);
      else if (words[i] == "pending")
        CHECK(history.retry_after != 0);
      else if (words[i] == "idle")
        CHECK(history.retry_after == 0);
      else
        FAIL("unknown state");
    }
  }

 private:
  /// "domain=example.org", "suppress=never", "mailbox_full.count=3": as the settings file would have it.
  void override_by(const std::vector<std::string>& words) {
    std::string text = "[[policy.override]]\n";
    for (const std::string& word : words) {
      const auto equals = word.find('=');
      const auto value = word.substr(equals + 1);
      const bool number = value.find_first_not_of("0123456789.") == std::string::npos;
      text += word.substr(0, equals) + " = " + (number ? value : '"' + value + '"') + "\n";
    }
    const auto reading = read_settings(text, "story");
    for (const auto& fault : reading.faults) FAIL(fault_line(fault, "override"));
    policy_.overrides.push_back(reading.settings.policy.overrides.at(0));
  }

  static void check(const Step& step, const Decision& decision, const std::vector<std::string>& wanted) {
    INFO("arithmetic: " << decision.arithmetic);
    CHECK(to_string(decision.outcome) == wanted.at(0));
    CHECK_FALSE(decision.arithmetic.empty());
    UnixSeconds retry_after = 0, slow_down_until = 0, expires_at = 0;
    bool issue = false;
    std::string value, scope;
    for (std::size_t i = 1; i < wanted.size(); ++i) {
      const std::string& word = wanted[i];
      if (word.front() == '"')
        CHECK_MESSAGE(decision.arithmetic.find(word.substr(1)) != std::string::npos, word.substr(1));
      else if (takes(word, "retry", value))
        retry_after = step.event.at + span_of(value);
      else if (takes(word, "slow", value))
        slow_down_until = step.event.at + span_of(value);
      else if (takes(word, "expires", value))
        expires_at = step.event.at + span_of(value);
      else if (takes(word, "attempt", value))
        CHECK(decision.attempts == number_of(value));
      else if (takes(word, "source", value))
        CHECK(decision.source == value);
      else if (takes(word, "scope", scope))
        continue;
      else if (word == "issue")
        issue = true;
      else
        CHECK(std::to_string(decision.counted) + "/" + std::to_string(decision.threshold) == word);
    }
    CHECK(decision.retry_after == retry_after);
    CHECK(decision.slow_down_until == slow_down_until);
    CHECK(decision.expires_at == expires_at);
    CHECK(decision.issue == issue);
    CHECK(decision.scope == scope);
  }

  /// What the pipeline does of it that later decisions depend on.
  void keep(Transaction& transaction, Step& step, const Decision& decision) {
    JournalRow row;
    row.key = {"returns", 0, 0, "mail " + std::to_string(++mails_)};
    row.seen_at = step.now;
    REQUIRE(*transaction.journal(row));
    REQUIRE(transaction.add_event(step.event));
    if (step.event.distrusted) return;
    if (step.event.kind == Kind::delivered) {
      if (step.event.action != "delivered") return;
      REQUIRE(transaction.delivered(address, step.event.at));
      REQUIRE(transaction.drop_retry(address));
      return;
    }
    if (decision.outcome == Outcome::suppress)
      REQUIRE(transaction.suppress(suppression_by(decision, step.event, step.now)));
    if (decision.retry_after != 0)
      REQUIRE(transaction.put_retry(retry_by(decision, step.event)));
    else if (decision.outcome == Outcome::suppress || decision.attempts != 0)
      REQUIRE(transaction.drop_retry(address));
  }

  PolicySettings policy_;
  std::unique_ptr<Store> store_ = make_memory_store();
  int mails_ = 0;
};

}  // namespace

TEST_CASE("the policy decides as the stories tell") {
  const std::string path = "tests/daemon/policy_scenarios.txt";
  std::ifstream file(path);
  REQUIRE(file);
  std::unique_ptr<Story> story;
  std::string title;
  int number = 0, stories = 0, mails = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    INFO(path << ":" << number << ": " << line);
    INFO("in the story: " << title);
    if (line.starts_with("story: ")) {
      title = line.substr(7);
      story = std::make_unique<Story>();
      ++stories;
      continue;
    }
    REQUIRE(story);
    const auto words = words_of(line);
    if (words[0] == "state")
      story->state(words);
    else if (words[0] == "setting")
      story->setting(words);
    else if (words.at(1) == "remove")
      story->remove(words[0]);
    else if (words[1] == "mailed")
      story->mailed_again(words[0]);
    else if (words[1] == "pass")
      story->pass(words[0]);
    else
      story->mail(words), ++mails;
  }
  CHECK(stories >= 60);
  CHECK(mails >= 150);
}
