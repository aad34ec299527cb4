// Mails of the corpus, damaged in seeded ways: whatever comes in, the report keeps its promises.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "parser/address.hpp"
#include "parser/charset.hpp"
#include "parser/mime.hpp"
#include "parser/read_bounce.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// All in optimised builds (with sanitizers too); a tenth where nothing is inlined.
#ifdef NDEBUG
constexpr int mutations = 100'000;
#else
constexpr int mutations = 10'000;
#endif
constexpr std::uint64_t seed = 20240517;

std::vector<std::string> corpus() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("tests/corpus"))
    if (entry.path().extension() == ".eml") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> mails;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    mails.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return mails;
}

/// SplitMix64: the same numbers on every machine.
class Random {
 public:
  explicit Random(std::uint64_t start) : state_(start) {}
  std::size_t below(std::size_t limit) {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return limit == 0 ? 0 : static_cast<std::size_t>((z ^ (z >> 31U)) % limit);
  }

 private:
  std::uint64_t state_;
};

constexpr std::array<std::string_view, 28> words{"\r",
                                                 "\n",
                                                 "\r\n\r\n",
                                                 "\n\n",
                                                 "--",
                                                 "=?utf-8?B?",
                                                 "?=",
                                                 "=\n",
                                                 "=ff",
                                                 "<",
                                                 ">",
                                                 "@",
                                                 ";",
                                                 ":",
                                                 "\"",
                                                 "(",
                                                 "Content-Type: multipart/mixed; boundary=x\n\n--x\n",
                                                 "Content-Type: message/rfc822\n\n",
                                                 "Content-Transfer-Encoding: base64\n",
                                                 "Final-Recipient: rfc822;",
                                                 "Action: delayed\n",
                                                 "Status: 5.",
                                                 "550 5.1.1 ",
                                                 "\x1b$B",
                                                 "\xFF\xFE",
                                                 "\\x{E9}",
                                                 "From: MAILER-DAEMON\n",
                                                 "Diagnostic-Code: smtp;\n "};

void mutate(std::string& mail, const std::vector<std::string>& mails, Random& random) {
  const std::size_t at = random.below(mail.size() + 1);
  const std::size_t length = random.below(std::min<std::size_t>(mail.size() - at, 400) + 1);
  switch (random.below(8)) {
    case 0:
      mail.erase(at, length);
      break;
    case 1:
      mail.insert(random.below(mail.size() + 1), mail.substr(at, length));
      break;
    case 2:
      mail.insert(at, words[random.below(words.size())]);
      break;
    case 3:
      if (at < mail.size()) mail[at] = static_cast<char>(random.below(256));
      break;
    case 4:
      mail.resize(at);
      break;
    case 5:
      mail.insert(at, 1 + random.below(40), static_cast<char>(random.below(256)));
      break;
    case 6: {
      const std::string& other = mails[random.below(mails.size())];
      mail.replace(at, length, other.substr(random.below(other.size() + 1), 800));
      break;
    }
    default:
      mail.replace(at, length, words[random.below(words.size())]);
      break;
  }
}

/// All text of the mail in lower case: as it came, and decoded.
std::string everything_in(const std::string& mail) {
  std::string all = lower_copy(mail);
  for (const MimePart& part : read_mime(mail, {}).parts) {
    for (std::size_t i = 0; i < part.headers.size(); ++i)
      all += lower_copy(decode_words(part.headers.value(i))) + '\n';
    all += lower_copy(part.text) + '\n';
  }
  return all;
}

/// Forms that are undone on the way (xtext, quotes, IDNA) can't be searched for as they are.
bool is_plain(std::string_view address) {
  return all_ascii(address) && address.find_first_of("+\"") == std::string_view::npos &&
         address.find("xn--") == std::string_view::npos;
}

/// Why the report breaks a promise; "" when it keeps all.
std::string broken_promise(const std::string& mail, const BounceReport& report, const std::string& json) {
  if (!is_valid_utf8(json)) return "not UTF-8";
  if (json.find('\n') != std::string::npos) return "more than one line";
  if (json.size() > 16 * mail.size() + 16384) return "output unbounded";
  const std::string written = lower_copy(mail);
  for (const ReportedRecipient& recipient : report.recipients) {
    if (recipient.diagnostic.size() > ReadLimits{}.diagnostic_bytes) return "diagnostic unbounded";
    const std::string& address = recipient.address;
    if (address.empty() || !is_plain(address) || address == report.verp_recipient) continue;
    if (!is_address(address) || normal_address(address) != address) return "no address: " + address;
    if (written.find(address) == std::string::npos && everything_in(mail).find(address) == std::string::npos)
      return "stands nowhere: " + address;
  }
  return {};
}

std::string to_crlf(std::string_view mail) {
  std::string out;
  for (const char c : mail) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

const Reader& reader() {
  static const Classifier classifier = std::move(*Classifier::make({}));
  static const Reader one = std::move(*Reader::make({}, classifier));
  return one;
}

TEST_CASE("mails of the corpus read alike with LF and CRLF") {
  const auto mails = corpus();
  REQUIRE(mails.size() >= 100);
  for (const std::string& mail : mails) {
    CAPTURE(mail);
    CHECK(report_json(reader().read(mail), "") == report_json(reader().read(to_crlf(mail)), ""));
  }
}

struct Outcome {
  std::size_t bounces = 0;
  std::vector<std::string> broken;  ///< number of the mutation, promise, mail
};

/// Mutations `first`, `first + step`, …: each has its own random numbers, so any can be repeated alone.
void run(const std::vector<std::string>& mails, int first, int step, Outcome& outcome) {
  for (int i = first; i < mutations; i += step) {
    Random random(seed + static_cast<std::uint64_t>(i));
    std::string mail = mails[random.below(mails.size())];
    for (std::size_t times = 1 + random.below(4); times > 0; --times) mutate(mail, mails, random);
    const BounceReport report = reader().read(mail);
    const std::string json = report_json(report, "");
    outcome.bounces += report.kind == Kind::bounce ? 1 : 0;
    std::string broken = broken_promise(mail, report, json);
    if (broken.empty() && i % 16 == 0 && json != report_json(reader().read(mail), "")) broken = "two answers";
    if (!broken.empty()) outcome.broken.push_back(std::to_string(i) + ": " + broken + "\n" + mail);
  }
}

TEST_CASE("damaged mails: valid, bounded, honest, and the same twice") {
  const auto mails = corpus();
  REQUIRE(mails.size() >= 100);
  REQUIRE(reader().read(mails.front()).kind == Kind::bounce);
  std::array<Outcome, 2> outcomes;  // two threads: one reader serves both
  std::thread other([&] { run(mails, 1, 2, outcomes[1]); });
  run(mails, 0, 2, outcomes[0]);
  other.join();
  std::size_t bounces = 0;
  for (const Outcome& outcome : outcomes) {
    bounces += outcome.bounces;
    for (const std::string& broken : outcome.broken) FAIL_CHECK(broken);
  }
  CHECK(bounces > mutations / 3);  // the mails weren't merely destroyed
}

}  // namespace
}  // namespace bounced
