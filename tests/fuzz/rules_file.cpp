// A rules file: any bytes, whatever is read is printed and read again as the same, and compiles or is
// refused.
#include "config/rules_file.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "parser/classify.hpp"

namespace bounced {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

RuleBook without_origins(RuleBook book) {
  for (auto& vendor : book.vendors) vendor.origin.clear();
  for (auto& term : book.terms) term.origin.clear();
  for (auto& rule : book.rules) rule.origin.clear();
  return book;
}

void read_print_read(const std::string& text) {
  auto reading = inspect_rules(text, "fuzz.toml");
  for (const auto& fault : reading.faults) require(!fault.origin.empty() && !fault.what.empty());
  const auto printed = dump_rules(reading.book);
  auto again = read_rules(printed, "printed.toml");
  require(again.has_value());
  const auto before = without_origins(reading.book);
  const auto after = without_origins(*again);
  require(before.vendors == after.vendors && before.terms == after.terms && before.rules == after.rules);
  const auto classifier = Classifier::make(std::move(reading.book));
  if (classifier) check_rules(*classifier);
}

}  // namespace
}  // namespace bounced

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bounced::read_print_read(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
