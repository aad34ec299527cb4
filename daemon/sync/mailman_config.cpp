#include "daemon/sync/mailman_config.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include "parser/text.hpp"

namespace bounced {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace

MailmanConfig mailman_config(std::string_view text) {
  std::map<std::string, std::string, std::less<>> found{
      {"hostname", "localhost"},   {"port", "8001"},          {"use_https", "no"}, {"api_version", "3.1"},
      {"admin_user", "restadmin"}, {"admin_pass", "restpass"}};
  bool inside = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#' || line.front() == ';' || line.front() == ' ' ||
        line.front() == '\t')
      continue;
    if (line.front() == '[') {
      inside = trimmed(line) == "[webservice]";
      continue;
    }
    const auto mark = line.find_first_of(":=");
    if (!inside || mark == std::string_view::npos) continue;
    const auto entry = found.find(lower_copy(trimmed(line.substr(0, mark))));
    if (entry != found.end()) entry->second = trimmed(line.substr(mark + 1));
  }
  const std::string& host = found["hostname"];
  const bool literal = host.find(':') != std::string::npos;
  const std::string secure = lower_copy(found["use_https"]);
  const bool https = secure == "yes" || secure == "true" || secure == "on" || secure == "1";
  return {(https ? "https://" : "http://") + (literal ? "[" + host + "]" : host) + ":" + found["port"] + "/" +
              found["api_version"],
          found["admin_user"], found["admin_pass"]};
}

Result<MailmanConfig> read_mailman_config(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const int problem = errno;
  if (!file)
    return fail(
        problem == EACCES ? Exit::no_permission : Exit::config, path + ": " + std::strerror(problem),
        problem == EACCES
            ? "let the user that runs bounced read it (it belongs to the group list), or set user and "
              "password_file"
            : "set config_file to Mailman's mailman.cfg, or url, user and password_file");
  return mailman_config(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace bounced
