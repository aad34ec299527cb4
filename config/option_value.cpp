#include "config/option_value.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "config/words.hpp"

namespace bounced {
namespace {

using Kind = TomlValue::Kind;

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
// Largest first, as the printer wants them.
constexpr std::array<Unit, 7> size_units{{{"GiB", 1LL << 30},
                                          {"MiB", 1LL << 20},
                                          {"KiB", 1LL << 10},
                                          {"GB", 1'000'000'000},
                                          {"MB", 1'000'000},
                                          {"kB", 1'000},
                                          {"B", 1}}};
constexpr std::int64_t largest_size =
    1'000'000'000'000'000;                  // bytes; far beyond any range, far below overflow
constexpr std::size_t longest_sample = 60;  // bytes of a wrong value that a fault repeats

/// Takes digits off the front of `text`; nothing when there is none or the number passes `largest`.
std::optional<std::int64_t> take_number(std::string_view& text, std::int64_t largest) {
  std::int64_t number = 0;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    number = number * 10 + (text[digits] - '0');
    if (number > largest) return std::nullopt;
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

/// The value as a person would name it in a fault: `the string "soon"`.
std::string found_text(const OptionFacts& facts, const TomlValue& value) {
  if (facts.secret) return std::string(value.kind_name());
  if (value.kind == Kind::string) {
    // Not cut within a UTF-8 letter.
    auto length = std::min(value.text.size(), longest_sample);
    while (length < value.text.size() && length > 0 &&
           (static_cast<unsigned char>(value.text[length]) & 0xC0) == 0x80)
      --length;
    return "the string " + toml_quoted(value.text.substr(0, length)) +
           (length < value.text.size() ? "…" : "");
  }
  if (value.kind == Kind::integer) return "the number " + std::to_string(value.integer);
  return std::string(value.kind_name());
}

std::string number_text(const OptionFacts& facts, std::int64_t number) {
  if (facts.form == Form::duration) return print_duration(std::chrono::seconds(number));
  if (facts.form == Form::size) return size_text(number);
  if (facts.form == Form::share) return share_text(number);
  return std::to_string(number);
}

std::string list_text(const std::vector<std::string_view>& words) {
  std::string out;
  for (const auto word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

class Reading {
 public:
  Reading(const OptionFacts& facts, std::int64_t step, const FaultSink& fault)
      : facts_(facts), step_(step), fault_(fault) {}

  std::optional<OptionValue> read(const TomlValue& value) const {
    switch (facts_.form) {
      case Form::text:
      case Form::word:
        return value.kind == Kind::string ? text(value) : mismatch(value);
      case Form::texts:
      case Form::words:
        return value.kind == Kind::array ? texts(value) : mismatch(value);
      case Form::count:
      case Form::size:
      case Form::duration:
        return number(value);
      case Form::share:
        return share(value);
    }
    return std::nullopt;
  }

 private:
  std::nullopt_t tell(const TomlValue& value, std::string what) const {
    fault_(value.line, std::move(what));
    return std::nullopt;
  }

  std::nullopt_t mismatch(const TomlValue& value) const {
    const bool text_in_list =
        (facts_.form == Form::texts || facts_.form == Form::words) && value.kind == Kind::string;
    return tell(value, "wants " + wanted_text(facts_) + ", not " + found_text(facts_, value) +
                           (text_in_list ? "; put it in brackets: [" +
                                               toml_quoted(value.text.substr(0, longest_sample)) + "]"
                                         : ""));
  }

  bool text_is_fine(const TomlValue& value) const {
    if (!facts_.words.empty()) {
      if (std::find(facts_.words.begin(), facts_.words.end(), value.text) != facts_.words.end()) return true;
      tell(value, "wants one of " + list_text(facts_.words) + ", not " + found_text(facts_, value) +
                      did_you_mean(value.text, facts_.words));
      return false;
    }
    const auto wrong = facts_.check == nullptr ? std::string() : facts_.check(value.text);
    if (wrong.empty()) return true;
    // A url may hold a password that does not belong there: only values that can't are repeated.
    const bool repeat = !facts_.secret && value.text.find('@') == std::string::npos && !value.text.empty();
    tell(value, (repeat ? found_text(facts_, value) + " " : "the value ") + wrong);
    return false;
  }

  std::optional<OptionValue> text(const TomlValue& value) const {
    if (!text_is_fine(value)) return std::nullopt;
    return value.text;
  }

  std::optional<OptionValue> texts(const TomlValue& value) const {
    std::vector<std::string> all;
    bool fine = true;
    for (const auto& item : value.items) {
      if (item.kind != Kind::string) {
        tell(item, "wants " + wanted_text(facts_) + ", and has " + found_text(facts_, item) + " in it");
        fine = false;
      } else if (!text_is_fine(item)) {
        fine = false;
      } else if (std::find(all.begin(), all.end(), item.text) == all.end()) {
        all.push_back(item.text);
      }
    }
    if (!fine) return std::nullopt;
    return all;
  }

  std::optional<OptionValue> share(const TomlValue& value) const {
    const double number = value.kind == Kind::integer ? static_cast<double>(value.integer) : value.number;
    if (value.kind != Kind::integer && value.kind != Kind::floating) return mismatch(value);
    if (!(number >= 0 && number <= 1)) return mismatch(value);
    const double hundredths = std::round(number * 100);
    if (std::abs(number * 100 - hundredths) > 1e-6) return mismatch(value);
    return static_cast<std::int64_t>(hundredths);
  }

  std::optional<std::int64_t> plain_number(const TomlValue& value) const {
    if (value.kind == Kind::integer) {
      const auto unit = facts_.form == Form::duration ? facts_.plain_unit : 1;
      if (value.integer < 0 || value.integer > largest_size / unit)
        return value.integer < 0 ? -1 : largest_size;
      return value.integer * unit;
    }
    if (value.kind != Kind::string || facts_.form == Form::count) return std::nullopt;
    if (!facts_.zero_word.empty() && value.text == facts_.zero_word) return 0;
    if (facts_.form == Form::size) return read_size(value.text);
    const auto duration = read_duration(value.text);
    return duration ? std::optional<std::int64_t>(duration->count()) : std::nullopt;
  }

  std::optional<OptionValue> number(const TomlValue& value) const {
    const auto found = plain_number(value);
    if (!found) return mismatch(value);
    if (*found == 0 && !facts_.zero_word.empty()) return 0;
    if (*found < facts_.minimum || *found > facts_.maximum)
      return tell(value, "must be from " + number_text(facts_, facts_.minimum) + " to " +
                             number_text(facts_, facts_.maximum) + ", and is " + found_text(facts_, value));
    if (*found % step_ != 0)
      return tell(value, "is kept in steps of " + number_text(facts_, step_) + ", and " +
                             found_text(facts_, value) + " is between two");
    return *found;
  }

  const OptionFacts& facts_;
  std::int64_t step_;
  const FaultSink& fault_;
};

/// A pattern full of backslashes is easier to read in single quotes.
std::string string_toml(const std::string& text) {
  return toml_quoted(text, text.find_first_of("\\\"") != std::string::npos);
}

}  // namespace

std::optional<OptionValue> read_option_value(const OptionFacts& facts, std::int64_t step,
                                             const TomlValue& value, const FaultSink& fault) {
  return Reading(facts, step, fault).read(value);
}

std::optional<std::int64_t> read_size(std::string_view text) {
  const auto number = take_number(text, largest_size);
  if (!number) return std::nullopt;
  if (text.starts_with(' ')) text.remove_prefix(1);
  for (const auto& unit : size_units)
    if (text == unit.name)
      return *number > largest_size / unit.factor ? std::nullopt : std::optional(*number * unit.factor);
  return std::nullopt;
}

std::string size_text(std::int64_t bytes) {
  for (const auto& unit : size_units)
    if (unit.name.ends_with("iB") && bytes != 0 && bytes % unit.factor == 0)
      return std::to_string(bytes / unit.factor) + std::string(unit.name);
  return std::to_string(bytes) + "B";
}

std::string share_text(std::int64_t hundredths) {
  std::string text = std::to_string(hundredths / 100);
  if (hundredths % 100 == 0) return text;
  text += '.' + std::to_string(hundredths % 100 / 10);
  return hundredths % 10 == 0 ? text : text + std::to_string(hundredths % 10);
}

std::string option_value_toml(const OptionFacts& facts, const OptionValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return string_toml(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (*number == 0 && !facts.zero_word.empty()) return toml_quoted(facts.zero_word);
    if (facts.form == Form::share) return share_text(*number);
    return facts.form == Form::count ? std::to_string(*number) : toml_quoted(number_text(facts, *number));
  }
  std::string out;
  for (const auto& text : std::get<std::vector<std::string>>(value))
    out += (out.empty() ? "" : ", ") + string_toml(text);
  return "[" + out + "]";
}

std::string wanted_text(const OptionFacts& facts) {
  const bool bounded = facts.maximum != std::numeric_limits<std::int64_t>::max();
  const std::string range =
      bounded ? " from " + number_text(facts, facts.minimum) + " to " + number_text(facts, facts.maximum)
              : "";
  const std::string or_zero = facts.zero_word.empty() ? "" : ", or \"" + std::string(facts.zero_word) + "\"";
  switch (facts.form) {
    case Form::text:
      return "a string";
    case Form::word:
      return "one of " + list_text(facts.words);
    case Form::texts:
      return "a list of strings";
    case Form::words:
      return "a list of words out of " + list_text(facts.words);
    case Form::count:
      return "a whole number" + range + or_zero;
    case Form::size:
      return "a size such as \"8MiB\"" + range + or_zero;
    case Form::share:
      return "a number from 0 to 1 with at most two decimals, such as 0.5";
    case Form::duration:
      return "a duration such as \"5m\"" + range + or_zero;
  }
  return {};
}

}  // namespace bounced
