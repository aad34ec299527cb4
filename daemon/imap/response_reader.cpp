// The framing of RFC 9051 section 2.2.2 and 4.3: lines that end with CRLF (a bare LF is taken too), and
// literals "{n}" at the end of a line. Only untagged data can carry a literal: in human-readable text, which
// servers may copy from anywhere, "{3}" is text.
#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/imap/response.hpp"

namespace bounced::imap {
namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return upper(x) == upper(y); });
}

bool may_carry_literals(std::string_view text) {
  if (!text.starts_with("* ")) return false;
  text.remove_prefix(2);
  const auto word = text.substr(0, text.find(' '));
  constexpr std::array<std::string_view, 5> status_words{"OK", "NO", "BAD", "BYE", "PREAUTH"};
  return std::none_of(status_words.begin(), status_words.end(),
                      [&](std::string_view w) { return equals_ignoring_case(word, w); });
}

struct Marker {
  std::size_t offset = 0;             ///< of "{" or "~{"
  std::optional<std::uint64_t> size;  ///< nothing: more digits than fit
};

/// The literal marker that `text` ends with.
std::optional<Marker> literal_marker(std::string_view text) {
  if (!text.ends_with('}')) return std::nullopt;
  const auto open = text.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  auto digits = text.substr(open + 1, text.size() - open - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  if (digits.empty() ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  Marker marker;
  marker.offset = open > 0 && text[open - 1] == '~' ? open - 1 : open;
  std::uint64_t size = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), size).ec == std::errc{})
    marker.size = size;
  return marker;
}

/// Whether a quoted string is open at the end of `text`, when it was (`open`) at its start.
bool quotes_open_after(std::string_view text, bool open) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (open && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      open = !open;
    }
  }
  return open;
}

}  // namespace

Result<std::optional<RawResponse>> ResponseReader::next_raw(std::string_view& input) {
  while (!input.empty()) {
    if (in_literal_) {
      read_literal(input);
      continue;
    }
    const auto newline = input.find('\n');
    const auto piece = input.substr(0, newline);
    if (raw_.text.size() + piece.size() > limits_.text_bytes) {
      return fail(Exit::unavailable, "a line of more than " + std::to_string(limits_.text_bytes) + " bytes");
    }
    raw_.text += piece;
    if (newline == std::string_view::npos) {
      input = {};
      break;
    }
    input.remove_prefix(newline + 1);
    // A CR in front of a literal belongs to the text there, not to the end of this line.
    if (raw_.text.size() > literal_floor() && raw_.text.ends_with('\r')) raw_.text.pop_back();
    auto complete = end_of_line();
    if (!complete) return fail(complete.error());
    if (!*complete) continue;
    std::optional<RawResponse> response(std::move(raw_));
    raw_ = {};
    kept_bytes_ = 0;
    quotes_scanned_ = 0;
    in_quotes_ = false;
    return response;
  }
  return std::optional<RawResponse>{};
}

Result<std::optional<Response>> ResponseReader::next(std::string_view& input) {
  auto raw = next_raw(input);
  if (!raw) return fail(raw.error());
  if (!*raw) return std::optional<Response>{};
  return std::optional<Response>(read_response(std::move(**raw)));
}

/// True when the response is complete, false when a literal follows.
Result<bool> ResponseReader::end_of_line() {
  if (!may_carry_literals(raw_.text)) return true;
  const auto fresh = std::string_view(raw_.text).substr(std::min(quotes_scanned_, raw_.text.size()));
  in_quotes_ = quotes_open_after(fresh, in_quotes_);
  quotes_scanned_ = raw_.text.size();
  if (in_quotes_) return true;
  // A marker can't reach back over the literal before it.
  const std::size_t floor = literal_floor();
  const auto marker = literal_marker(std::string_view(raw_.text).substr(floor));
  if (!marker) return true;
  if (!marker->size || *marker->size > limits_.refused_literal_bytes) {
    return fail(Exit::unavailable, "a literal of an impossible size");
  }
  return begin_literal(*marker->size, floor + marker->offset);
}

Result<bool> ResponseReader::begin_literal(std::uint64_t size, std::size_t marker) {
  if (raw_.literals.size() >= limits_.literals) {
    return fail(Exit::unavailable,
                "a response with more than " + std::to_string(limits_.literals) + " literals");
  }
  raw_.text.resize(marker);
  quotes_scanned_ = marker;
  Literal literal;
  literal.offset = marker;
  literal.size = size;
  literal.dropped = size > limits_.literal_bytes - std::min(kept_bytes_, limits_.literal_bytes);
  if (!literal.dropped) {
    kept_bytes_ += size;
    literal.bytes.reserve(size);
  }
  raw_.literals.push_back(std::move(literal));
  literal_remaining_ = size;
  in_literal_ = size > 0;
  return false;
}

void ResponseReader::read_literal(std::string_view& input) {
  auto& literal = raw_.literals.back();
  const auto piece =
      input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(literal_remaining_, input.size())));
  if (!literal.dropped) literal.bytes += piece;
  literal_remaining_ -= piece.size();
  in_literal_ = literal_remaining_ > 0;
  input.remove_prefix(piece.size());
}

}  // namespace bounced::imap
