// libcurl 7.88 and SMTP: what is known, and how this file lives with it.
//
// - The mail is handed over by the read callback; libcurl doubles leading dots and adds the last one itself.
// - CURLOPT_MAIL_FROM "" gives "MAIL FROM:<>".
// - One refused recipient of several fails the whole mail (CURLOPT_MAIL_RCPT_ALLLOWFAILS is off): better that
//   nobody gets it, and it is told, than that one of two never does.
// - Which reply failed a transfer is CURLINFO_RESPONSE_CODE, its words come through the debug callback; of
// that
//   only what the server says is looked at, never what we send (credentials).
// - A connection that is kept is closed at the end by a handle of libcurl's own, which waits for the answer
// to
//   QUIT for two minutes, whatever was set. Hence no connection is kept (CURLOPT_FORBID_REUSE).
// - A failure after the read callback has given its last byte may have happened after the server took the
// mail.
#include "daemon/smtp_client.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "daemon/curl_handle.hpp"

namespace bounced {
namespace {

constexpr std::size_t server_words_bytes = 300;  // shown of what a server says

/// What the callbacks share.
struct Transfer {
  const SmtpMail& mail;
  std::size_t at = 0;        ///< bytes of the message handed over
  bool handed_over = false;  ///< the end of it was asked for
  std::string server_words;  ///< the last line with which the server refused something
};

std::size_t give_bytes(char* buffer, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const auto wanted = std::min(size * count, transfer.mail.message.size() - transfer.at);
  std::copy_n(transfer.mail.message.data() + transfer.at, wanted, buffer);
  transfer.at += wanted;
  if (wanted == 0) transfer.handed_over = true;
  return wanted;
}

int listen_to_server(CURL*, curl_infotype type, char* data, std::size_t size, void* context) {
  if (type != CURLINFO_HEADER_IN) return 0;
  auto& words = static_cast<Transfer*>(context)->server_words;
  std::string_view line(data, size);
  if (!line.starts_with('4') && !line.starts_with('5')) return 0;  // replies that refuse (RFC 5321 4.2.1)
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  words.clear();
  for (const char c : line.substr(0, server_words_bytes))
    words += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return 0;
}

CURLcode configure(CURL* handle, const SmtpMail& mail, curl_slist* recipients, Transfer& transfer,
                   char* error) {
  CurlOptions curl(handle);
  const auto sender = mail.sender.empty() ? std::string() : "<" + mail.sender + ">";
  curl.set(CURLOPT_ERRORBUFFER, error);
  curl.set(CURLOPT_URL, mail.url.c_str());
  curl.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl.set(CURLOPT_USE_SSL, static_cast<long>(mail.tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl.trust(mail.ca_file);
  if (!mail.user.empty()) {
    curl.set(CURLOPT_USERNAME, mail.user.c_str());
    curl.set(CURLOPT_PASSWORD, mail.password.c_str());
  }
  curl.set(CURLOPT_MAIL_FROM, sender.c_str());
  curl.set(CURLOPT_MAIL_RCPT, recipients);
  curl.set(CURLOPT_UPLOAD, 1L);
  curl.set(CURLOPT_READFUNCTION, &give_bytes);
  curl.set(CURLOPT_READDATA, static_cast<void*>(&transfer));
  curl.set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::chrono::milliseconds(mail.timeout).count()));
  curl.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(mail.timeout.count()));
  curl.set(CURLOPT_FORBID_REUSE, 1L);
  curl.stop_when(mail.stop);
  curl.set(CURLOPT_VERBOSE, 1L);
  curl.set(CURLOPT_DEBUGFUNCTION, &listen_to_server);
  curl.set(CURLOPT_DEBUGDATA, static_cast<void*>(&transfer));
  return curl.code();
}

struct Cause {
  CURLcode code;
  Exit exit;
  const char* what;
  const char* hint;
};
constexpr std::array<Cause, 11> causes{{
    {CURLE_COULDNT_RESOLVE_HOST, Exit::unavailable, "the host name is not known",
     "check smtp_url, and the DNS"},
    {CURLE_COULDNT_CONNECT, Exit::unavailable, "no connection",
     "is the server running, and is the port right?"},
    {CURLE_OPERATION_TIMEDOUT, Exit::unavailable, "no answer in time",
     "does smtp_url fit its port (smtps:// 465, smtp:// 25 and 587)? timeout sets how long to wait"},
    {CURLE_SSL_CONNECT_ERROR, Exit::unavailable, "no TLS connection",
     "smtps:// is for TLS from the start (465)"},
    {CURLE_PEER_FAILED_VERIFICATION, Exit::config, "the certificate is not trusted",
     "set ca_file, and use the host name that the certificate is made out to"},
    {CURLE_SSL_CACERT_BADFILE, Exit::config, "the CA file can't be used",
     "check ca_file: a readable PEM file"},
    {CURLE_USE_SSL_FAILED, Exit::config, "the server offers no STARTTLS",
     "use smtps://, or tls = \"never\" for a server on this machine"},
    {CURLE_LOGIN_DENIED, Exit::no_permission, "the sign-in was refused", "check user and password"},
    {CURLE_AUTH_ERROR, Exit::no_permission, "the sign-in failed", "check user and password"},
    {CURLE_ABORTED_BY_CALLBACK, Exit::try_again, "it was stopped", ""},
    {CURLE_OUT_OF_MEMORY, Exit::try_again, "out of memory", ""},
}};

Error error_of(CURLcode code, long reply, const Transfer& transfer, const char* library_words) {
  Cause cause{
      code, reply >= 400 && reply < 500 ? Exit::try_again : Exit::unavailable,
      reply >= 400 ? "the server refused the mail" : "the connection failed",
      reply >= 500 ? "its words say why; nothing is tried differently by itself" : "it is tried again"};
  for (const Cause& known : causes)
    if (known.code == code) cause = known;
  std::string detail = reply >= 400 ? transfer.server_words : library_words;
  const auto& password = transfer.mail.password;
  for (auto at = password.empty() ? std::string::npos : detail.find(password); at != std::string::npos;
       at = detail.find(password))
    detail.replace(at, password.size(), "…");
  Error error;
  error.exit = cause.exit;
  error.message = transfer.mail.url + ": " + cause.what + (detail.empty() ? "" : " (" + detail + ")");
  error.hint = cause.hint;
  return error;
}

}  // namespace

SmtpEnd send_by_smtp(const SmtpMail& mail) {
  SmtpEnd end;
  const CurlHandle handle = make_curl_handle();
  CurlList recipients;
  bool listed = handle != nullptr;
  for (const auto& one : mail.recipients) listed = listed && append(recipients, "<" + one + ">");
  Transfer transfer{mail, 0, false, ""};
  std::array<char, CURL_ERROR_SIZE> words{};
  const CURLcode set =
      listed ? configure(handle.get(), mail, recipients.get(), transfer, words.data()) : CURLE_OUT_OF_MEMORY;
  const CURLcode code = set == CURLE_OK ? curl_easy_perform(handle.get()) : set;
  end.sent = code == CURLE_OK;
  if (end.sent) return end;
  long reply = 0;
  if (handle) curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &reply);
  end.uncertain = transfer.handed_over && reply < 400;
  end.error = error_of(code, reply, transfer, words.data());
  return end;
}

}  // namespace bounced
