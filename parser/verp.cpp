#include "parser/verp.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "parser/address.hpp"
#include "parser/pattern_literals.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

struct Convention {
  std::string name;
  std::unique_ptr<re2::RE2> pattern;
  std::vector<std::string> needed;  ///< every match holds one of these, in lower case; empty = nothing known
  int address = -1;                 ///< numbers of the named groups; -1 when the pattern has none
  int local = -1;
  int domain = -1;
};

/// Groups that a pattern may have; RE2 wants room for each.
constexpr int most_groups = 16;

int group_named(const re2::RE2& pattern, const std::string& name) {
  const auto& groups = pattern.NamedCapturingGroups();
  const auto found = groups.find(name);
  return found == groups.end() ? -1 : found->second;
}

/// "user=example.com" → "user@example.com"; also Sympa's "user==a==example.com" and LISTSERV's
/// "user**example.com".
std::string with_at(std::string_view text) {
  for (const std::string_view mark : {"==a==", "**", "="}) {
    const std::size_t at = text.rfind(mark);
    if (at != std::string_view::npos)
      return std::string(text.substr(0, at)) + '@' + std::string(text.substr(at + mark.size()));
  }
  return std::string(text);
}

/// Most recipients are plain addresses: a look at a few strings spares the pattern.
bool may_fit(const Convention& convention, std::string_view lower) {
  return convention.needed.empty() ||
         std::any_of(convention.needed.begin(), convention.needed.end(),
                     [&](const std::string& text) { return lower.find(text) != std::string_view::npos; });
}

std::string decode_with(const Convention& convention, std::string_view recipient) {
  std::array<re2::StringPiece, most_groups + 1> groups;
  const int count = convention.pattern->NumberOfCapturingGroups() + 1;
  if (!convention.pattern->Match(re2::StringPiece(recipient.data(), recipient.size()), 0, recipient.size(),
                                 re2::RE2::UNANCHORED, groups.data(), count))
    return {};
  const auto text = [&groups](int group) {
    const auto& piece = groups.at(static_cast<std::size_t>(group));
    return std::string_view(piece.data(), piece.size());
  };
  const std::string address = convention.address >= 0 ? with_at(text(convention.address))
                                                      : std::string(text(convention.local)) + '@' +
                                                            std::string(text(convention.domain));
  return is_address(address) ? normal_address(address) : std::string{};
}

}  // namespace

struct VerpDecoder::Compiled {
  std::vector<Convention> conventions;
};

VerpDecoder::VerpDecoder(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
VerpDecoder::VerpDecoder(VerpDecoder&&) noexcept = default;
VerpDecoder& VerpDecoder::operator=(VerpDecoder&&) noexcept = default;
VerpDecoder::~VerpDecoder() = default;

std::vector<VerpConvention> builtin_verp_conventions() {
  const std::string host = R"([a-z0-9-]+(?:\.[a-z0-9-]+)+)";
  return {
      // Sympa: bounce+user==a==example.com==list@host
      {"sympa", R"(^[^@]*?\+(?P<address>[^@=]+==a==)" + host + R"()==[^@]*@.+)"},
      // ezmlm and mlmmj: list-return-42-user=example.com@host, list+bounces-42-user=example.com@host
      {"ezmlm", R"(^[^@]+(?:-return-|[+-]bounces?-)(?:[0-9]+-){1,3}(?P<address>[^@]+=)" + host + R"()@.+)"},
      // Mailman, Postfix and most others: list-bounces+user=example.com@host
      {"mailman", R"(^[^@]*?bounces?\+(?P<address>[^@]+=)" + host + R"()@.+)"},
      // LISTSERV: owner-list*user**example.com@host
      {"listserv", R"(^owner-[^@*]+\*(?P<address>[^@*]+\*\*)" + host + R"()@.+)"},
      // qmail: owner-list-user=example.com@host
      {"qmail", R"(^owner-[^@]+?-(?P<address>[^@-]+=)" + host + R"()@.+)"},
  };
}

Result<VerpDecoder> VerpDecoder::make(const std::vector<VerpConvention>& conventions) {
  auto compiled = std::make_unique<Compiled>();
  for (const VerpConvention& one : conventions) {
    re2::RE2::Options options;
    options.set_case_sensitive(false);
    options.set_log_errors(false);
    Convention convention;
    convention.name = one.name;
    convention.pattern = std::make_unique<re2::RE2>(one.pattern, options);
    const std::string what = "VERP convention \"" + one.name + "\"";
    if (!convention.pattern->ok())
      return fail({Exit::config, what + ": " + convention.pattern->error(), "mend its pattern (RE2 syntax)"});
    for (PatternLiteral& literal : read_pattern_literals(one.pattern).any)
      convention.needed.push_back(std::move(literal.text));
    convention.address = group_named(*convention.pattern, "address");
    convention.local = group_named(*convention.pattern, "local");
    convention.domain = group_named(*convention.pattern, "domain");
    const bool named = convention.address >= 0 || (convention.local >= 0 && convention.domain >= 0);
    if (!named || convention.pattern->NumberOfCapturingGroups() > most_groups)
      return fail({Exit::config, what + ": the pattern does not say where the recipient stands",
                   "name a group (?P<address>…), or (?P<local>…) and (?P<domain>…)"});
    compiled->conventions.push_back(std::move(convention));
  }
  return VerpDecoder(std::move(compiled));
}

std::string VerpDecoder::decode(std::string_view envelope_recipient) const {
  const std::string lower = lower_copy(envelope_recipient);
  for (const Convention& convention : compiled_->conventions) {
    if (!may_fit(convention, lower)) continue;
    if (std::string address = decode_with(convention, envelope_recipient); !address.empty()) return address;
  }
  return {};
}

std::string VerpDecoder::decode(const HeaderFields& bounce) const {
  if (compiled_->conventions.empty()) return {};
  std::string_view last;  // the fields mostly say the same
  for (const std::string_view field : envelope_recipient_fields)
    for (const std::string_view value : bounce.all(field)) {
      if (value == last) continue;
      last = value;
      for (const std::string& recipient : mailboxes_in(value))
        if (std::string address = decode(recipient); !address.empty()) return address;
    }
  return {};
}

}  // namespace bounced
