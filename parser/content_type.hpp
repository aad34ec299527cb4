// Values with parameters: Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2183, RFC 2231).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bounced {

struct ParameterisedValue {
  std::string value;  ///< lower case, without blanks and comments: "multipart/report", "attachment"
  std::vector<std::pair<std::string, std::string>> parameters;  ///< names in lower case, values in UTF-8

  /// Value of a parameter by its lower-case name; "" when there is none.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

/// Reads any text: missing semicolons, unclosed quotes, comments, RFC 2231 continuations and charsets
/// ("name*0*=utf-8''a%20b"), RFC 2047 words in quotes. Total; linear.
ParameterisedValue read_parameterised(std::string_view field_value);

}  // namespace bounced
