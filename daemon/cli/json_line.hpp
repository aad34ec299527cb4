// One flat JSON object a line, written straight into a string: exports of millions of rows pass here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/records.hpp"

namespace bounced {

class JsonLine {
 public:
  JsonLine& text(std::string_view name, std::string_view value);  ///< broken UTF-8 becomes U+FFFD
  JsonLine& texts(std::string_view name, const std::vector<std::string>& values);  ///< a list
  JsonLine& number(std::string_view name, std::int64_t value);
  JsonLine& boolean(std::string_view name, bool value);
  JsonLine& time(std::string_view name, UnixSeconds value);  ///< RFC 3339 in UTC; "" for 0
  /// The object with a line end; the next one starts afresh.
  std::string_view finish();

 private:
  void key(std::string_view name);
  std::string out_;
  bool finished_ = true;
};

}  // namespace bounced
