#include "daemon/curl_handle.hpp"

#include <csignal>
#include <mutex>

namespace bounced {
namespace {

int ask_to_stop(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& stop = *static_cast<const std::function<bool()>*>(context);
  return stop && stop() ? 1 : 0;
}

}  // namespace

CurlHandle make_curl_handle() {
  static std::once_flag once;
  std::call_once(once, [] {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct sigaction current = {};
    if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL)
      std::signal(SIGPIPE, SIG_IGN);
  });
  return CurlHandle(curl_easy_init());
}

bool append(CurlList& list, const std::string& text) {
  curl_slist* longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

void CurlOptions::trust(const std::string& ca_file) {
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!ca_file.empty()) {
    set(CURLOPT_CAINFO, ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  set(CURLOPT_PROXY, "");  // a proxy of the environment is meant for browsers
  set(CURLOPT_NOSIGNAL, 1L);
}

void CurlOptions::stop_when(const std::function<bool()>& stop) {
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &ask_to_stop);
  set(CURLOPT_XFERINFODATA, const_cast<std::function<bool()>*>(&stop));
}

}  // namespace bounced
