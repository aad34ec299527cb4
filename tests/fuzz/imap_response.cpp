// The reader of IMAP responses, with any bytes in any pieces. The first byte chooses the size of the pieces.
// Checked besides crashes: the pieces make no difference, kept literals stay within their limit, and what is
// written for a set of UIDs or a folder name reads back.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/imap/response.hpp"

namespace {

using namespace bounced;
using namespace bounced::imap;

constexpr std::size_t literal_limit = 4096;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Outcome {
  std::vector<RawResponse> responses;
  bool failed = false;
};

Outcome read_in_pieces(std::string_view bytes, std::size_t piece) {
  ResponseLimits limits;
  limits.text_bytes = 65536;
  limits.literal_bytes = literal_limit;
  ResponseReader reader(limits);
  Outcome outcome;
  while (!bytes.empty() && !outcome.failed) {
    auto input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    while (!input.empty()) {
      auto raw = reader.next_raw(input);
      if (!raw) {
        outcome.failed = true;
        break;
      }
      if (*raw) outcome.responses.push_back(std::move(**raw));
    }
  }
  return outcome;
}

bool same(const RawResponse& a, const RawResponse& b) {
  return a.text == b.text && std::equal(a.literals.begin(), a.literals.end(), b.literals.begin(),
                                        b.literals.end(), [](const Literal& x, const Literal& y) {
                                          return x.offset == y.offset && x.size == y.size &&
                                                 x.bytes == y.bytes && x.dropped == y.dropped;
                                        });
}

void check_set(const UidSet& set) {
  if (set.empty()) return;
  const auto again = UidSet::parse(set.text());
  require(again && *again == set);
}

void check_name(const std::string& name) {
  const auto utf8 = from_modified_utf7(name);
  // What is written for a name reads back as that name, whatever it was.
  require(from_modified_utf7(to_modified_utf7(from_modified_utf7(to_modified_utf7(utf8)))) ==
          from_modified_utf7(to_modified_utf7(utf8)));
}

void check_values(const Response& response) {
  if (const auto* found = std::get_if<SearchResult>(&response)) check_set(found->uids);
  if (const auto* gone = std::get_if<Vanished>(&response)) check_set(gone->uids);
  if (const auto* entry = std::get_if<ListEntry>(&response)) check_name(entry->name);
  if (const auto* fetch = std::get_if<FetchData>(&response))
    require(!fetch->body || fetch->body->size() <= 65536 + literal_limit);
  const auto* tagged = std::get_if<Tagged>(&response);
  const auto* status = tagged != nullptr ? &tagged->status : std::get_if<Status>(&response);
  if (status == nullptr) return;
  static_cast<void>(read_code_words(*status));
  static_cast<void>(read_code_number(*status, "UIDNEXT"));
  if (const auto copied = read_copy_uid(*status)) check_set(copied->source);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 32U + 1U;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read_in_pieces(bytes, bytes.size() + 1);
  auto pieces = read_in_pieces(bytes, piece);
  require(whole.failed == pieces.failed);
  require(std::equal(whole.responses.begin(), whole.responses.end(), pieces.responses.begin(),
                     pieces.responses.end(), same));
  for (auto& raw : pieces.responses) {
    std::size_t kept = 0;
    for (const auto& literal : raw.literals) kept += literal.bytes.size();
    require(kept <= literal_limit);
    check_values(read_response(std::move(raw)));
  }
  return 0;
}
