// Microseconds of processor time that reading one mail takes: bytes to report, verdicts included, and report
// to JSON. The mails are those of the directories that are named, read into memory first.
//
//   bench_read [SECONDS] DIR…      default: 3 tests/corpus
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "config/rules_file.hpp"
#include "parser/bounce_report.hpp"
#include "parser/mime.hpp"
#include "parser/read_bounce.hpp"

namespace {

std::vector<std::string> mails_in(const std::vector<std::string>& directories) {
  std::vector<std::string> mails;
  for (const std::string& directory : directories)
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      if (entry.path().extension() != ".eml") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      mails.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  return mails;
}

/// Calls `work` on every mail, again and again, and prints the time of one call. Its results are summed, so
/// that they are computed.
template <class Work>
void measure(const char* what, const std::vector<std::string>& mails, double seconds, const Work& work) {
  std::size_t calls = 0;
  std::size_t sum = 0;
  const std::clock_t start = std::clock();
  double used = 0;
  while (used < seconds) {
    for (const std::string& mail : mails) sum += work(mail);
    calls += mails.size();
    used = double(std::clock() - start) / CLOCKS_PER_SEC;
  }
  std::printf("%-12s %7.1f us a mail (%zu calls, %zu)\n", what, used * 1e6 / double(calls), calls, sum);
}

}  // namespace

int main(int count, char** words) {
  const double seconds = count > 1 ? std::atof(words[1]) : 3;
  std::vector<std::string> directories(words + std::min(count, 2), words + count);
  if (directories.empty()) directories.emplace_back("tests/corpus");
  const std::vector<std::string> mails = mails_in(directories);
  auto book = bounced::load_rules("");
  if (!book || mails.empty()) return 1;
  const auto classifier = bounced::Classifier::make(std::move(*book));
  if (!classifier) return 1;
  const auto reader = bounced::Reader::make({}, *classifier);
  if (!reader) return 1;
  measure("MIME", mails, seconds, [](const std::string& mail) {
    return bounced::read_mime(mail, bounced::ReadLimits{}).parts.size();
  });
  measure("report", mails, seconds,
          [&](const std::string& mail) { return reader->read(mail).recipients.size(); });
  measure("report, JSON", mails, seconds,
          [&](const std::string& mail) { return bounced::report_json(reader->read(mail), "").size(); });
  return 0;
}
