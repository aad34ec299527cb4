#include "parser/suggest_rule.hpp"

#include <algorithm>
#include <array>

#include "parser/evidence.hpp"
#include "parser/reply_codes.hpp"

namespace bounced {
namespace {

/// Words of a template that go into an id.
constexpr std::size_t id_words = 5;
/// Bytes of a template that a pattern is made of: enough to tell replies apart, short enough to read.
constexpr std::size_t pattern_bytes = 160;

bool is_word_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

struct Wildcard {
  std::string_view token;
  std::string_view pattern;
};
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

/// "mailbox <addr> is <n>" -> `mailbox \S+ is \d+`. Ends between words.
std::string pattern_of(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (out.size() >= pattern_bytes && text[at] == ' ') break;
    if (const Wildcard* const wildcard = wildcard_at(text.substr(at)); wildcard != nullptr) {
      // normalise_reply takes the brackets of "<a@b.example>" into the token
      if (wildcard->token == "<addr>" && out.ends_with("<")) out.pop_back();
      out += wildcard->pattern;
      at += wildcard->token.size();
      continue;
    }
    constexpr std::string_view special = R"(\.+*?()|[]{}^$'-)";
    if (text[at] == '\'') {
      out += '.';  // TOML's literal strings hold no apostrophe
    } else {
      if (special.find(text[at]) != std::string_view::npos) out += '\\';
      out += text[at];
    }
    ++at;
  }
  return out;
}

std::string id_of(std::string_view text, const std::string& vendor) {
  std::string id = vendor.empty() ? "local/" : vendor + "/";
  std::size_t words = 0;
  for (std::size_t at = 0; at < text.size() && words < id_words;) {
    if (const Wildcard* const wildcard = wildcard_at(text.substr(at)); wildcard != nullptr) {
      at += wildcard->token.size();
      continue;
    }
    if (!is_word_byte(text[at])) {
      ++at;
      continue;
    }
    if (words++ > 0) id += '-';
    while (at < text.size() && is_word_byte(text[at])) id += text[at++];
  }
  return words == 0 ? id + "unknown" : id;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string suggest_rule(const UnknownReply& unknown) {
  const ReplyCodes codes = leading_codes(unknown.normalised);
  const std::string_view text = std::string_view(unknown.normalised).substr(codes.length);
  std::string out = "# seen " + std::to_string(unknown.count) + (unknown.count == 1 ? " time" : " times");
  if (!unknown.first_seen.empty()) out += ", first " + unknown.first_seen;
  if (!unknown.last_seen.empty()) out += ", last " + unknown.last_seen;
  out += "\n[[rule]]\nid = " + quoted(id_of(text, unknown.vendor)) + "\n";
  if (!unknown.vendor.empty()) out += "vendor = " + quoted(unknown.vendor) + "\n";
  const std::string pattern = pattern_of(text);
  if (!pattern.empty()) out += "pattern = '" + pattern + "'\n";
  if (!codes.reply_code.empty()) out += "reply_code = " + quoted(codes.reply_code) + "\n";
  if (!codes.status.empty()) out += "status = " + quoted(codes.status) + "\n";
  out += "reason = \"unclassified\"\n";
  out += "source = \"observed\"\n";
  out += "example = " + quoted(unknown.samples.empty() ? unknown.normalised : unknown.samples.front()) + "\n";
  return out;
}

}  // namespace bounced
