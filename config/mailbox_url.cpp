#include "config/mailbox_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace bounced {
namespace {

using Kind = MailboxUrl::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 5> schemes{{{"imaps://", Kind::imaps},
                                                                    {"imap://", Kind::imap},
                                                                    {"dir:", Kind::dir},
                                                                    {"maildir:", Kind::maildir},
                                                                    {"mbox:", Kind::mbox}}};
constexpr int imaps_port = 993, imap_port = 143;  // RFC 8314 7, RFC 9051 2.1

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || high * 16 + low < 0x20) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

bool is_host(std::string_view host) {
  return !host.empty() && host.front() != '.' && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '-' || c == '_' || c >= 0x80;
         });
}

Failure wrong(std::string message) { return fail(Exit::config, std::move(message)); }

/// Splits "host:port" or "[v6]:port".
Result<void> read_authority(std::string_view text, MailboxUrl& url) {
  std::string_view port;
  bool has_port = false;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return wrong("the IPv6 address has no closing bracket");
    url.host = text.substr(1, close - 1);
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return wrong("something other than a port follows the bracket");
    has_port = !rest.empty();
    if (has_port) port = rest.substr(1);
    if (url.host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos ||
        url.host.find(':') == std::string::npos)
      return wrong("what stands in brackets is no IPv6 address");
  } else {
    const auto colon = text.find(':');
    url.host = text.substr(0, colon);
    has_port = colon != std::string_view::npos;
    if (has_port) port = text.substr(colon + 1);
    if (url.host.empty()) return wrong("there is no host: write imaps://HOST/FOLDER");
    if (!is_host(url.host)) return wrong("the host has characters that no host name has");
  }
  url.port = url.kind == Kind::imaps ? imaps_port : imap_port;
  if (!has_port) return {};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (error != std::errc{} || end != port.data() + port.size() || url.port < 1 || url.port > 65535)
    return wrong("the port is no number from 1 to 65535");
  return {};
}

Result<MailboxUrl> read_imap(std::string_view rest, MailboxUrl url) {
  const auto slash = rest.find('/');
  const auto authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos)
    return wrong("it names a user: write that behind user = and the password behind password_file =");
  if (auto read = read_authority(authority, url); !read) return fail(read.error());
  const auto folder = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  if (folder.empty()) return wrong("it names no folder: write imaps://HOST/INBOX");
  auto decoded = percent_decoded(folder);
  if (!decoded) return wrong("a % in the folder must be followed by two hex digits (%25 is the % itself)");
  url.folder = *decoded;
  return url;
}

}  // namespace

Result<MailboxUrl> read_mailbox_url(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    return wrong("it has a control character");
  for (const auto& [scheme, kind] : schemes) {
    if (!text.starts_with(scheme)) continue;
    MailboxUrl url;
    url.kind = kind;
    const auto rest = text.substr(scheme.size());
    if (url.is_imap()) return read_imap(rest, std::move(url));
    if (rest.empty()) return wrong("no path follows " + std::string(scheme));
    url.path = rest;
    return url;
  }
  return wrong(
      "it is of no known kind: imaps://HOST/FOLDER, imap://HOST/FOLDER, dir:PATH, maildir:PATH, mbox:PATH");
}

}  // namespace bounced
