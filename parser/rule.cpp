#include "parser/rule.hpp"

#include <algorithm>
#include <array>

namespace bounced {
namespace {

constexpr std::size_t max_code_digits = 3;  // RFC 3463 section 2: subject and detail have one to three digits

bool digits(std::string_view word) {
  return !word.empty() && word.size() <= max_code_digits &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view word) {
  int value = 0;
  for (const char c : word) value = value * 10 + (c - '0');
  return value;
}

/// Calls `each` with every word between blanks; stops when it returns true and says whether it did.
template <class Each>
bool any_word(std::string_view text, Each each) {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0 && each(text.substr(0, end))) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

/// "5.7.606-649" in its three parts; a part that is missing is "".
std::array<std::string_view, 3> parts_of(std::string_view code) {
  std::array<std::string_view, 3> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto end = i + 1 < parts.size() ? std::min(code.find('.'), code.size()) : code.size();
    parts[i] = code.substr(0, end);
    code.remove_prefix(std::min(end + 1, code.size()));
  }
  return parts;
}

bool well_formed(std::string_view one) {
  const auto [type, subject, detail] = parts_of(one);
  if (type != "2" && type != "4" && type != "5" && type != "x") return false;
  if (one.ends_with('.')) return detail.empty() && (subject.empty() || digits(subject));
  const auto dash = detail.find('-');
  if (dash == detail.npos) return digits(subject) && digits(detail);
  const auto first = detail.substr(0, dash);
  const auto last = detail.substr(dash + 1);
  return digits(subject) && digits(first) && digits(last) && number(first) <= number(last);
}

/// A well-formed word in numbers.
StatusRange range_of(std::string_view one) {
  const auto [type, subject, detail] = parts_of(one);
  StatusRange range;
  range.type = type[0];
  if (subject.empty()) return range;
  range.first_subject = range.last_subject = number(subject);
  if (detail.empty()) return range;
  const auto dash = detail.find('-');
  range.first_detail = number(detail.substr(0, dash));
  range.last_detail = dash == detail.npos ? range.first_detail : number(detail.substr(dash + 1));
  return range;
}

}  // namespace

StatusNumbers read_status(std::string_view status) {
  const auto [type, subject, detail] = parts_of(status);
  if ((type != "2" && type != "4" && type != "5") || !digits(subject) || !digits(detail)) return {};
  return {type[0], number(subject), number(detail)};
}

std::vector<StatusRange> read_status_condition(std::string_view condition) {
  std::vector<StatusRange> ranges;
  any_word(condition, [&](std::string_view one) {
    if (well_formed(one)) ranges.push_back(range_of(one));
    return false;
  });
  return ranges;
}

bool status_fits(std::string_view condition, std::string_view status) {
  if (condition.empty()) return true;
  const StatusNumbers numbers = read_status(status);
  return any_word(condition,
                  [&](std::string_view one) { return well_formed(one) && range_of(one).holds(numbers); });
}

bool reply_code_fits(std::string_view condition, std::string_view reply_code) {
  if (condition.empty()) return true;
  return any_word(condition, [&](std::string_view one) { return reply_code.starts_with(one); });
}

bool command_fits(std::string_view condition, std::string_view command) {
  if (condition.empty()) return true;
  return any_word(condition, [&](std::string_view one) { return one == command; });
}

std::string status_condition_fault(std::string_view condition) {
  std::string fault;
  any_word(condition, [&](std::string_view one) {
    if (well_formed(one)) return false;
    fault = "\"" + std::string(one) +
            "\" is no enhanced code: write \"5.7.1\", \"5.7.\", \"x.7.1\" or \"5.7.606-649\"";
    return true;
  });
  return fault;
}

std::string reply_code_condition_fault(std::string_view condition) {
  std::string fault;
  any_word(condition, [&](std::string_view one) {
    if (digits(one) && one[0] >= '2' && one[0] <= '6') return false;
    fault = "\"" + std::string(one) + "\" is no reply code: write \"550\", \"55\" or \"5\"";
    return true;
  });
  return fault;
}

}  // namespace bounced
