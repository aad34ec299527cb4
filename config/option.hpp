// One option of the settings file: what it is called, what may stand there, what it means, and where it is
// kept. A setting is one row in settings_table.cpp; everything else follows from the row.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace bounced {

/// What may stand behind the '='.
enum class Form : std::uint8_t {
  text,      ///< a string
  word,      ///< one of OptionFacts::words
  texts,     ///< a list of strings
  words,     ///< a list out of OptionFacts::words
  count,     ///< a whole number
  size,      ///< bytes: "8MiB", or a whole number
  share,     ///< a number from 0 to 1 with at most two decimals, kept in hundredths
  duration,  ///< "90s", "5m", "24h", "30d", "2w", or a whole number of OptionFacts::plain_unit
};

/// A value between the file and a member: text for text and word; a number (count, bytes, hundredths,
/// seconds); texts.
using OptionValue = std::variant<std::string, std::int64_t, std::vector<std::string>>;

struct OptionFacts {
  std::string_view section = {};  ///< "log" for [log]; a list's rows leave it empty
  std::string_view key = {};
  Form form = Form::text;
  std::vector<std::string_view> words = {};  ///< for word and words
  std::int64_t minimum = 0;                  ///< counts, bytes, seconds
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  std::int64_t plain_unit = 1;      ///< seconds that a plain number of a duration stands for
  std::string_view zero_word = {};  ///< a word that means 0, e.g. "never"
  bool required = false;
  bool secret = false;                               ///< never shown
  std::string (*check)(std::string_view) = nullptr;  ///< of each text: what is wrong with it, "" = nothing
  std::string_view example = {};                     ///< TOML; "" = the default says enough
  std::string_view documentation =
      {};  ///< whole sentences for users; the manual and the example file print it
};

/// A row: the facts, and the member of Owner that holds the value.
template <class Owner>
struct Option {
  OptionFacts facts;
  OptionValue (*get)(const Owner&) = nullptr;
  void (*set)(Owner&, const OptionValue&) = nullptr;
  std::int64_t step = 1;  ///< the value is a multiple of it: 3600 where the member holds hours
};

namespace detail {

template <class Duration>
concept IsDuration = requires {
  typename Duration::period;
};

template <class Member>
OptionValue to_value(const Member& member) {
  if constexpr (std::is_enum_v<Member>) {
    return std::string(names_of(member)[static_cast<std::size_t>(member)]);
  } else if constexpr (IsDuration<Member>) {
    return std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(member).count()};
  } else if constexpr (std::integral<Member>) {
    return static_cast<std::int64_t>(member);
  } else {
    return member;
  }
}

template <class Member>
void from_value(Member& member, const OptionValue& value) {
  if constexpr (std::is_enum_v<Member>) {
    const auto& names = names_of(member);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == std::get<std::string>(value)) member = static_cast<Member>(i);
  } else if constexpr (IsDuration<Member>) {
    member = std::chrono::duration_cast<Member>(std::chrono::seconds(std::get<std::int64_t>(value)));
  } else if constexpr (std::integral<Member>) {
    member = static_cast<Member>(std::get<std::int64_t>(value));
  } else {
    member = std::get<Member>(value);
  }
}

template <class Member>
constexpr std::int64_t step_of() {
  if constexpr (IsDuration<Member>)
    return std::chrono::duration_cast<std::chrono::seconds>(Member(1)).count();
  else
    return 1;
}

/// Follows member pointers: at<&A::b, &B::c>(a) is a.b.c.
template <auto First, auto... Rest>
auto& at(auto& owner) {
  if constexpr (sizeof...(Rest) == 0)
    return owner.*First;
  else
    return at<Rest...>(owner.*First);
}

}  // namespace detail

/// A row for the member that the path of member pointers leads to.
template <class Owner, auto... Path>
Option<Owner> option(OptionFacts facts) {
  using Member = std::remove_cvref_t<decltype(detail::at<Path...>(std::declval<Owner&>()))>;
  return {
      std::move(facts), [](const Owner& owner) { return detail::to_value(detail::at<Path...>(owner)); },
      [](Owner& owner, const OptionValue& value) { detail::from_value(detail::at<Path...>(owner), value); },
      detail::step_of<Member>()};
}

}  // namespace bounced
