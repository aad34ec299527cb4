// Runs forgeries.txt: each mail through the pipeline, into the store in memory and into SQLite.
#include <doctest/doctest.h>

#include <charconv>
#include <ctime>
#include <fstream>
#include <sstream>

#include "tests/daemon/forgery_mail.hpp"
#include "tests/daemon/pipeline_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::test;

namespace {

/// "d3" is noon of the third day.
UnixSeconds time_of(const std::string& word) {
  int number = 0;
  const auto read = std::from_chars(word.data() + 1, word.data() + word.size(), number);
  REQUIRE_MESSAGE((word.starts_with("d") && read.ec == std::errc{}), word << " is no day");
  return noon + (number - 1) * day;
}

std::string mail_date_of(UnixSeconds time) {
  std::array<char, 64> text{};
  const std::time_t seconds = time;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S +0000", &parts)};
}

/// Keys, settings and a reader, made once for all stories.
struct House {
  TemporaryDirectory directory;
  NamedKeys keys;
  std::optional<Engine> engine;
  std::optional<Authenticator> without_domains;

  House() {
    Settings settings;
    for (const std::string name : {"ours", "old", "foreign"}) {
      const auto file = directory.write(name, *new_verp_key() + "\n");
      auto read = VerpKeys::read({file});
      REQUIRE(read);
      keys.emplace(name, *std::move(read));
      if (name != "foreign") settings.authenticity.verp_keys.push_back(file);
    }
    settings.reading.signed_verp.return_paths = {"returns@sender.example", "shop@sender.example"};
    without_domains.emplace(*Authenticator::make(settings));
    settings.authenticity.sender_domains = {"sender.example"};
    auto made = make_engine(settings);
    REQUIRE(made);
    engine.emplace(*std::move(made));
  }
};

/// All that a mail could have decided.
std::string decided(Store& store, const std::vector<std::string>& addresses) {
  std::ostringstream text;
  REQUIRE(store.suppressions({}, [&](const Suppression& row) {
    text << "suppressed " << row.address << ' ' << row.count << ' ' << row.last_seen << '\n';
    return true;
  }));
  REQUIRE(store.changes(0, [&](const OutboxChange& row) {
    text << "change " << row.number << '\n';
    return true;
  }));
  REQUIRE(store.retries(0, [&](const Retry& row) {
    text << "retry " << row.address << ' ' << row.attempts << ' ' << row.retry_after << '\n';
    return true;
  }));
  const auto issues = store.issues("");
  const auto slowdowns = store.slowdowns(0);
  const auto unknown = store.unknown_templates();
  for (const OperatorIssue& row : *issues) text << "issue " << row.id << ' ' << row.count << '\n';
  for (const ProviderSlowdown& row : *slowdowns) text << "slow " << row.provider << ' ' << row.until << '\n';
  for (const UnknownTemplate& row : *unknown) text << "unknown " << row.text << ' ' << row.count << '\n';
  auto transaction = *store.begin();
  for (const std::string& address : addresses) {
    const auto history = *transaction->history(address, 0);
    text << address << ' ' << history.events.size() << ' ' << history.soft_reset_at << ' '
         << history.last_delivered_at << '\n';
  }
  return text.str();
}

class Story {
 public:
  Story(const House& house, std::unique_ptr<Store> store) : house_(house), store_(std::move(store)) {}

  void require(const std::string& word) { required_ = named<Authenticity>(authenticity_names, word).value(); }
  void without_domains() { authenticator_ = &*house_.without_domains; }

  void mail(const std::string& time, const MailWords& words, const std::vector<std::string>& wanted) {
    const UnixSeconds now = time_of(time);
    const auto date = words.contains("date") ? time_of(words.at("date")) : now;
    const std::string salt = "mail" + std::to_string(++mails_);
    const std::string text = forged_mail(words, house_.keys, day_of(noon), mail_date_of(date), salt);
    INFO(text);
    std::vector<std::string> addresses;
    addresses.reserve(wanted.size());
    for (const std::string& one : wanted) addresses.push_back(one.substr(0, one.find('=')));
    const std::string before = decided(*store_, addresses);
    Pipeline pipeline(house_.engine->reader, house_.engine->settings.policy, *store_,
                      {authenticator_, required_});
    REQUIRE(pipeline.ingest("returns", "imap", fetched({text}, static_cast<std::uint32_t>(mails_)), now));
    const bool trusted = check(pipeline.counts(), wanted);
    if (!trusted) CHECK(decided(*store_, addresses) == before);
  }

  void remove(const std::string& time, const std::string& address) {
    auto transaction = *store_->begin();
    REQUIRE(*transaction->unsuppress(address, "a person says so", time_of(time), true));
    REQUIRE(transaction->commit());
  }

  void state(const std::string& address, const std::string& word) {
    const auto history = *(*store_->begin())->history(address, 0);
    if (word == "suppressed" || word == "free")
      CHECK(history.suppressed == (word == "suppressed"));
    else if (word == "pending" || word == "idle")
      CHECK((history.retry_after != 0) == (word == "pending"));
    else
      FAIL("unknown state " << word);
  }

 private:
  /// The newest event of each address against what is wanted; true when one of them was trusted.
  bool check(const PipelineCounts& counts, const std::vector<std::string>& wanted) {
    if (wanted.front() == "duplicate") {
      CHECK(counts.duplicates == 1);
      return false;
    }
    std::int64_t distrusted = 0;
    for (const std::string& one : wanted) {
      INFO("wanted " << one);
      const auto equals = one.rfind('=');
      const auto slash = one.find('/', equals);
      const std::string level = one.substr(equals + 1, slash - equals - 1);
      const std::string outcome = slash == std::string::npos ? "distrusted" : one.substr(slash + 1);
      std::optional<BounceEvent> newest;
      REQUIRE(store_->events(one.substr(0, equals), [&](const BounceEvent& event) {
        if (!newest || event.id > newest->id) newest = event;
        return true;
      }));
      REQUIRE(newest);
      INFO("because " << newest->authenticity_because);
      CHECK(to_string(newest->authenticity) == level);
      CHECK(newest->outcome == outcome);
      CHECK(newest->distrusted == (outcome == "distrusted"));
      CHECK_FALSE(newest->authenticity_because.empty());
      CHECK(newest->signature.empty() == (level != "signed"));
      distrusted += outcome == "distrusted";
    }
    CHECK(counts.distrusted == distrusted);
    CHECK(counts.mails == 1);
    return distrusted < static_cast<std::int64_t>(wanted.size());
  }

  const House& house_;
  const Authenticator* authenticator_ = &house_.engine->authenticator;
  Authenticity required_ = Authenticity::proven;
  std::unique_ptr<Store> store_;
  int mails_ = 0;
};

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

void run_line(Story& story, const std::vector<std::string>& words) {
  if (words[0] == "require") return story.require(words.at(1));
  if (words[0] == "domains") return story.without_domains();
  if (words[0] == "state") return story.state(words.at(1), words.at(2));
  if (words[0] == "remove") return story.remove(words.at(1), words.at(2));
  REQUIRE(words.at(1) == "mail");
  const auto arrow = std::find(words.begin(), words.end(), "->");
  REQUIRE(arrow != words.end());
  MailWords mail;
  for (auto word = words.begin() + 2; word != arrow; ++word) {
    const auto equals = word->find('=');
    mail[word->substr(0, equals)] = equals == std::string::npos ? "" : word->substr(equals + 1);
  }
  story.mail(words[0], mail, {arrow + 1, words.end()});
}

void run_all(const House& house, const std::function<std::unique_ptr<Store>()>& make) {
  const std::string path = "tests/daemon/forgeries.txt";
  std::ifstream file(path);
  REQUIRE(file);
  std::unique_ptr<Story> story;
  std::string title;
  int number = 0, ways = 0, twins = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    INFO(path << ":" << number << ": " << line);
    INFO("in the story: " << title);
    const bool way = line.starts_with("way: ");
    if (way || line.starts_with("twin: ")) {
      title = line;
      ++(way ? ways : twins);
      story.reset();
      story = std::make_unique<Story>(house, make());
      continue;
    }
    REQUIRE(story);
    run_line(*story, words_of(line));
  }
  CHECK(ways >= 40);
  CHECK(twins >= 15);
}

const House& house() {
  static const House made;
  return made;
}

}  // namespace

TEST_CASE("forged and replayed bounces decide nothing, and true ones do: in memory") {
  run_all(house(), make_memory_store);
}

TEST_CASE("forged and replayed bounces decide nothing, and true ones do: in SQLite") {
  const TemporaryDirectory directory;
  int databases = 0;
  run_all(house(), [&] {
    auto store = open_sqlite_store(directory.file(std::to_string(++databases) + ".db"));
    REQUIRE(store);
    return *std::move(store);
  });
}
