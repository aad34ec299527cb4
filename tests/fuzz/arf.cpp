// Any bytes as the feedback part of a report, and as a whole mail: what comes out is bounded and no address
// is made up.
#include "parser/arf.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "parser/address.hpp"
#include "parser/mdn.hpp"

namespace {

void check(const std::string& mail) {
  const bounced::MimeTree tree = bounced::read_mime(mail, {});
  (void)bounced::read_mdn(tree);
  const auto report = bounced::read_arf(tree, {});
  if (!report) return;
  for (const auto& recipient : report->recipients)
    if (!bounced::is_address(recipient.final_recipient)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(text);
  check(
      "Content-Type: multipart/report; report-type=feedback-report; boundary=x\n\n--x\n"
      "Content-Type: message/feedback-report\n\n" +
      text + "\n--x--\n");
  return 0;
}
