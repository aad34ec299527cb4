#include "parser/dialects/pec.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/address.hpp"
#include "parser/dialects/html_text.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Values of X-Ricevuta (RFC 6109 3.1, appendix) and what they say.
constexpr std::array<std::pair<std::string_view, Kind>, 8> kinds{{
    {"errore-consegna", Kind::bounce},
    {"preavviso-errore-consegna", Kind::delayed},
    {"non-accettazione", Kind::bounce},
    {"rilevazione-virus", Kind::bounce},
    {"accettazione", Kind::delivered},
    {"avvenuta-consegna", Kind::delivered},
    {"presa-in-carico", Kind::delivered},
    {"posta-certificata", Kind::not_bounce},
}};

Kind kind_of(std::string_view receipt) {
  for (const auto& [word, kind] : kinds)
    if (same_word(trim(receipt), word)) return kind;
  return Kind::not_bounce;
}

Action action_of(Kind kind) {
  if (kind == Kind::delayed) return Action::delayed;
  return kind == Kind::delivered ? Action::delivered : Action::failed;
}

const MimePart* certificate(const MimeTree& mail) {
  for (const MimePart& part : mail.parts)
    if (same_word(part.name, "daticert.xml") || part.text.find("<postacert") != std::string::npos)
      return &part;
  return nullptr;
}

/// Contents of all elements `name`, with character references undone.
std::vector<std::string> elements(std::string_view xml, std::string_view name, std::size_t most) {
  std::vector<std::string> found;
  const std::string open = '<' + std::string(name);
  std::size_t at = xml.find(open);
  while (at != std::string_view::npos && found.size() < most) {
    const std::size_t begin = xml.find('>', at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = xml.find("</", begin);
    if (end == std::string_view::npos) break;
    const char after = xml[at + open.size()];
    if (after == '>' || is_space(after))
      found.push_back(std::string(trim(html_to_text(xml.substr(begin + 1, end - begin - 1)))));
    at = xml.find(open, end);
  }
  return found;
}

}  // namespace

std::optional<ReportFields> read_pec(const MimeTree& mail, const ReadLimits& limits) {
  const HeaderFields& headers = mail.parts.front().headers;
  const MimePart* part = certificate(mail);
  ReportFields report;
  report.kind = kind_of(headers.first("X-Ricevuta"));
  if (part == nullptr || report.kind == Kind::not_bounce) return std::nullopt;
  auto addresses = elements(part->text, "consegna", limits.recipients);
  if (addresses.empty()) addresses = elements(part->text, "destinatari", limits.recipients);
  const auto replies = elements(part->text, "errore-esteso", 1);
  for (const std::string& address : addresses) {
    if (!is_address(address)) continue;
    RecipientFields fields;
    fields.final_recipient = address;
    fields.action = action_of(report.kind);
    if (!replies.empty()) fields.diagnostic_code = replies.front();
    report.recipients.push_back(std::move(fields));
  }
  if (report.recipients.empty()) return std::nullopt;
  const auto gateways = elements(part->text, "gestore-emittente", 1);
  if (!gateways.empty()) report.reporting_mta = gateways.front();
  for (const auto& [from, to] : {std::pair{"X-Riferimento-Message-ID", "Message-ID: "}})
    if (headers.has(from)) report.returned_text = to + std::string(headers.first(from)) + "\n";
  return report;
}

}  // namespace bounced::dialects
