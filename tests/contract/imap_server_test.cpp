// What only a real server shows: TLS, sign-in, folders that are missing, locked or vanish, odd names.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/contract/mailbox_world.hpp"

using namespace bounced;
using namespace bounced::test;
namespace fs = std::filesystem;

namespace {

const std::string a_mail = "Subject: a mail\r\n\r\ntext\r\n";

std::string starttls_url(const std::string& folder = "INBOX") {
  auto url = environment("BOUNCED_TEST_IMAP_STARTTLS_URL");
  return url.replace(url.rfind('/') + 1, std::string::npos, folder);
}

std::string with_host(std::string url, const std::string& host) {
  return url.replace(url.find("127.0.0.1"), 9, host);
}

std::string with_port(std::string url, int port) {
  const auto colon = url.rfind(':');
  return url.replace(colon + 1, url.find('/', colon) - colon - 1, std::to_string(port));
}

/// A port on which something listens that never answers, or (closed) nothing.
class SilentPort {
 public:
  explicit SilentPort(bool listening) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    if (listening) REQUIRE(::listen(socket_, 5) == 0);
  }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  ~SilentPort() { ::close(socket_); }
  [[nodiscard]] int port() const { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

std::unique_ptr<Mailbox> made(const MailboxSettings& settings) {
  auto mailbox = make_mailbox(settings, {});
  REQUIRE_MESSAGE(mailbox.has_value(), (mailbox ? "" : mailbox.error().message));
  return std::move(*mailbox);
}

/// The mails of the folder, settled as processed.
std::vector<std::string> drain(const MailboxSettings& settings) {
  auto mailbox = made(settings);
  auto state = mailbox->open({});
  REQUIRE_MESSAGE(state.has_value(), (state ? "" : state.error().message));
  std::vector<std::string> all;
  for (;;) {
    auto batch = mailbox->next_batch();
    REQUIRE_MESSAGE(batch.has_value(), (batch ? "" : batch.error().message));
    if (batch->empty()) break;
    std::vector<Settlement> settlements;
    for (auto& mail : *batch) {
      settlements.push_back({mail.uid, mail.name, Disposal::processed});
      all.push_back(std::move(mail.bytes));
    }
    auto settled = mailbox->settle(settlements);
    REQUIRE_MESSAGE(settled.has_value(), (settled ? "" : settled.error().message));
  }
  auto closed = mailbox->close();
  REQUIRE_MESSAGE(closed.has_value(), (closed ? "" : closed.error().message));
  return all;
}

/// Opening must fail like this, and leave the mailbox as it is.
void check_refused(const std::string& user, const MailboxSettings& settings, Exit exit,
                   const std::vector<std::string>& words) {
  CAPTURE(settings.url);
  put_into_maildir(user, "INBOX", {a_mail});
  const auto before = imap_folder(user, "INBOX");
  auto opened = made(settings)->open({});
  REQUIRE_FALSE(opened.has_value());
  const auto& error = opened.error();
  CAPTURE(error.message);
  CAPTURE(error.hint);
  CHECK(error.exit == exit);
  CHECK(error.message.starts_with("mailbox returns: "));
  CHECK_FALSE(error.hint.empty());
  for (const auto& word : words)
    CHECK_MESSAGE((error.message + "\n" + error.hint).find(word) != std::string::npos, word);
  CHECK((error.message + error.hint).find("correct-horse") == std::string::npos);
  CHECK((error.message + error.hint).find("wrong-horse") == std::string::npos);
  CHECK(imap_folder(user, "INBOX") == before);
}

}  // namespace

TEST_CASE("STARTTLS, and every way of signing in with a password") {
  for (const auto* options : {"", "AUTH=PLAIN", "AUTH=LOGIN"}) {
    CAPTURE(options);
    const auto user = fresh_user();
    auto settings = imap_settings(user);
    settings.url = starttls_url();
    settings.login_options = options;
    put_into_maildir(user, "INBOX", {a_mail});
    CHECK(drain(settings) == std::vector{a_mail});
  }
}

TEST_CASE("a wrong password") {
  const auto user = fresh_user();
  for (const auto* options : {"", "AUTH=PLAIN", "AUTH=LOGIN"}) {
    auto settings = imap_settings(user);
    settings.login_options = options;
    settings.password = {};
    settings.password.inline_value = "wrong-horse";
    check_refused(user, settings, Exit::no_permission, {user, "AUTHENTICATIONFAILED", "password"});
  }
}

TEST_CASE("a password file that is missing") {
  const auto user = fresh_user();
  auto settings = imap_settings(user);
  settings.password = {};
  settings.password.file = "/nonexistent/password";
  check_refused(user, settings, Exit::config, {"/nonexistent/password"});
}

TEST_CASE("a certificate that is not trusted") {
  const auto user = fresh_user();
  auto settings = imap_settings(user);
  settings.ca_file.clear();
  check_refused(user, settings, Exit::config, {"certificate", "ca_file"});
  settings.url = starttls_url();
  check_refused(user, settings, Exit::config, {"certificate", "ca_file"});
}

TEST_CASE("a certificate that is made out to another name") {
  const auto user = fresh_user();
  auto settings = imap_settings(user);
  settings.url = with_host(settings.url, "127.0.0.2");
  check_refused(user, settings, Exit::config, {"127.0.0.2", "certificate", "host name"});
}

TEST_CASE("a CA file that is missing, or no PEM") {
  const auto user = fresh_user();
  for (const auto* file : {"/nonexistent/ca.pem", "tests/CMakeLists.txt"}) {
    auto settings = imap_settings(user);
    settings.ca_file = file;
    check_refused(user, settings, Exit::config, {file, "ca_file"});
  }
}

TEST_CASE("nobody listens, nobody answers, nobody knows the host") {
  const auto user = fresh_user();
  auto settings = imap_settings(user);
  const auto url = settings.url;
  {
    const SilentPort closed(false);
    settings.url = with_port(url, closed.port());
    check_refused(user, settings, Exit::unavailable,
                  {"127.0.0.1:" + std::to_string(closed.port()), "refused", "url"});
  }
  const SilentPort silent(true);
  settings.connect_timeout = std::chrono::seconds(1);
  for (const auto& silent_url : {with_port(url, silent.port()), with_port(starttls_url(), silent.port())}) {
    settings.url = silent_url;
    const auto started = std::chrono::steady_clock::now();
    check_refused(user, settings, Exit::unavailable, {"in time", "connect_timeout"});
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(10));
  }
  settings.url = with_host(url, "no-such-host.invalid");
  settings.connect_timeout = std::chrono::seconds(20);
  check_refused(user, settings, Exit::unavailable, {"no-such-host.invalid", "DNS"});
}

TEST_CASE("TLS from the start on a port for STARTTLS, and the other way round") {
  const auto user = fresh_user();
  auto settings = imap_settings(user);
  settings.connect_timeout = std::chrono::seconds(3);
  const auto imaps = settings.url;
  settings.url = "imaps" + starttls_url().substr(4);
  check_refused(user, settings, Exit::unavailable, {"imap:// for STARTTLS"});
  settings.url = "imap" + imaps.substr(5);
  check_refused(user, settings, Exit::unavailable, {"url"});
}

TEST_CASE("a missing folder: the hint names those that there are") {
  const auto user = fresh_user();
  put_into_maildir(user, "Returns", {});
  auto settings = imap_settings(user, "Retruns");
  check_refused(user, settings, Exit::config, {"folder Retruns does not exist", "Returns", "url"});
}

TEST_CASE(
    "a folder that may only be read is refused before anything is read, unless nothing is to be changed") {
  const auto user = fresh_user();
  put_into_maildir(user, "Locked", {a_mail, a_mail});
  auto settings = imap_settings(user, "Locked");
  for (const auto way : {AfterRead::move, AfterRead::flag, AfterRead::remove}) {
    settings.after_read = way;
    check_refused(user, settings, Exit::no_permission, {"folder Locked is read-only", user, "leave"});
  }
  settings.after_read = AfterRead::leave;
  CHECK(drain(settings) == std::vector{a_mail, a_mail});
}

TEST_CASE("a folder that vanishes between two batches") {
  const auto user = fresh_user();
  std::vector<std::string> mails;
  for (int i = 0; i < 30; ++i) mails.push_back("Subject: " + std::to_string(i) + "\r\n\r\n\r\n");
  put_into_maildir(user, "Returns", mails);
  auto settings = imap_settings(user, "Returns");
  settings.batch_mails = 5;
  auto mailbox = made(settings);
  REQUIRE(mailbox->open({}).has_value());
  auto batch = mailbox->next_batch();
  REQUIRE(batch.has_value());
  REQUIRE(batch->size() == 5);
  const auto root = fs::path(environment("BOUNCED_TEST_MAIL_ROOT")) / user / "Maildir";
  fs::rename(root / ".Returns", root.parent_path() / "gone");
  std::vector<Settlement> settlements;
  for (const auto& mail : *batch) settlements.push_back({mail.uid, mail.name, Disposal::processed});
  Result<void> settled = mailbox->settle(settlements);
  while (settled && batch && !batch->empty()) batch = mailbox->next_batch();
  const Result<void> closed = mailbox->close();
  // The server may tell it at the next fetch, at the move, or let both go into the void: in no case is a mail
  // invented, and an error says which mailbox it is about.
  for (const auto* error : {settled ? nullptr : &settled.error(), batch ? nullptr : &batch.error(),
                            closed ? nullptr : &closed.error()}) {
    if (error == nullptr) continue;
    CHECK(error->exit == Exit::unavailable);
    CHECK(error->message.starts_with("mailbox returns: "));
  }
  CHECK(imap_folder(user, "bounced/processed").empty());
  auto again = made(settings)->open({});
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().exit == Exit::config);
}

TEST_CASE("folders with names from other alphabets, blanks and quotes") {
  for (const auto* name : {"Rückläufer", "返送", "with blank", "a&b", "100%"}) {
    CAPTURE(name);
    const auto user = fresh_user();
    put_into_maildir(user, "INBOX", {a_mail});
    auto settings = imap_settings(user);
    settings.processed_folder = std::string("bounced/") + name;
    CHECK(drain(settings) == std::vector{a_mail});
    // The folder that was made can be read under the name of the settings.
    auto url = settings.url;
    std::string encoded;
    for (const char c : settings.processed_folder)
      encoded += c == '%' ? "%25" : c == ' ' ? "%20" : std::string(1, c);
    settings.url = url.replace(url.rfind('/') + 1, std::string::npos, encoded);
    settings.processed_folder = "done";
    CHECK(drain(settings) == std::vector{a_mail});
    CHECK(imap_folder(user, "done").size() == 1);
  }
}

TEST_CASE(
    "five thousand mails, some of them large, with what the folder gets meanwhile left for the next pass") {
  const auto user = fresh_user();
  std::vector<std::string> mails;
  for (int i = 0; i < 5000; ++i) {
    mails.push_back("Subject: " + std::to_string(i) + "\r\n\r\n" +
                    std::string(i % 1000 == 7 ? 3'000'000 : 50, 'x') + "\r\n");
  }
  put_into_maildir(user, "INBOX", mails);
  auto settings = imap_settings(user);
  auto mailbox = made(settings);
  REQUIRE(mailbox->open({}).has_value());
  put_into_maildir(user, "INBOX", {a_mail});
  std::vector<std::string> seen;
  for (auto batch = mailbox->next_batch(); batch && !batch->empty(); batch = mailbox->next_batch()) {
    std::vector<Settlement> settlements;
    for (auto& mail : *batch) {
      settlements.push_back({mail.uid, mail.name, Disposal::processed});
      seen.push_back(std::move(mail.bytes));
    }
    REQUIRE(mailbox->settle(settlements).has_value());
  }
  CHECK(mailbox->cursor().last_uid == 5000);
  REQUIRE(mailbox->close().has_value());
  CHECK((seen == mails));
  CHECK(imap_folder(user, "bounced/processed").size() == 5000);
  CHECK(drain(settings) == std::vector{a_mail});
}
