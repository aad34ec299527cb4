#include "parser/waiting_time.hpp"

#include <array>
#include <charconv>

namespace bounced {
namespace {

struct Unit {
  std::string_view word;  // the beginning of it
  std::chrono::seconds length;
};
constexpr std::array<Unit, 6> units{{{"sec", std::chrono::seconds(1)},
                                     {"sek", std::chrono::seconds(1)},
                                     {"min", std::chrono::minutes(1)},
                                     {"hour", std::chrono::hours(1)},
                                     {"stunde", std::chrono::hours(1)},
                                     {"heure", std::chrono::hours(1)}}};
constexpr std::chrono::seconds longest = std::chrono::hours(24);

}  // namespace

std::chrono::seconds waiting_time(std::string_view text, const Tokens& tokens) {
  for (std::size_t i = 0; i + 1 < tokens.list.size(); ++i) {
    const Token& token = tokens.list[i];
    const Token& next = tokens.list[i + 1];
    if (token.kind != TokenKind::number || next.kind != TokenKind::word) continue;
    int number = 0;
    const auto read = std::from_chars(text.data() + token.begin, text.data() + token.end, number);
    if (read.ec != std::errc{}) continue;
    for (const Unit& unit : units)
      if (tokens.word(next).starts_with(unit.word) && number > 0 && number <= longest / unit.length)
        return number * unit.length;
  }
  return {};
}

}  // namespace bounced
