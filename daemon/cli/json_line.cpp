#include "daemon/cli/json_line.hpp"

#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"
#include "parser/json_text.hpp"

namespace bounced {
void JsonLine::key(std::string_view name) {
  if (finished_) {
    out_ = "{";
    finished_ = false;
  } else {
    out_ += ',';
  }
  append_json_text(out_, name);
  out_ += ':';
}

JsonLine& JsonLine::text(std::string_view name, std::string_view value) {
  key(name);
  append_json_text(out_, valid_utf8(value));
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

JsonLine& JsonLine::texts(std::string_view name, const std::vector<std::string>& values) {
  key(name);
  out_ += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out_ += ',';
    append_json_text(out_, valid_utf8(values[i]));
  }
  out_ += ']';
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
