// Any bytes as a bounce that is no RFC 3464 report: bounded answers in valid UTF-8, the same twice, and no
// address that stands nowhere in the mail. Bytes that are no mail become the text of one that a mail system
// sent.
#include "parser/dialect.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parser/charset.hpp"
#include "parser/mime.hpp"
#include "parser/text.hpp"

namespace {

constexpr std::string_view header =
    "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.relay.example>\n"
    "To: bounces@lists.sender.example\nSubject: Undelivered Mail Returned to Sender\n\n";

void require(bool holds) {
  if (!holds) std::abort();
}

/// What is left of a text when line folding and case are of no account.
std::string bare(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (!bounced::is_space(c)) out += bounced::lower(c);
  return out;
}

/// False where the reader may write an address in another way than the mail does: encoded text, other
/// charsets, IDNA, tags inside a word, bytes that the guard removes.
bool is_plain(const std::string& mail) {
  for (const char c : mail)
    if (!bounced::is_ascii(c) || (c < ' ' && !bounced::is_space(c))) return false;
  if (mail.find_first_of("=&\\%") != std::string::npos) return false;
  for (const std::string_view word : {"encoding", "charset", "html", "xn--"})
    if (bounced::contains_word(mail, word)) return false;
  return true;
}

bool same(const bounced::ReportFields& a, const bounced::ReportFields& b) {
  if (a.kind != b.kind || a.dialect != b.dialect || a.recipients.size() != b.recipients.size()) return false;
  for (std::size_t i = 0; i < a.recipients.size(); ++i)
    if (a.recipients[i].final_recipient != b.recipients[i].final_recipient ||
        a.recipients[i].diagnostic_code != b.recipients[i].diagnostic_code)
      return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bounced::Dialects dialects = bounced::Dialects::make();
  const bounced::ReadLimits limits;
  std::string mail(reinterpret_cast<const char*>(data), size);
  if (bounced::field_name(std::string_view(mail).substr(0, mail.find('\n'))).empty()) mail.insert(0, header);
  const bounced::MimeTree tree = bounced::read_mime(mail, limits);
  const auto report = dialects.read(tree, limits);
  const auto again = dialects.read(tree, limits);
  require(report.has_value() == again.has_value());
  if (!report) return 0;
  require(same(*report, *again));
  const bool plain = is_plain(mail);
  const std::string all = plain ? bare(mail) : std::string{};
  for (const bounced::RecipientFields& recipient : report->recipients) {
    require(recipient.diagnostic_code.size() <= 4 * limits.diagnostic_bytes);
    require(bounced::is_valid_utf8(recipient.diagnostic_code));
    require(bounced::is_valid_utf8(recipient.final_recipient));
    if (plain) require(all.find(bare(recipient.final_recipient)) != std::string::npos);
  }
  return 0;
}
