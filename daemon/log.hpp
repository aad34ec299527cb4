// The log: one event a line, as text or JSON, with mail addresses masked as the settings ask. The only door
// to spdlog is log.cpp. Secrets are never given to it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "parser/result.hpp"

namespace bounced {

struct LogField {
  std::string_view name;
  std::string value;
};
using LogFields = std::vector<LogField>;

class Log {
 public:
  /// Opens standard error or the file (appending). Errors: Exit::config for an unknown level or form,
  /// Exit::cant_create for a file that can't be opened.
  static Result<Log> open(const LogSettings& settings);

  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;
  ~Log();

  /// `event` is a short fixed phrase ("pass ended"); what varies stands in the fields. Any bytes; a failed
  /// write is dropped. Addresses in values are masked: "full" as they are, "hashed" as twelve hex digits of
  /// the local part's SHA-256 with the domain, "none" as "<address>".
  void debug(std::string_view event, const LogFields& fields = {}) const;
  void info(std::string_view event, const LogFields& fields = {}) const;
  void warning(std::string_view event, const LogFields& fields = {}) const;
  void error(std::string_view event, const LogFields& fields = {}) const;

 private:
  struct Impl;
  explicit Log(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// `text` with each mail address masked ("full", "hashed", "none").
std::string mask_addresses(const std::string& text, std::string_view how);

}  // namespace bounced
