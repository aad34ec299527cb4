#include "daemon/mx_lookup.hpp"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "parser/text.hpp"

namespace bounced {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds shortest_kept = std::chrono::minutes(1);
constexpr std::chrono::seconds longest_kept = std::chrono::hours(24);
/// How long "there is none" is kept, where RFC 2308 would have us read the SOA record.
constexpr std::chrono::seconds none_kept = std::chrono::minutes(15);
/// Unanswered questions in a row after which no more are asked, and for how long.
constexpr int most_unanswered = 3;
constexpr std::chrono::seconds silent_time = std::chrono::minutes(5);
/// Domains that are kept; then all are forgotten. About 2 MB.
constexpr std::size_t most_domains = 10'000;
/// RFC 6891: the largest answer that is asked for over UDP; the library goes on over TCP.
constexpr std::size_t answer_bytes = 4096;
/// Exchangers of one domain that are looked at; real ones have fewer than ten.
constexpr std::size_t most_hosts = 20;

/// The address and port of "192.0.2.53:5353"; nothing when it is neither.
std::optional<sockaddr_in> read_resolver(const std::string& text) {
  const std::size_t colon = text.find(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(NS_DEFAULTPORT);
  if (inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.sin_addr) != 1) return std::nullopt;
  if (colon == std::string::npos) return address;
  const std::string port = text.substr(colon + 1);
  if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit))
    return std::nullopt;
  const int number = std::stoi(port);
  if (number < 1 || number > 65535) return std::nullopt;
  address.sin_port = htons(static_cast<std::uint16_t>(number));
  return address;
}

/// The resolver library's state for one question; closes itself.
class Resolver {
 public:
  explicit Resolver(const MxLookupOptions& options) : ready_(res_ninit(&state_) == 0) {
    state_.retrans = static_cast<int>(options.timeout.count());
    state_.retry = 1;
    if (const auto address = read_resolver(options.resolver)) {
      state_.nscount = 1;
      state_.nsaddr_list[0] = *address;
    }
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver() {
    if (ready_) res_nclose(&state_);
  }

  /// Bytes of the answer; -1 without one (then `none` tells whether the DNS said that there is nothing).
  int ask(const std::string& domain, std::array<unsigned char, answer_bytes>& answer, bool& none) {
    if (!ready_) return -1;
    const int size =
        res_nquery(&state_, domain.c_str(), ns_c_in, ns_t_mx, answer.data(), static_cast<int>(answer.size()));
    none = size < 0 && (state_.res_h_errno == HOST_NOT_FOUND || state_.res_h_errno == NO_DATA);
    return std::min(size, static_cast<int>(answer.size()));
  }

 private:
  struct __res_state state_ {};
  bool ready_;
};

struct Answer {
  std::vector<std::string> hosts;
  std::chrono::seconds kept = none_kept;
};

/// One MX record (RFC 1035 3.3.9): a preference of two bytes, then the host.
std::optional<std::pair<unsigned, std::string>> read_record(ns_msg& message, int number,
                                                            std::chrono::seconds& ttl) {
  ns_rr record{};
  if (ns_parserr(&message, ns_s_an, number, &record) != 0) return std::nullopt;
  if (ns_rr_type(record) != ns_t_mx || ns_rr_rdlen(record) < 3) return std::nullopt;
  std::array<char, NS_MAXDNAME> name{};
  const unsigned char* data = ns_rr_rdata(record);
  if (dn_expand(ns_msg_base(message), ns_msg_end(message), data + 2, name.data(),
                static_cast<int>(name.size())) < 0)
    return std::nullopt;
  ttl = std::min(ttl, std::chrono::seconds(ns_rr_ttl(record)));
  return std::pair{ns_get16(data), lower_copy(name.data())};
}

Answer read_answer(const unsigned char* bytes, int size) {
  Answer answer;
  ns_msg message{};
  if (ns_initparse(bytes, size, &message) != 0) return answer;
  std::vector<std::pair<unsigned, std::string>> found;
  std::chrono::seconds ttl = longest_kept;
  for (int i = 0; i < ns_msg_count(message, ns_s_an) && found.size() < most_hosts; ++i)
    if (auto record = read_record(message, i, ttl)) found.push_back(*std::move(record));
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [preference, host] : found) answer.hosts.push_back(std::move(host));
  answer.kept = found.empty() ? none_kept : std::max(ttl, shortest_kept);
  return answer;
}

}  // namespace

struct MxLookup::State {
  struct Kept {
    std::vector<std::string> hosts;
    Clock::time_point until;
  };
  MxLookupOptions options;
  std::mutex mutex;
  std::unordered_map<std::string, Kept> kept;
  int unanswered = 0;
  Clock::time_point silent_until;
};

MxLookup::MxLookup(MxLookupOptions options) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
}
MxLookup::~MxLookup() = default;

std::vector<std::string> MxLookup::hosts(const std::string& domain) {
  if (domain.empty() || domain.front() == '[' || !all_ascii(domain)) return {};
  {
    const std::lock_guard lock(state_->mutex);
    const auto known = state_->kept.find(domain);
    if (known != state_->kept.end() && known->second.until > Clock::now()) return known->second.hosts;
    if (state_->silent_until > Clock::now()) return {};
  }
  std::array<unsigned char, answer_bytes> bytes{};
  bool none = false;
  const int size = Resolver(state_->options).ask(domain, bytes, none);
  const Answer answer = size > 0 ? read_answer(bytes.data(), size) : Answer{};
  const std::lock_guard lock(state_->mutex);
  if (size <= 0 && !none) {
    if (++state_->unanswered < most_unanswered) return {};
    state_->unanswered = 0;
    state_->silent_until = Clock::now() + silent_time;
    return {};
  }
  state_->unanswered = 0;
  if (state_->kept.size() >= most_domains) state_->kept.clear();
  state_->kept[domain] = {answer.hosts, Clock::now() + answer.kept};
  return answer.hosts;
}

}  // namespace bounced
