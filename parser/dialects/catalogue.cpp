#include "parser/dialects/catalogue.hpp"

namespace bounced::dialects {
namespace {

constexpr Mark from(std::string_view text) { return {Where::from, text}; }
constexpr Mark subject(std::string_view text) { return {Where::subject, text}; }
constexpr Mark header(std::string_view name, std::string_view text = {}) {
  return {Where::header, text, name};
}
constexpr Mark body(std::string_view text) { return {Where::body, text}; }

using enum Layout;

constexpr Dialect dialects[] = {
    // machine-readable, but no RFC 3464
    {"amazon-sns", {header("x-amz-sns-message-id")}, sns},
    {"amazon-sns", {from("sns.amazonaws.com"), subject("aws notification message")}, sns},
    {"pec", {header("X-Ricevuta")}, pec},

    {"mercury", {body("the local mail transport system has reported the following problems")}},
    {"mercury", {body("one or more addresses in your message have failed with the following")}},

    // copies for the operator of the sending system
    {"postfix-notice", {subject("postfix smtp server: errors from")}, operators_copy},
    {"postfix-notice", {subject("postfix smtp server: protocol error")}, operators_copy},
    {"postmaster-copy", {subject("postmaster copy:")}, operators_copy},
    {"postmaster-copy", {subject("postmaster notify:")}, operators_copy},
    {"postmaster-copy", {subject("postmaster warning:")}, operators_copy},
    {"qmail-double-bounce", {body("the bounce bounced!")}, operators_copy},

    // qmail and those who write QSBMF with an intro of their own
    {"yahoo", {header("X-YMailISG"), body("unable to deliver")}},
    {"yahoo", {from("yahoo."), body("we were unable to deliver your message")}},
    {"yahoo", {body("sorry, we were unable to deliver your message to the following address")}},
    {"yahoo-hosted", {body("unable to deliver message to the following address(es)"), body("message from")}},
    {"activehunter", {header("X-AHMailID")}},
    {"m-filter", {header("X-Mailer", "m-filter")}},
    {"haraka", {body("this is the haraka mailer program")}},
    {"qmail", {body("this is the qmail-send program")}},
    {"qmail", {body("hi. this is the"), subject("failure notice")}},
    {"qmail", {body("hi. the mta program at")}},
    {"qmail", {header("Received", "invoked for bounce"), subject("failure notice")}},
    {"messagelabs", {from("messagelabs.com")}},
    {"messagelabs", {body("this is the mail delivery agent at")}},
    {"eyou", {body("this is the deliver program at")}},
    {"james", {body("hi. this is the james mail server at")}},
    {"james", {subject("[bounce]"), body("error message below")}},

    // senders of Exim-like text
    {"mail.ru", {from("mailer-daemon@"), from("mail.ru")}},
    {"gmx", {header("X-GMX-Antispam"), body("could not be delivered to one or more of its recipients")}},
    {"gmx", {body("header of the original message is following"), from("gmx.")}},
    {"gmx", {body("smtp error from remote server after rcpt command")}},
    {"ionos", {body("smtp error from remote server for"), body("the following address failed")}},
    {"ionos", {from("kundenserver.de")}},
    {"zoho", {header("X-ZohoMail")}},
    {"zoho", {from("zoho."), body("created automatically by mail delivery software")}},
    {"mxlogic", {header("X-MXL-Hash")}},
    {"mxlogic", {header("X-MX-Bounce")}},
    {"mxlogic", {header("X-MXL-NoteHash")}},
    {"chasquid", {header("Message-ID", "chasquid-dsn")}, only_with_reply},
    {"chasquid", {from("postmaster-dsn@"), body("technical details")}, only_with_reply},
    {"exim", {header("X-Failed-Recipients"), body("created automatically by mail delivery software")}},
    {"exim", {subject("mail delivery failed"), body("created automatically by mail delivery software")}},
    {"exim",
     {subject("warning: message"), body("has not yet been delivered to one or more of its recipients")}},
    {"exim", {body("smtp error from remote mail server after")}},

    // Google
    {"google-groups",
     {header("X-Failed-Recipients"), body("google groups"), from("googlemail.com")},
     failed_header},
    {"gmail", {from("mailer-daemon@googlemail.com")}},
    {"gmail", {from("mailer-daemon@google.com")}},

    // Sendmail and its likes
    {"biglobe", {body("the following addresses had delivery problems"), body("non-delivered information")}},
    {"mcafee", {header("X-NAI-Header")}},
    {"bigfoot", {from("bigfoot.com")}},
    {"mail-deliver-system",
     {from("mail deliver system"), body("the following addresses had delivery errors")}},
    {"ezweb", {from("ezweb.ne.jp")}},
    {"ezweb", {from("@au.com")}},
    {"kddi", {from("dion.ne.jp"), body("could not be delivered to")}},
    {"kddi", {from("no-reply@app.auone-net.jp")}},
    {"sendmail", {body("the following addresses had permanent fatal errors")}},
    {"sendmail", {body("the following addresses had transient non-fatal errors")}},
    {"sendmail", {body("the following addresses had transient delivery problems")}},
    {"sendmail", {body("transcript of session follows"), subject("returned mail")}},
    {"sendmail5", {body("transcript of session follows"), body("while talking to")}},

    // Postfix without MIME, and other small mail servers
    {"postfix", {body("this is the mail system at host")}},
    {"postfix", {body("this is the postfix program at host")}},
    {"postfix", {body("postfix program"), subject("undelivered mail returned to sender")}},
    {"postfix", {body("delivery report unavailable")}, returned_to},
    {"courier", {header("Message-ID", "<courier."), body("cannot be delivered")}},
    {"courier", {subject("notice: mail delivery status")}},
    {"courier", {subject("warning: delayed mail")}},
    {"opensmtpd", {body("this is the mailer-daemon, please do not reply")}},
    {"nullmailer", {body("this is the nullmailer delivery system")}},
    {"dma", {body("this is the dragonfly mail agent")}, outer_original_to},
    {"stalwart", {subject("failed to deliver message"), body("your message could not be delivered")}},
    {"postal", {subject("mail delivery failed ("), body("message id:")}},
    {"kumomta", {body("the message will be deleted from the queue")}},

    // Microsoft
    {"exchange55", {header("X-Mailer", "internet mail service")}},
    {"exchange55", {header("X-Mailer", "internet mail connector")}},
    {"exchange55", {header("X-MS-Embedded-Report")}},
    {"exchange55", {body("did not reach the following recipient(s)")}},
    {"hmailserver", {body("did not reach some or all of the intended recipients"), body("hmailserver")}},
    {"outlook-client", {body("did not reach some or all of the intended recipients")}},
    {"exchange2007", {from("microsoftexchange329e71ec88ae4615bbc36ab6ce41109e")}},
    {"exchange2007", {header("X-MS-Exchange-Message-Is-Ndr")}},
    {"exchange2007", {body("diagnostic information for administrators")}},
    {"exchange2007", {body("generating server:")}},
    {"exchange2003", {header("X-DSNContext")}},
    {"exchange2003", {body("this is an automatically generated delivery status notification")}},

    // groupware
    {"domino", {subject("delivery failure"), body("because:")}},
    {"domino", {subject("delivery_failure"), body("because:")}},
    {"domino", {header("X-MIMETrack"), body("was not delivered to")}},
    {"notes", {body("------- failure reasons --------")}},
    {"groupwise", {header("X-Mailer", "novell groupwise"), body("undeliverable to the following")}},
    {"ntmail", {header("X-Mailer", "ntmail")}},
    {"ntmail", {body("the requested destination was")}},
    {"communigate", {body("module(domain"), body("reports:")}},
    {"communigate", {body("module(account"), body("reports:")}},

    // other servers
    {"mailenable", {body("mailenable: message")}},
    {"mdaemon", {body("the following addresses did not receive a copy of your message")}},
    {"mdaemon", {from("mdaemon"), body("session transcript")}},
    {"imail", {header("X-Mailer", "smtp32")}},
    {"pmdf", {body("this report relates to a message you sent with the following header fields")}},
    {"intermail", {subject("mail system error - returned mail")}},
    {"intermail", {body("this message was undeliverable due to the following reason")}},
    {"intermail", {body("your message was not delivered because the return address was refused")}},
    {"smail", {body("failed addresses follow")}},
    {"lsmtp", {body("error-for:")}},
    {"mmdf", {body("your message was not delivered to the following recipients"), subject("failed mail")}},
    {"airmail", {header("Mailer", "airmail")}},

    // gateways and filters
    {"interscan", {from("interscan")}},
    {"interscan", {body("received >>>"), body("sent <<<")}},
    {"viruswall", {body("interscan e-mail viruswall")}},
    {"mailmarshal",
     {body("could not be delivered because of"), body("the following recipients were affected")}},
    {"mailmarshal", {subject("undeliverable mail:"), body("the following recipients were affected")}},
    {"mailfoundry", {header("Received", "(mailfoundry)")}},
    {"mailfoundry",
     {subject("message delivery has failed"), body("delivery failed for the following reason")}},
    {"surfcontrol", {header("X-SEF-Processed")}},
    {"mimecast", {body("this is a delivery failure notification message")}},
    {"mimecast", {subject("[postmaster] email delivery failure")}},
    {"barracuda", {subject("blocked by our bulk email filter")}},
    {"ironport", {body("the following message to"), body("the reason for the problem")}},
    {"amavis", {from("content-filter at")}},

    // providers
    {"amazon-workmail", {header("X-Mailer", "amazon workmail")}},
    {"amazon-ses", {from("amazonses.com"), body("following recipients")}},
    {"amazon-ses", {header("X-SES-Outgoing"), body("this message could not be delivered")}},
    {"verizon", {from("vtext.com")}},
    {"verizon", {from("vzwpix.com")}, returned_to},
    {"facebook", {from("mx.facebook.com")}},
    {"qq", {from("postmaster@qq.com")}},
    {"sina", {from("mailer-daemon@sina.com")}},
    {"coremail", {body("generated by coremail")}},
    {"coremail", {from("postmaster@163.com")}},
    {"coremail", {from("postmaster@126.com")}},
    {"coremail", {subject("系统退信"), body("退信原因")}},
    {"aol", {body("could not be delivered because they are not accepting mail from")}},
    {"usa.net", {body("returned mail follows"), body("intended recipient:")}},

    // lists and refusals by a person's filter
    {"fml", {header("X-MLServer")}},
    {"fml", {header("Message-ID", ".fml")}},
    {"dovecot", {header("Auto-Submitted", "rejected"), body("was automatically rejected")}},
    {"dovecot", {subject("automatically rejected mail"), body("was automatically rejected")}},
    {"sieve", {from("mail sieve subsystem")}},
    {"sieve", {body("automatically rejected by sieve")}},
    {"sympa", {body("automatic response sent by sympa mailing lists manager"), from("sympa")}},
};

}  // namespace

std::span<const Dialect> catalogue() { return dialects; }

}  // namespace bounced::dialects
