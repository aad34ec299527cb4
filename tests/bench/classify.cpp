// Verdicts a second on one core with the shipped rules, and how long they take to compile. The replies are
// the rules' own examples.
//
//   bench_classify [SECONDS]      default: 3
#include "parser/classify.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "config/rules_file.hpp"

int main(int count, char** words) {
  const double wanted_seconds = count > 1 ? std::atof(words[1]) : 3;
  const std::clock_t begin = std::clock();
  auto book = bounced::load_rules("");
  if (!book) return 1;
  const std::clock_t before = std::clock();
  std::printf("read in %.1f ms\n", 1000.0 * double(before - begin) / CLOCKS_PER_SEC);
  const auto classifier = bounced::Classifier::make(std::move(*book));
  if (!classifier) return 1;
  std::printf("compiled in %.1f ms\n", 1000.0 * double(std::clock() - before) / CLOCKS_PER_SEC);
  std::vector<bounced::Reply> replies;
  for (const bounced::Rule& rule : classifier->book().rules)
    for (const std::string& example : rule.example) {
      bounced::Reply reply;
      reply.text = example;
      reply.vendor = rule.vendor;
      replies.push_back(std::move(reply));
    }
  std::size_t verdicts = 0;
  std::size_t known = 0;
  const std::clock_t start = std::clock();
  while (double(std::clock() - start) < wanted_seconds * CLOCKS_PER_SEC)
    for (const bounced::Reply& reply : replies) {
      known += classifier->classify(reply).rule.empty() ? 0 : 1;
      ++verdicts;
    }
  const double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("%.0f verdicts a second of processor time (%zu of %zu with a rule)\n",
              double(verdicts) / seconds, known, verdicts);
  return 0;
}
