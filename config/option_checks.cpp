#include "config/option_checks.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "config/mailbox_url.hpp"

namespace bounced {
namespace {

constexpr std::size_t longest_name = 64;        // of a mailbox, in bytes: it stands in every report line
constexpr std::size_t longest_file_name = 255;  // bytes, NAME_MAX of Linux
constexpr std::size_t longest_domain = 253;     // bytes, RFC 1035 2.3.4 without the root's dot
constexpr std::size_t longest_label = 63;       // bytes, RFC 1035 2.3.4
constexpr std::size_t longest_local_part = 64;  // bytes, RFC 5321 4.5.3.1.1
constexpr std::int64_t pattern_memory = 1
                                        << 20;  // bytes of one compiled pattern; a VERP pattern takes some kB

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }
bool is_alphanumeric(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return predicate(static_cast<unsigned char>(c)); });
}

bool is_domain_label(std::string_view label) {
  return !label.empty() && label.size() <= longest_label && label.front() != '-' && label.back() != '-' &&
         all(label, [](unsigned char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c >= 0x80; });
}

bool is_domain(std::string_view text) {
  if (text.empty() || text.size() > longest_domain) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!is_domain_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string check_line(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return is_control(static_cast<unsigned char>(c)); })
             ? "has a control character or a line end in it"
             : "";
}

std::string check_path(std::string_view text) { return text.empty() ? "is empty" : check_line(text); }

std::string check_path_or_empty(std::string_view text) { return check_line(text); }

std::string check_name(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > longest_name) return "is longer than " + std::to_string(longest_name) + " characters";
  const bool fine = all(text, [](unsigned char c) {
    return is_alphanumeric(c) ||
           std::string_view("._@+-").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return fine ? "" : "may only have letters, digits and . _ @ + -";
}

std::string check_mailbox_url(std::string_view text) {
  const auto url = read_mailbox_url(text);
  return url ? "" : "can't be used: " + url.error().message;
}

std::string check_http_url(std::string_view text) {
  if (text.empty()) return "";
  if (text.find_first_of(" <>\"\\^`{|}") != std::string_view::npos || !check_line(text).empty())
    return "has a character that no URL has: write it as %XX";
  const bool secure = text.starts_with("https://");
  if (!secure && !text.starts_with("http://")) return "is no URL: it begins with https:// or http://";
  const auto rest = text.substr(secure ? 8 : 7);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos)
    return "has a name or a password in it: write these as user and password_file";
  if (authority.empty() || authority.front() == ':') return "names no host";
  return text.find('#') == std::string_view::npos ? "" : "has a # in it, which no server is told";
}

std::string check_exit_code(std::string_view text) {
  const bool digits =
      !text.empty() && text.size() <= 3 && all(text, [](unsigned char c) { return c >= '0' && c <= '9'; });
  return digits && std::stoi(std::string(text)) <= 255 ? "" : "is no exit code: 0 to 255";
}

std::string check_folder(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.front() == '/' || text.back() == '/' || text.find("//") != std::string_view::npos)
    return "has an empty level: no / at the start or the end, and not two in a row";
  if (text.find_first_of("*%") != std::string_view::npos) return "has a wildcard of IMAP (* or %) in it";
  return check_line(text);
}

std::string check_keyword(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.front() == '\\') return "is a system flag: a keyword has no backslash";
  const bool atom = all(text, [](unsigned char c) {
    return c > 0x20 && c < 0x7f &&
           std::string_view("(){%*\"\\]").find(static_cast<char>(c)) == std::string_view::npos;
  });
  return atom ? ""
              : "has a character that no IMAP keyword may have: blanks, ( ) { } % * \" \\ ] or letters "
                "beyond ASCII";
}

std::string check_login_options(std::string_view text) {
  static constexpr std::array<std::string_view, 12> known{"",
                                                          "AUTH=*",
                                                          "AUTH=PLAIN",
                                                          "AUTH=LOGIN",
                                                          "AUTH=+LOGIN",
                                                          "AUTH=NTLM",
                                                          "AUTH=CRAM-MD5",
                                                          "AUTH=DIGEST-MD5",
                                                          "AUTH=SCRAM-SHA-1",
                                                          "AUTH=SCRAM-SHA-256",
                                                          "AUTH=GSSAPI",
                                                          "AUTH=EXTERNAL"};
  if (std::find(known.begin(), known.end(), text) != known.end()) return "";
  std::string words;
  for (const auto word : known)
    if (!word.empty()) words += (words.empty() ? "" : ", ") + std::string(word);
  return "is none of " + words;
}

std::string check_credential_name(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text == "." || text == ".." || text.find('/') != std::string_view::npos ||
      text.size() > longest_file_name)
    return "is no name of a credential: a file name without a /";
  return check_line(text);
}

std::string check_header_name(std::string_view text) {
  const bool fine =
      !text.empty() && all(text, [](unsigned char c) { return c > 0x20 && c < 0x7f && c != ':'; });
  return fine ? "" : "is no name of a header field: write it without the colon, such as \"X-Campaign\"";
}

std::string check_domain(std::string_view text) {
  return is_domain(text) ? "" : "is no domain: write it as in \"lists.example.org\"";
}

std::string check_domain_or_nothing(std::string_view text) { return text.empty() ? "" : check_domain(text); }

std::string check_resolver(std::string_view text) {
  const std::string_view wrong = "is no IPv4 address: write it as in \"192.0.2.53\" or \"192.0.2.53:5353\"";
  // The numbers of "192.0.2.53:5353", each with the mark before it and its largest value.
  constexpr std::array<std::pair<char, long>, 5> parts{
      {{'\0', 255}, {'.', 255}, {'.', 255}, {'.', 255}, {':', 65535}}};
  if (text.empty()) return "";
  std::size_t at = 0;
  for (const auto& [mark, largest] : parts) {
    if (mark == ':' && at == text.size()) return "";
    if (mark != '\0' && (at == text.size() || text[at++] != mark)) return std::string(wrong);
    long number = -1;
    const auto read = std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (read.ec != std::errc{} || number < 0 || number > largest || (mark == ':' && number == 0))
      return std::string(wrong);
    at = static_cast<std::size_t>(read.ptr - text.data());
  }
  return at == text.size() ? "" : std::string(wrong);
}

std::string check_address(std::string_view text) {
  const auto at = text.rfind('@');
  const bool fine =
      at != std::string_view::npos && at > 0 && at <= longest_local_part && is_domain(text.substr(at + 1)) &&
      all(text.substr(0, at), [](unsigned char c) { return c > 0x20 && c != 0x7f && c != '<'; }) &&
      (text.front() == '"' || text.find('@') == at);
  return fine ? "" : "is no address: write it as in \"user@example.org\"";
}

std::string check_address_or_empty(std::string_view text) { return text.empty() ? "" : check_address(text); }

std::string check_time_of_day(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.empty()) return "";
  const bool fine = text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4) &&
                    text.substr(0, 2) < "24" && text.substr(3) < "60";
  return fine ? "" : "is no time of day: write it as in \"07:00\"";
}

std::string check_timezone(std::string_view text) {
  const bool fine = all(text, [](unsigned char c) {
    return is_alphanumeric(c) ||
           std::string_view("_+-/").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return fine && !text.starts_with('/') ? "" : "is no time zone: write it as in \"Europe/Berlin\"";
}

std::string check_smtp_url(std::string_view text) {
  if (text.empty()) return "";
  const bool secure = text.starts_with("smtps://");
  if (!secure && !text.starts_with("smtp://"))
    return "is no URL of a mail server: it begins with smtp:// or smtps://";
  const auto rest = text.substr(secure ? 8 : 7);
  if (rest.find('@') != std::string_view::npos)
    return "has a name or a password in it: write these as user and password_file";
  const auto colon = rest.rfind(':');
  const bool literal = rest.starts_with('[') && rest.find(']') != std::string_view::npos;
  const bool has_port = colon != std::string_view::npos && (!literal || colon > rest.find(']'));
  const auto host = rest.substr(0, has_port ? colon : rest.size());
  const auto port = has_port ? rest.substr(colon + 1) : std::string_view("25");
  long number = 0;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
  if (read.ec != std::errc{} || read.ptr != port.data() + port.size() || number < 1 || number > 65535)
    return "has no port behind the colon: 1 to 65535";
  const bool address = literal && host.ends_with(']') &&
                       host.find_first_not_of("[]0123456789abcdefABCDEF:.") == std::string_view::npos;
  return address || is_domain(host) ? "" : "names no host: write it as in \"smtp://mail.example.org:587\"";
}

std::string check_address_or_domain(std::string_view text) {
  if (!text.empty() && text.front() == '@' && is_domain(text.substr(1))) return "";
  return check_address(text).empty() ? "" : "is neither an address nor a domain written \"@example.org\"";
}

std::string check_verp_pattern(std::string_view text) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  options.set_max_mem(pattern_memory);
  const RE2 pattern(re2::StringPiece(text.data(), text.size()), options);
  if (!pattern.ok()) return "is no regular expression that RE2 takes: " + pattern.error();
  const auto& groups = pattern.NamedCapturingGroups();
  const bool parts = groups.contains("local") && groups.contains("domain");
  return parts || groups.contains("address")
             ? ""
             : "has neither the groups (?P<local>…) and (?P<domain>…) nor the group (?P<address>…)";
}

}  // namespace bounced
