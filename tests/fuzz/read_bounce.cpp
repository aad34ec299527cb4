// Any bytes as a mail, through the front door with the shipped rules: valid JSON text, one line, the same
// twice.
#include "parser/read_bounce.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/rules_file.hpp"
#include "parser/charset.hpp"

namespace {

const bounced::Reader& reader() {
  static const bounced::Classifier classifier = [] {
    auto book = bounced::load_rules("");
    if (!book) std::abort();
    auto made = bounced::Classifier::make(std::move(*book));
    if (!made) std::abort();
    return std::move(*made);
  }();
  static const bounced::Reader one = [] {
    auto made = bounced::Reader::make({}, classifier);
    if (!made) std::abort();
    return std::move(*made);
  }();
  return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view mail(reinterpret_cast<const char*>(data), size);
  const std::string json = bounced::report_json(reader().read(mail), "");
  if (!bounced::is_valid_utf8(json) || json.find('\n') != std::string::npos) std::abort();
  bounced::ReadTrace trace;
  if (bounced::report_json(reader().read(mail, &trace), "") != json) std::abort();
  return 0;
}
