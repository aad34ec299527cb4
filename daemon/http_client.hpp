// HTTP requests, one at a time over a connection that stays open. The door to libcurl for HTTP.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parser/result.hpp"

namespace bounced {

/// Of an answer that is read at most: a page of a thousand members is some 500 kB.
inline constexpr std::size_t http_answer_bytes = 4U * 1024 * 1024;
/// The longest that a server may make us wait by Retry-After.
inline constexpr std::chrono::seconds longest_retry_after{24 * 3600};

struct HttpOptions {
  std::string who;      ///< "target lists", for messages
  std::string ca_file;  ///< PEM; "" = the system's
  std::chrono::seconds timeout{30};
  std::string user, password;  ///< Basic sign-in (RFC 7617); none when both are empty
  std::function<bool()> stop;  ///< asked at least once a second; true ends a request
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< http:// or https://
  std::string body = {};
  std::string content_type = {};          ///< of the body
  std::vector<std::string> headers = {};  ///< "name: value"
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::chrono::seconds retry_after{0};  ///< RFC 9110 10.2.3; at most longest_retry_after; 0 = not told

  [[nodiscard]] bool good() const { return status >= 200 && status < 300; }
};

class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) = delete;
  ~HttpClient();

  /// Any answer is a value, whatever its status; redirects are not followed. Errors name who, the server and
  /// the cause, and never a password: Exit::unavailable (no connection, no answer in time, cut short),
  /// Exit::config (URL, certificate, CA file), Exit::data (an answer that is too large), Exit::try_again
  /// (stopped).
  Result<HttpAnswer> send(const HttpRequest& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Text as one part of a path, of a query or of a form: all but RFC 3986's unreserved letters as %XX.
std::string url_encoded(std::string_view text);
/// The first line of what a server said, printable and bounded, for messages.
std::string server_words(std::string_view text);
/// "scheme://host[:port]" of a URL, for messages.
std::string server_of(std::string_view url);

}  // namespace bounced
