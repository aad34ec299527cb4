// Single values: sizes, urls of mailboxes, names of folders and the like.
#include <doctest/doctest.h>

#include <array>

#include "config/mailbox_url.hpp"
#include "config/option_checks.hpp"
#include "config/option_value.hpp"

namespace bounced {
namespace {

TEST_CASE("sizes are a whole number and a unit") {
  const std::pair<std::string_view, std::int64_t> good[] = {
      {"0B", 0},          {"100B", 100},        {"1kB", 1000},     {"1KiB", 1024},        {"8MiB", 8 << 20},
      {"8 MiB", 8 << 20}, {"10MB", 10'000'000}, {"1GiB", 1 << 30}, {"2GB", 2'000'000'000}};
  for (const auto& row : good) {
    const auto& text = row.first;
    const auto& bytes = row.second;
    CAPTURE(text);
    CHECK(read_size(text) == bytes);
    CHECK(read_size(size_text(bytes)) == bytes);
  }
  for (const std::string_view bad : {"", "8", "MiB", "8M", "8mib", "8 MiB ", "8  MiB", "-1B", "+1B", "1.5MiB",
                                     "8MiBB", "99999999999999999999B", "9999999GiB"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_size(bad));
  }
  CHECK(size_text(65536) == "64KiB");
  CHECK(size_text(1'000'000) == "1000000B");
}

TEST_CASE("mailbox urls") {
  using Kind = MailboxUrl::Kind;
  struct Good {
    std::string_view text;
    Kind kind;
    std::string host;
    int port;
    std::string rest;
  };
  const Good good[] = {
      {"imaps://mail.example.org/INBOX", Kind::imaps, "mail.example.org", 993, "INBOX"},
      {"imap://mail.example.org/INBOX", Kind::imap, "mail.example.org", 143, "INBOX"},
      {"imaps://127.0.0.1:10993/a/b", Kind::imaps, "127.0.0.1", 10993, "a/b"},
      {"imaps://[::1]/INBOX", Kind::imaps, "::1", 993, "INBOX"},
      {"imaps://[2001:db8::1]:1993/INBOX", Kind::imaps, "2001:db8::1", 1993, "INBOX"},
      {"imaps://h/Sent%20Mail%25", Kind::imaps, "h", 993, "Sent Mail%"},
      {"imaps://h/Größe x", Kind::imaps, "h", 993, "Größe x"},
      {"imaps://h/user@example.org", Kind::imaps, "h", 993, "user@example.org"},
      {"dir:/srv/bounces", Kind::dir, "", 0, "/srv/bounces"},
      {"maildir:Mail/x%20", Kind::maildir, "", 0, "Mail/x%20"},
      {"mbox:/var/mail/x", Kind::mbox, "", 0, "/var/mail/x"},
  };
  for (const auto& row : good) {
    CAPTURE(row.text);
    const auto url = read_mailbox_url(row.text);
    REQUIRE(url);
    CHECK(url->kind == row.kind);
    CHECK(url->host == row.host);
    CHECK(url->port == row.port);
    CHECK((url->is_imap() ? url->folder : url->path) == row.rest);
  }
  const std::pair<std::string_view, std::string_view> bad[] = {
      {"", "of no known kind"},
      {"mail.example.org", "of no known kind"},
      {"IMAPS://h/INBOX", "of no known kind"},
      {"pop3s://h/INBOX", "of no known kind"},
      {"imaps:/h/INBOX", "of no known kind"},
      {"imaps://", "no host"},
      {"imaps:///INBOX", "no host"},
      {"imaps://:993/INBOX", "no host"},
      {"imaps://h", "names no folder"},
      {"imaps://h/", "names no folder"},
      {"imaps://h:/INBOX", "port"},
      {"imaps://h:0/INBOX", "port"},
      {"imaps://h:65536/INBOX", "port"},
      {"imaps://h:99999999999/INBOX", "port"},
      {"imaps://h:imaps/INBOX", "port"},
      {"imaps://h:993x/INBOX", "port"},
      {"imaps://a b/INBOX", "host"},
      {"imaps://-h/INBOX", "host"},
      {"imaps://[::1/INBOX", "bracket"},
      {"imaps://[::1]x/INBOX", "bracket"},
      {"imaps://[h]/INBOX", "no IPv6 address"},
      {"imaps://user:hunter2@h/INBOX", "names a user"},
      {"imaps://h/50%", "two hex digits"},
      {"imaps://h/%zz", "two hex digits"},
      {"imaps://h/a%0d%0ab", "two hex digits"},
      {"imaps://h/a\r\nb", "control character"},
      {"dir:", "no path"},
      {"mbox:", "no path"},
  };
  for (const auto& row : bad) {
    const auto& text = row.first;
    const auto& part = row.second;
    CAPTURE(text);
    const auto url = read_mailbox_url(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().exit == Exit::config);
    CAPTURE(url.error().message);
    CHECK(url.error().message.find(part) != std::string::npos);
    CHECK(url.error().message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("single texts") {
  struct Row {
    const char* name;
    std::string (*check)(std::string_view);
    std::vector<std::string> good;
    std::vector<std::string> bad;
  };
  const std::string long_label(64, 'a');
  const std::string nul("a\0b", 3);
  const Row rows[] = {
      {"line", check_line, {"", "x y", "é"}, {"a\nb", "\t", "\x7f", nul}},
      {"path", check_path, {"/x", "x y"}, {"", "a\nb", nul}},
      {"name", check_name, {"returns", "a@b.c+d-e_f"}, {"", "a b", "a/b", "a:b", "é", std::string(65, 'a')}},
      {"folder", check_folder, {"INBOX", "a/b", "Größe"}, {"", "/a", "a/", "a//b", "a*", "a%b", "a\rb"}},
      {"keyword", check_keyword, {"$Done", "Done", "x-1"}, {"", "\\Seen", "a b", "a(b", "a]", "é", "a\"b"}},
      {"login options",
       check_login_options,
       {"", "AUTH=PLAIN", "AUTH=+LOGIN"},
       {"PLAIN", "AUTH=plain", "AUTH="}},
      {"credential",
       check_credential_name,
       {"returns", "a.b"},
       {"", ".", "..", "a/b", std::string(256, 'a')}},
      {"header", check_header_name, {"X-Campaign", "a"}, {"", "a:", "a b", "é"}},
      {"domain",
       check_domain,
       {"a.example", "localhost", "bücher.example", "_x.y"},
       {"", ".", "a.", ".a", "a..b", "a b", "@a.example", "-a.example", "a-.example",
        long_label + ".example"}},
      {"address",
       check_address,
       {"a@b.example", "a=b+c@b.example", "\"x@y\"@b.example"},
       {"", "a", "@b.example", "a@", "a b@c.example", "a@b..c", "<a@b.example>"}},
      {"address or domain",
       check_address_or_domain,
       {"a@b.example", "@b.example"},
       {"", "b.example", "@", "@@b.example"}},
      {"pattern",
       check_verp_pattern,
       {"(?P<local>.)(?P<domain>.)", "(?P<address>.)"},
       {"", "(", "(.)(.)", "(?P<local>.)", "(?P<domain>.)", "(?P<address>.){1000}{1000}"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    for (const auto& text : row.good) {
      CAPTURE(text);
      CHECK(row.check(text).empty());
    }
    for (const auto& text : row.bad) {
      CAPTURE(text);
      CHECK_FALSE(row.check(text).empty());
    }
  }
}

}  // namespace
}  // namespace bounced
