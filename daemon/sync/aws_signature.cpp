#include "daemon/sync/aws_signature.hpp"

#include <string_view>

#include "daemon/digest.hpp"
#include "daemon/http_client.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

std::string_view bytes_of(const Sha256Bytes& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::string hash_of(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hex_text(bytes_of(hash.finish()));
}

std::string keyed(std::string_view key, std::string_view text) {
  return std::string(bytes_of(hmac_sha256(key, text)));
}

/// "20150830T123600Z".
std::string amazon_time(UnixSeconds now) {
  std::string text;
  for (const char c : rfc3339(now))
    if (c != '-' && c != ':') text += c;
  return text;
}

/// Each part of the path encoded once more.
std::string canonical_path(std::string_view path) {
  std::string text;
  while (!path.empty()) {
    const auto slash = path.find('/');
    text += url_encoded(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    text += '/';
    path.remove_prefix(slash + 1);
  }
  return text;
}

}  // namespace

std::vector<std::string> aws_headers(const AwsRequest& request, const AwsAccess& access, UnixSeconds now) {
  constexpr std::string_view algorithm = "AWS4-HMAC-SHA256", signed_headers = "host;x-amz-date";
  const std::string time = amazon_time(now), day = time.substr(0, time.find('T'));
  const std::string canonical = request.method + "\n" + canonical_path(request.path) +
                                "\n\nhost:" + request.host + "\nx-amz-date:" + time + "\n\n" +
                                std::string(signed_headers) + "\n" + hash_of(request.body);
  const std::string scope = day + "/" + access.region + "/" + access.service + "/aws4_request";
  const std::string to_sign = std::string(algorithm) + "\n" + time + "\n" + scope + "\n" + hash_of(canonical);
  const std::string key =
      keyed(keyed(keyed(keyed("AWS4" + access.secret, day), access.region), access.service), "aws4_request");
  return {"X-Amz-Date: " + time, "Authorization: " + std::string(algorithm) + " Credential=" + access.key_id +
                                     "/" + scope + ", SignedHeaders=" + std::string(signed_headers) +
                                     ", Signature=" + hex_text(keyed(key, to_sign))};
}

}  // namespace bounced
