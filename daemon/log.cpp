// spdlog formats only the time and the level; the rest of a line is made here, so that both forms hold the
// same facts and no value can break out of its field. It throws when a file can't be opened: caught in
// `open`.
#include "daemon/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>

#include "daemon/digest.hpp"
#include "daemon/plain_text.hpp"
#include "parser/address.hpp"
#include "parser/json_text.hpp"

namespace bounced {
namespace {

std::string short_hash(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  const Sha256Bytes bytes = hash.finish();
  constexpr std::size_t bytes_shown = 6;  // twelve digits: enough to tell addresses of one log apart
  return hex_text({reinterpret_cast<const char*>(bytes.data()), bytes_shown});
}

std::string masked(const std::string& address, std::string_view how) {
  if (how != "hashed") return "<address>";
  const auto domain = domain_of(address);
  const auto local = std::string_view(address).substr(0, address.size() - domain.size() - 1);
  return short_hash(local) + "@" + std::string(domain);
}

/// As it is where it is one word, else in quotes.
void append_text(std::string& out, const std::string& value) {
  if (!value.empty() && value.find_first_of(" \"=") == value.npos)
    out += value;
  else
    append_json_text(out, value);
}

}  // namespace

std::string mask_addresses(const std::string& text, std::string_view how) {
  if (how == "full" || text.find('@') == text.npos) return text;
  std::string out = text;
  for (const auto& address : addresses_in(text)) {
    const auto mask = masked(address, how);
    for (auto at = out.find(address); at != out.npos; at = out.find(address, at + mask.size()))
      out.replace(at, address.size(), mask);
  }
  return out;
}

struct Log::Impl {
  std::shared_ptr<spdlog::logger> logger;
  bool json = false;
  std::string addresses;

  void write(spdlog::level::level_enum level, std::string_view event, const LogFields& fields) const {
    if (!logger->should_log(level)) return;
    std::string line;
    if (json) {
      line = "\"event\":";
      append_json_text(line, event);
    } else {
      line = event;
    }
    for (const auto& [name, value] : fields) {
      const auto text = printable(mask_addresses(value, addresses));
      line += json ? "," : " ";
      if (json) {
        append_json_text(line, name);
        line += ":";
        append_json_text(line, text);
      } else {
        line += name;
        line += "=";
        append_text(line, text);
      }
    }
    logger->log(level, spdlog::string_view_t(line.data(), line.size()));
  }
};

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() = default;

Result<Log> Log::open(const LogSettings& settings) {
  const auto level = spdlog::level::from_str(settings.level);
  if (level == spdlog::level::off && settings.level != "off")
    return fail(Exit::config, "log level '" + settings.level + "' is not known",
                "the levels are debug, info, warning, error, off");
  auto impl = std::make_unique<Impl>();
  impl->json = settings.format == "json";
  impl->addresses = settings.addresses;
  spdlog::sink_ptr sink;
  try {
    if (settings.file.empty())
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.file);
  } catch (const spdlog::spdlog_ex& fault) {
    return fail(Exit::cant_create, "log file " + settings.file + ": " + fault.what(),
                "does its directory exist, and may this user write there?");
  }
  impl->logger = std::make_shared<spdlog::logger>("bounced", sink);
  impl->logger->set_level(level);
  impl->logger->flush_on(spdlog::level::debug);
  impl->logger->set_error_handler([](const std::string&) {});  // a full disk must not stop the mail
  impl->logger->set_pattern(impl->json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                                       : "%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  return Log(std::move(impl));
}

void Log::debug(std::string_view event, const LogFields& fields) const {
  impl_->write(spdlog::level::debug, event, fields);
}
void Log::info(std::string_view event, const LogFields& fields) const {
  impl_->write(spdlog::level::info, event, fields);
}
void Log::warning(std::string_view event, const LogFields& fields) const {
  impl_->write(spdlog::level::warn, event, fields);
}
void Log::error(std::string_view event, const LogFields& fields) const {
  impl_->write(spdlog::level::err, event, fields);
}

}  // namespace bounced
