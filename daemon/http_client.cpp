#include "daemon/http_client.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "daemon/curl_handle.hpp"
#include "daemon/plain_text.hpp"

namespace bounced {
namespace {

using std::chrono::milliseconds;

/// How long a connection may take of the time of the whole request.
constexpr milliseconds longest_connect{10'000};
constexpr std::size_t words_columns = 300;  ///< shown of what a server says

/// Takes what comes, up to http_answer_bytes.
std::size_t take(char* data, std::size_t size, std::size_t count, void* context) {
  auto& body = *static_cast<std::string*>(context);
  const std::size_t bytes = size * count;
  if (body.size() + bytes > http_answer_bytes) return CURL_WRITEFUNC_ERROR;
  body.append(data, bytes);
  return bytes;
}

/// What a CURLcode means here.
struct Cause {
  CURLcode code;
  Exit exit;
  const char* what;
  const char* hint;
};
constexpr std::array<Cause, 13> causes{{
    {CURLE_URL_MALFORMAT, Exit::config, "the url can't be used", "check `url`"},
    {CURLE_UNSUPPORTED_PROTOCOL, Exit::config, "the url is neither http:// nor https://", "check `url`"},
    {CURLE_COULDNT_RESOLVE_HOST, Exit::unavailable, "the host name is not known",
     "check the host in `url`, and the DNS"},
    {CURLE_COULDNT_CONNECT, Exit::unavailable, "no connection",
     "is the server running, and are host and port in `url` right?"},
    {CURLE_OPERATION_TIMEDOUT, Exit::unavailable, "no answer in time", "`timeout` sets how long to wait"},
    {CURLE_SSL_CONNECT_ERROR, Exit::unavailable, "no TLS connection", "does the port speak TLS?"},
    {CURLE_PEER_FAILED_VERIFICATION, Exit::config, "the certificate is not trusted",
     "set `ca_file` to the PEM file of the authority that signed it, and use the host name that it is made "
     "out to"},
    {CURLE_SSL_CACERT_BADFILE, Exit::config, "the CA file can't be used",
     "check `ca_file`: a readable PEM file"},
    {CURLE_WRITE_ERROR, Exit::data, "the answer is larger than 4 MiB", "is `url` the right one?"},
    {CURLE_WEIRD_SERVER_REPLY, Exit::unavailable, "the server does not speak HTTP", "check `url`"},
    {CURLE_ABORTED_BY_CALLBACK, Exit::try_again, "stopped", ""},
    {CURLE_OUT_OF_MEMORY, Exit::try_again, "out of memory", ""},
    {CURLE_PARTIAL_FILE, Exit::unavailable, "the answer was cut short", ""},
}};
constexpr Cause other_cause{CURLE_OK, Exit::unavailable, "the connection failed", ""};

}  // namespace

struct HttpClient::Impl {
  HttpOptions options;
  CurlHandle handle = make_curl_handle();
  std::array<char, CURL_ERROR_SIZE> error_text{};

  /// Sets everything; the first option that libcurl refuses is the result.
  CURLcode configure(const HttpRequest& request, curl_slist* headers, HttpAnswer& answer) {
    curl_easy_reset(handle.get());  // connections stay
    error_text.front() = '\0';
    CurlOptions curl(handle.get());
    const auto timeout = milliseconds(options.timeout);
    curl.set(CURLOPT_ERRORBUFFER, error_text.data());
    curl.set(CURLOPT_URL, request.url.c_str());
    curl.set(CURLOPT_PROTOCOLS_STR, "http,https");
    curl.set(CURLOPT_FOLLOWLOCATION, 0L);
    curl.trust(options.ca_file);
    curl.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(timeout, longest_connect).count()));
    curl.set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    if (!options.user.empty() || !options.password.empty()) {
      curl.set(CURLOPT_USERNAME, options.user.c_str());
      curl.set(CURLOPT_PASSWORD, options.password.c_str());
      curl.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    }
    if (request.method != "GET") {
      curl.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl.set(CURLOPT_POSTFIELDS, request.body.c_str());
      curl.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    curl.set(CURLOPT_HTTPHEADER, headers);
    curl.set(CURLOPT_WRITEFUNCTION, &take);
    curl.set(CURLOPT_WRITEDATA, static_cast<void*>(&answer.body));
    curl.stop_when(options.stop);
    return curl.code();
  }

  [[nodiscard]] Failure failure_of(CURLcode code, const HttpRequest& request) const {
    const auto found =
        std::find_if(causes.begin(), causes.end(), [code](const Cause& one) { return one.code == code; });
    const Cause& cause = found == causes.end() ? other_cause : *found;
    const bool own_words_say_all = code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_WRITE_ERROR;
    const std::string detail = own_words_say_all            ? ""
                               : error_text.front() != '\0' ? error_text.data()
                                                            : curl_easy_strerror(code);
    return fail(cause.exit,
                options.who + ": " + server_of(request.url) + ": " + cause.what +
                    (detail.empty() ? "" : " (" + server_words(detail) + ")"),
                cause.hint);
  }
};

HttpClient::HttpClient(HttpOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
}

HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::send(const HttpRequest& request) {
  if (!impl_->handle) return fail(Exit::internal, impl_->options.who + ": libcurl can't be started");
  // No waiting for "100 Continue": many servers never send it.
  std::vector<std::string> lines{"Expect:", "User-Agent: bounced"};
  if (!request.content_type.empty()) lines.push_back("Content-Type: " + request.content_type);
  lines.insert(lines.end(), request.headers.begin(), request.headers.end());
  CurlList headers;
  for (const std::string& line : lines)
    if (!append(headers, line)) return fail(Exit::try_again, impl_->options.who + ": out of memory");
  HttpAnswer answer;
  CURLcode code = impl_->configure(request, headers.get(), answer);
  if (code == CURLE_OK) code = curl_easy_perform(impl_->handle.get());
  if (code != CURLE_OK) return impl_->failure_of(code, request);
  long status = 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(impl_->handle.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(impl_->handle.get(), CURLINFO_RETRY_AFTER, &retry_after);
  answer.status = static_cast<int>(status);
  answer.retry_after =
      std::chrono::seconds(std::clamp<std::int64_t>(retry_after, 0, longest_retry_after.count()));
  return answer;
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      (out += '%') += {digits[byte >> 4U], digits[byte & 15U]};
  }
  return out;
}

std::string server_words(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  return cut(printable(text.substr(0, 4 * words_columns)), words_columns);
}

std::string server_of(std::string_view url) {
  const auto scheme = url.find("://");
  const auto host = scheme == std::string_view::npos ? 0 : scheme + 3;
  return std::string(url.substr(0, url.find_first_of("/?#", host)));
}

}  // namespace bounced
