#include "parser/evidence.hpp"

#include "parser/limits.hpp"
#include "parser/reply_codes.hpp"
#include "parser/text.hpp"
#include "parser/unwrap.hpp"

namespace bounced {
namespace {

bool well_formed_status(std::string_view status) {
  return !status.empty() && status_length(status) == status.size();
}

}  // namespace

void read_reply(const Reply& reply, Evidence& out) {
  const std::string_view whole = std::string_view(reply.text).substr(0, ReadLimits{}.diagnostic_bytes);
  const Unwrapped inner = unwrap(whole);
  collapse_reply(inner.reply, out.line);
  const ReplyCodes codes = leading_codes(out.line);

  out.text.assign(out.line, codes.length);
  for (std::size_t at = out.text.find('\n'); at != std::string::npos; at = out.text.find('\n', at + 1))
    out.text[at] = ' ';
  out.lower = out.text;
  make_lower(out.lower);

  out.code_in_text = !codes.reply_code.empty();
  out.reply_code = out.code_in_text ? std::string(codes.reply_code) : reply.reply_code;
  if (!is_reply_code(out.reply_code)) out.reply_code.clear();

  std::string_view status = codes.status;
  if (status.empty()) status = inner_status(out.text);
  out.status_in_text = !status.empty();
  if (status.empty() && well_formed_status(reply.status)) status = reply.status;
  out.status = status;
  out.numbers = read_status(status);

  out.command = reply.command.empty() ? std::string(inner.command) : reply.command;
}

}  // namespace bounced
