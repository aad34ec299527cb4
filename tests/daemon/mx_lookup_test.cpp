// MX look-ups against a DNS server of the test's own, on a loopback port.
#include "daemon/mx_lookup.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "daemon/engine.hpp"

namespace bounced {
namespace {

std::string two_bytes(unsigned value) {
  return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}

/// "mx1.acme.example" as labels (RFC 1035 3.1).
std::string labels(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('.'), name.size());
    out += static_cast<char>(end);
    out += name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return out + '\0';
}

std::string mx_record(unsigned preference, std::string_view host, unsigned ttl) {
  const std::string data = two_bytes(preference) + labels(host);
  // the owner is a pointer to the question; type MX, class IN
  return "\xC0\x0C" + two_bytes(15) + two_bytes(1) + two_bytes(ttl >> 16U) + two_bytes(ttl) +
         two_bytes(static_cast<unsigned>(data.size())) + data;
}

/// Answers each question by the first label of its name: "two" has two exchangers, "none" has none, "missing"
/// does not exist, "silent" gets no answer, "rubbish" gets bytes that are no answer.
class Server {
 public:
  Server() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    resolver = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    stopped_ = true;
    thread_.join();
    ::close(socket_);
  }

  std::string resolver;
  std::atomic<int> questions = 0;

 private:
  void serve() {
    while (!stopped_) {
      pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      std::array<char, 512> bytes{};
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t got =
          ::recvfrom(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 17) continue;
      ++questions;
      const std::string reply = answer(std::string(bytes.data(), static_cast<std::size_t>(got)));
      if (!reply.empty())
        ::sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  static std::string answer(const std::string& question) {
    const auto length = static_cast<std::size_t>(question[12]);
    const std::string first = question.substr(13, length);
    const std::size_t end = question.find('\0', 12) + 5;
    const std::string asked = question.substr(12, end - 12);
    const auto head = [&](unsigned flags, unsigned answers) {
      return question.substr(0, 2) + two_bytes(0x8180U | flags) + two_bytes(1) + two_bytes(answers) +
             two_bytes(0) + two_bytes(0) + asked;
    };
    if (first == "silent") return {};
    if (first == "rubbish") return question.substr(0, 2) + "\x81\x80 no answer at all";
    if (first == "missing") return head(3, 0);
    if (first == "none") return head(0, 0);
    if (first == "vendor") return head(0, 1) + mx_record(10, "acme-example.mail.protection.outlook.com", 300);
    return head(0, 2) + mx_record(20, "MX2.Acme.Example", 300) + mx_record(10, "mx1.acme.example", 300);
  }

  int socket_;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

TEST_CASE("exchangers, the most preferred first, and asked for once") {
  Server server;
  MxLookup lookup({.resolver = server.resolver, .timeout = std::chrono::seconds(1)});
  using Hosts = std::vector<std::string>;
  for (int time = 0; time < 3; ++time) {
    CHECK(lookup.hosts("two.example") == Hosts{"mx1.acme.example", "mx2.acme.example"});
    CHECK(lookup.hosts("none.example").empty());
    CHECK(lookup.hosts("missing.example").empty());
  }
  CHECK(server.questions == 3);
  for (const char* domain : {"", "[192.0.2.1]",
                             "b\xC3\xBC"
                             "cher.example"})
    CHECK(lookup.hosts(domain).empty());
  CHECK(server.questions == 3);
}

TEST_CASE("a server that keeps silent or talks rubbish is soon left alone") {
  Server server;
  MxLookup lookup({.resolver = server.resolver, .timeout = std::chrono::seconds(1)});
  CHECK(lookup.hosts("silent.example").empty());
  CHECK(lookup.hosts("rubbish.example").empty());
  CHECK(lookup.hosts("silent.a.example").empty());
  const int before = server.questions;
  CHECK(before >= 3);
  CHECK(lookup.hosts("two.example").empty());  // not asked for a while
  CHECK(server.questions == before);
}

TEST_CASE("an answer ends the counting of silent ones") {
  Server server;
  MxLookup lookup({.resolver = server.resolver, .timeout = std::chrono::seconds(1)});
  for (int time = 0; time < 2; ++time) {
    CHECK(lookup.hosts("silent.example").empty());
    CHECK(lookup.hosts("silent.b.example").empty());
    CHECK(lookup.hosts("two.c" + std::to_string(time) + ".example").size() == 2);
  }
}

TEST_CASE("the setting makes the reader ask for replies that name nobody") {
  Server server;
  const auto vendor_of = [&](const std::string& setting, const std::string& remote_mta) {
    Settings settings;
    settings.mx_lookup = setting;
    settings.resolver = server.resolver;
    const auto engine = make_engine(settings);
    REQUIRE(engine);
    const BounceReport report = engine->reader.read(
        "From: MAILER-DAEMON@us.example\nContent-Type: multipart/report; report-type=delivery-status; "
        "boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; us.example\n\n"
        "Final-Recipient: rfc822; a@vendor.example\nAction: failed\nStatus: 5.1.1\n" +
        remote_mta + "Diagnostic-Code: smtp; 550 5.1.1 nobody of that name\n\n--x--\n");
    REQUIRE(report.recipients.size() == 1);
    return report.recipients[0].verdict.vendor;
  };
  CHECK(vendor_of("never", "").empty());
  CHECK(server.questions == 0);
  CHECK(vendor_of("when_unknown", "") == "microsoft365");
  CHECK(server.questions == 1);
  CHECK(vendor_of("when_unknown", "Remote-MTA: dns; gmail-smtp-in.l.google.com\n") == "google");
  CHECK(server.questions == 1);
}

}  // namespace
}  // namespace bounced
