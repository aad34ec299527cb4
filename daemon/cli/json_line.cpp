#include "daemon/cli/json_line.hpp"

#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

void JsonLine::key(std::string_view name) {
  if (finished_) {
    out_ = "{";
    finished_ = false;
  } else {
    out_ += ',';
  }
  append_quoted(out_, name);
  out_ += ':';
}

JsonLine& JsonLine::text(std::string_view name, std::string_view value) {
  key(name);
  append_quoted(out_, valid_utf8(value));
  return *this;
}

JsonLine& JsonLine::number(std::string_view name, std::int64_t value) {
  key(name);
  out_ += std::to_string(value);
  return *this;
}

JsonLine& JsonLine::boolean(std::string_view name, bool value) {
  key(name);
  out_ += value ? "true" : "false";
  return *this;
}

JsonLine& JsonLine::time(std::string_view name, UnixSeconds value) { return text(name, rfc3339(value)); }

std::string_view JsonLine::finish() {
  if (finished_)
    out_ = "{}\n";
  else
    out_ += "}\n";
  finished_ = true;
  return out_;
}

}  // namespace bounced
