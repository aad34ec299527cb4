// Signature Version 4 of Amazon Web Services (docs.aws.amazon.com, "Create a signed AWS API request"). Pure.
// Our own, because libcurl 7.88 signs the path as it is sent, and services other than S3 want it encoded once
// more.
#pragma once

#include <string>
#include <vector>

#include "storage/records.hpp"

namespace bounced {

struct AwsRequest {
  std::string method, host;
  std::string path;  ///< as it is sent, encoded; without a query
  std::string body;
};

struct AwsAccess {
  std::string key_id, secret, region, service;
};

/// The headers that sign a request: "X-Amz-Date: …" and "Authorization: …". Signed are host, date and body.
std::vector<std::string> aws_headers(const AwsRequest& request, const AwsAccess& access, UnixSeconds now);

}  // namespace bounced
