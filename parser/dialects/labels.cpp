#include "parser/dialects/labels.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Longest label, in bytes: some are a short sentence, and Cyrillic takes two bytes a letter.
constexpr std::size_t longest_label = 90;

using enum Label;
using Entry = std::pair<std::string_view, Label>;
constexpr Entry labels[] = {
    {"recipient", recipient},
    {"recipients", recipient},
    {"recipient(s)", recipient},
    {"recipient address", recipient},
    {"recipient email", recipient},
    {"email recipient", recipient},
    {"failed recipient", recipient},
    {"failed recipients", recipient},
    {"failed recipient(s)", recipient},
    {"failed address", recipient},
    {"failed addresses", recipient},
    {"failing address", recipient},
    {"bad recipient", recipient},
    {"intended recipient", recipient},
    {"intended recipients", recipient},
    {"intended recipient(s)", recipient},
    {"original intended recipient", recipient},
    {"undeliverable address", recipient},
    {"undelivered recipient", recipient},
    {"rejected recipient", recipient},
    {"rejected-for", recipient},
    {"error-for", recipient},
    {"rcpt to", recipient},
    {"rcpt", recipient},
    {"envelope-to", recipient},
    {"addressed to", recipient},
    {"email address", recipient},
    {"e-mail address", recipient},
    {"email", recipient},
    {"address", recipient},
    {"addresses", recipient},
    {"destination", recipient},
    {"destination address", recipient},
    {"addressee", recipient},
    {"user", recipient},
    {"mailbox", recipient},
    {"unknown user", recipient},
    {"user unknown", recipient},
    {"invalid receiver address", recipient},
    {"receiver not found", recipient},
    {"receiver", recipient},
    {"final-recipient", recipient},
    {"empfänger", recipient},
    {"empfängeradresse", recipient},
    {"destinataire", recipient},
    {"destinataires", recipient},
    {"adresse", recipient},
    {"destinatario", recipient},
    {"destinatarios", recipient},
    {"dirección", recipient},
    {"destinatário", recipient},
    {"destinatários", recipient},
    {"endereço", recipient},
    {"destinatari", recipient},
    {"indirizzo", recipient},
    {"ontvanger", recipient},
    {"geadresseerde", recipient},
    {"odbiorca", recipient},
    {"adresat", recipient},
    {"příjemce", recipient},
    {"получатель", recipient},
    {"получатели", recipient},
    {"адресат", recipient},
    {"alıcı", recipient},
    {"mottagare", recipient},
    {"modtager", recipient},
    {"mottaker", recipient},
    {"vastaanottaja", recipient},
    {"címzett", recipient},
    {"収信者", recipient},
    {"受信者", recipient},
    {"宛先", recipient},
    {"宛先アドレス", recipient},
    {"送信先", recipient},
    {"送信先アドレス", recipient},
    {"收件人", recipient},
    {"收件人地址", recipient},
    {"收件者", recipient},
    {"받는사람", recipient},
    {"받는 사람", recipient},
    {"수신자", recipient},

    {"original address", origin},
    {"original recipient", origin},
    {"original-recipient", origin},
    {"originally addressed to", origin},
    {"expanded from", origin},

    {"from", own},
    {"sender", own},
    {"original sender", own},
    {"sender address", own},
    {"mail from", own},
    {"envelope from", own},
    {"return-path", own},
    {"reply-to", own},
    {"absender", own},
    {"von", own},
    {"expéditeur", own},
    {"remitente", own},
    {"remetente", own},
    {"mittente", own},
    {"afzender", own},
    {"nadawca", own},
    {"odesílatel", own},
    {"отправитель", own},
    {"gönderen", own},
    {"差出人", own},
    {"送信者", own},
    {"发件人", own},
    {"寄件者", own},
    {"보낸사람", own},
    {"보낸 사람", own},

    {"reason", reason},
    {"failure reason", reason},
    {"reason for failure", reason},
    {"error", reason},
    {"error message", reason},
    {"error text", reason},
    {"error-text", reason},
    {"error description", reason},
    {"error details", reason},
    {"delay reason", reason},
    {"diagnostic", reason},
    {"diagnostic code", reason},
    {"diagnostic-code", reason},
    {"response", reason},
    {"remote server response", reason},
    {"remote mail server told me", reason},
    {"server response", reason},
    {"reported error", reason},
    {"explanation", reason},
    {"cause", reason},
    {"because", reason},
    {"grund", reason},
    {"fehler", reason},
    {"fehlermeldung", reason},
    {"raison", reason},
    {"motif", reason},
    {"erreur", reason},
    {"motivo", reason},
    {"razón", reason},
    {"errore", reason},
    {"reden", reason},
    {"powód", reason},
    {"důvod", reason},
    {"причина", reason},
    {"ошибка", reason},
    {"neden", reason},
    {"理由", reason},
    {"エラー内容", reason},
    {"退信原因", reason},
    {"原因", reason},
    {"英文说明", reason},
    {"사유", reason},
    {"실패 사유", reason},

    {"host", host},
    {"server", host},
    {"remote host", host},
    {"remote system", host},
    {"remote mta", host},
    {"remote-mta", host},
    {"mail server", host},
    {"to", describes},
    {"cc", describes},
    {"subject", describes},
    {"date", describes},
    {"sent", describes},
    {"message-id", describes},
    {"message id", describes},
    {"dsn generated by", describes},
    {"generating server", describes},
    {"created date", describes},
    {"sent date", describes},
};

Label find_label(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(labels), std::end(labels), [&](const Entry& e) { return e.first == name; });
  return found == std::end(labels) ? none : found->second;
}

}  // namespace

LabelledLine read_label(std::string_view line, std::string_view lower) {
  std::size_t colon = lower.substr(0, longest_label).find(':');
  std::size_t width = 1;
  if (const std::size_t wide = lower.substr(0, longest_label).find("\xEF\xBC\x9A"); wide < colon) {  // "："
    colon = wide;
    width = 3;
  }
  if (colon == std::string_view::npos) return {};
  std::string_view name = lower.substr(0, colon);
  const std::size_t start = name.find_first_not_of("-*>[|=+#. ");
  if (start == std::string_view::npos) return {};
  name = trim(name.substr(start));
  return {find_label(name), trim(line.substr(colon + width))};
}

}  // namespace bounced::dialects
