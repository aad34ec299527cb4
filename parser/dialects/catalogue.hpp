// The dialects that have a name: what each is recognised by and how it differs from free text. One row is one
// conjunction of marks; a dialect may have several rows. Adding a dialect = a row (catalogue.cpp) and a
// sample mail with its expected report (tests/corpus).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace bounced::dialects {

enum class Where : std::uint8_t {
  unused,
  from,     ///< the From field holds `text`
  subject,  ///< the Subject holds `text`
  header,   ///< the field `name` is there and holds `text`
  body,     ///< the explanation holds the phrase `text`
};

/// All texts are in search form.
struct Mark {
  Where where = Where::unused;
  std::string_view text;
  std::string_view name = {};
};

/// What a dialect does otherwise than free text.
enum class Layout : std::uint8_t {
  plain,              ///< nothing
  failed_header,      ///< recipients stand in X-Failed-Recipients only; the text names groups or nobody
  outer_original_to,  ///< the failing address is in X-Original-To of the bounce itself
  returned_to,        ///< no address in the text: To of the returned mail
  only_with_reply,    ///< lists all recipients of the mail: those without a reply of their own did not fail
  operators_copy,     ///< a copy for the postmaster, about somebody else's mail: never more than `delayed`
  sns,                ///< JSON of Amazon SNS (sns.hpp)
  pec,                ///< Italian certified mail (pec.hpp)
};

struct Dialect {
  std::string_view name;
  std::array<Mark, 3> marks;
  Layout layout = Layout::plain;
};

/// In the order they are tried: special forms before the families they descend from.
std::span<const Dialect> catalogue();

}  // namespace bounced::dialects
