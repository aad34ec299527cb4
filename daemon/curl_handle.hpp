// What every use of libcurl here has in common: its start, its handles, and whom a connection trusts.
// Included by the doors alone (transport, http_client, smtp_client), which say what is known of each
// protocol.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <string>

namespace bounced {

struct CurlCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCleanup>;
using CurlList = std::unique_ptr<curl_slist, CurlCleanup>;

/// A new handle; null where there is no memory. Starts the library with the first one. From then on, writing
/// to a connection that the server has closed is an error of the call and not the end of the process: OpenSSL
/// writes without MSG_NOSIGNAL, and CURLOPT_NOSIGNAL keeps libcurl from changing signals in a threaded
/// program.
CurlHandle make_curl_handle();

/// Adds a copy of `text`. False where there is no memory.
bool append(CurlList& list, const std::string& text);

/// The options of a handle; the first that libcurl refuses is what `code` stays at.
class CurlOptions {
 public:
  explicit CurlOptions(CURL* handle) : handle_(handle) {}

  template <class Value>
  void set(CURLoption option, Value value) {
    if (code_ == CURLE_OK) code_ = curl_easy_setopt(handle_, option, value);
  }
  /// TLS 1.2 and later, certificate and host name checked against `ca_file` (PEM; "" = the system's), no
  /// proxy of the environment, no signals.
  void trust(const std::string& ca_file);
  /// Asked about once a second: true ends the transfer. May be null; must live as long as the transfer.
  void stop_when(const std::function<bool()>& stop);
  [[nodiscard]] CURLcode code() const { return code_; }

 private:
  CURL* handle_;
  CURLcode code_ = CURLE_OK;
};

}  // namespace bounced
