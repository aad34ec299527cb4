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

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>
#include <mutex>
#include <string_view>

namespace bounced {
namespace {

constexpr std::size_t server_words_bytes = 300;  // shown of what a server says

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

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

int ask_to_stop(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& mail = static_cast<Transfer*>(context)->mail;
  return mail.stop && mail.stop() ? 1 : 0;
}

/// A connection that the server has closed must be an error, not the end of the process.
void ignore_broken_pipes() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction current = {};
    if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL)
      std::signal(SIGPIPE, SIG_IGN);
  });
}

CURLcode configure(CURL* handle, const SmtpMail& mail, curl_slist* recipients, Transfer& transfer,
                   char* error) {
  CURLcode code = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    if (code == CURLE_OK) code = curl_easy_setopt(handle, option, value);
  };
  const auto sender = mail.sender.empty() ? std::string() : "<" + mail.sender + ">";
  set(CURLOPT_ERRORBUFFER, error);
  set(CURLOPT_URL, mail.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_USE_SSL, static_cast<long>(mail.tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!mail.ca_file.empty()) {
    set(CURLOPT_CAINFO, mail.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!mail.user.empty()) {
    set(CURLOPT_USERNAME, mail.user.c_str());
    set(CURLOPT_PASSWORD, mail.password.c_str());
  }
  set(CURLOPT_MAIL_FROM, sender.c_str());
  set(CURLOPT_MAIL_RCPT, recipients);
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &give_bytes);
  set(CURLOPT_READDATA, static_cast<void*>(&transfer));
  set(CURLOPT_PROXY, "");  // a proxy of the environment is meant for browsers
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::chrono::milliseconds(mail.timeout).count()));
  set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(mail.timeout.count()));
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &ask_to_stop);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
  set(CURLOPT_VERBOSE, 1L);
  set(CURLOPT_DEBUGFUNCTION, &listen_to_server);
  set(CURLOPT_DEBUGDATA, static_cast<void*>(&transfer));
  return code;
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
  ignore_broken_pipes();
  SmtpEnd end;
  const std::unique_ptr<CURL, CloseHandle> handle(curl_easy_init());
  std::unique_ptr<curl_slist, FreeList> recipients;
  bool listed = handle != nullptr;
  for (const auto& one : mail.recipients) {
    auto* longer = curl_slist_append(recipients.get(), ("<" + one + ">").c_str());
    listed = listed && longer != nullptr;
    if (longer == nullptr) break;
    static_cast<void>(recipients.release());
    recipients.reset(longer);
  }
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
