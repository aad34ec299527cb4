#include "parser/suggest_rule.hpp"

#include <algorithm>
#include <array>

#include "parser/classify.hpp"
#include "parser/reply_codes.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

/// Words of a template that go into an id.
constexpr std::size_t id_words = 5;
/// Bytes of a pattern, from which on it ends at the next blank: enough to tell replies apart, short enough to
/// read. Scripts that write no blanks end it at twice as many.
constexpr std::size_t pattern_bytes = 160;

struct Wildcard {
  std::string_view token;
  std::string_view pattern;
};
/// The tokens of normalise_reply.
constexpr std::array<Wildcard, 7> wildcards{{{"<addr>", R"(\S+)"},
                                             {"<ip>", R"([0-9a-f.:]+)"},
                                             {"<host>", R"(\S+)"},
                                             {"<url>", R"(\S+)"},
                                             {"<n>", R"(\d+)"},
                                             {"<id>", R"(\S+)"},
                                             {"<time>", R"([\d:.]+)"}}};

const Wildcard* wildcard_at(std::string_view text) {
  const auto* const found = std::find_if(wildcards.begin(), wildcards.end(),
                                         [&](const Wildcard& one) { return text.starts_with(one.token); });
  return found == wildcards.end() ? nullptr : found;
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// "mailbox <addr> is <n>" -> `^mailbox \S+ is \d+$`. A long one ends before the text does.
std::string pattern_of(std::string_view text) {
  constexpr std::string_view special = R"(\.+*?()|[]{}^$)";
  std::string out = "^";
  for (std::size_t at = 0; at < text.size();) {
    if (out.size() >= pattern_bytes &&
        (text[at] == ' ' || (out.size() >= 2 * pattern_bytes && begins_character(text[at]))))
      return out;
    if (const Wildcard* const wildcard = wildcard_at(text.substr(at)); wildcard != nullptr) {
      out += wildcard->pattern;
      at += wildcard->token.size();
      continue;
    }
    if (special.find(text[at]) != std::string_view::npos) out += '\\';
    out += text[at++];
  }
  return out + '$';
}

/// Calls `take` with each word of ASCII letters and digits outside the tokens.
template <class Take>
void each_word(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    if (const Wildcard* const wildcard = wildcard_at(text.substr(at)); wildcard != nullptr) {
      at += wildcard->token.size();
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_alnum(text[end])) ++end;
    if (end > at) take(text.substr(at, end - at));
    at = std::max(end, at + 1);
  }
}

std::string id_of(std::string_view text, const std::string& vendor) {
  std::string words = vendor;
  std::size_t taken = 0;
  each_word(text, [&](std::string_view word) {
    if (taken++ < id_words) words += (words.empty() ? "" : "-") + std::string(word);
  });
  return "local/" + (words.empty() ? "unknown" : words);
}

/// True when `text` has a letter outside its tokens, of whatever script.
bool has_words(std::string_view text) {
  if (!all_ascii(text)) return true;
  bool any = false;
  each_word(text,
            [&](std::string_view word) { any = any || std::any_of(word.begin(), word.end(), is_alpha); });
  return any;
}

}  // namespace

std::string reply_template(const std::string& reply) {
  std::string wording = normalise_reply(unwrap_reply(reply));
  const auto text = std::string_view(wording).substr(leading_codes(wording).length);
  return has_words(text) ? wording : "";
}

Rule suggest_rule(const std::string& wording, const std::string& vendor, const std::string& sample) {
  const ReplyCodes codes = leading_codes(wording);
  const std::string_view text = std::string_view(wording).substr(codes.length);
  Rule rule;
  rule.id = id_of(text, vendor);
  rule.vendor = vendor;
  rule.pattern = pattern_of(text);
  rule.reply_code = codes.reply_code;
  rule.status = codes.status;
  rule.source = "observed";
  rule.example = {sample};
  return rule;
}

}  // namespace bounced
