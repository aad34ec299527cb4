#include "tests/support/imap_script.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <thread>

namespace bounced::test {
namespace {

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char c = text[++i];
    result += c == 'r' ? '\r' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
  }
  return result;
}

std::string mail_of(std::size_t bytes) {
  std::string mail = "Subject: a mail\r\n\r\n";
  mail.resize(bytes, 'm');
  return mail;
}

/// Replaces @mail N@ and @fill N@.
std::string expanded(std::string text) {
  for (const auto& [word, literal] : {std::pair{"@mail ", true}, std::pair{"@fill ", false}}) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
      const auto end = text.find('@', at + 1);
      std::size_t bytes = 0;
      std::from_chars(text.data() + at + std::strlen(word), text.data() + end, bytes);
      const auto put =
          literal ? "{" + std::to_string(bytes) + "}\r\n" + mail_of(bytes) : std::string(bytes, 'x');
      text.replace(at, end + 1 - at, put);
      at += put.size();
    }
  }
  return text;
}

}  // namespace

std::vector<ScriptStep> read_script(std::string_view text) {
  std::vector<ScriptStep> steps;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto rest = std::string(line.substr(std::min<std::size_t>(line.size(), 3)));
    if (line.starts_with("C: ")) steps.push_back({ScriptStep::Who::client, rest});
    if (line.starts_with("S: "))
      steps.push_back({ScriptStep::Who::server, expanded(unescaped(rest)) + "\r\n"});
    if (line.starts_with("S= ")) steps.push_back({ScriptStep::Who::server, expanded(unescaped(rest))});
    if (line == "S! EOF") steps.push_back({ScriptStep::Who::end, ""});
    if (line == "S! TIMEOUT") steps.push_back({ScriptStep::Who::timeout, ""});
    if (line == "S! PAUSE") steps.push_back({ScriptStep::Who::pause, ""});
  }
  return steps;
}

ScriptedStream::ScriptedStream(std::vector<ScriptStep> steps, ScriptLog& log, std::size_t piece_bytes)
    : steps_(steps.begin(), steps.end()), log_(log), piece_bytes_(piece_bytes) {
  advance();
}

/// What the server says next becomes readable.
void ScriptedStream::advance() {
  while (!steps_.empty() && steps_.front().who == ScriptStep::Who::server) {
    auto bytes = std::move(steps_.front().bytes);
    if (bytes.starts_with("$ ")) bytes.replace(0, 1, tag_);
    to_client_ += bytes;
    steps_.pop_front();
  }
  const bool more = std::any_of(steps_.begin(), steps_.end(),
                                [](const ScriptStep& s) { return s.who == ScriptStep::Who::client; });
  log_.finished = !more;
}

Result<void> ScriptedStream::send(std::string_view bytes, imap::Deadline) {
  from_client_ += bytes;
  for (auto end = from_client_.find("\r\n"); end != std::string::npos; end = from_client_.find("\r\n")) {
    const auto line = from_client_.substr(0, end);
    from_client_.erase(0, end + 2);
    const auto blank = line.find(' ');
    const bool continued = line == "DONE";  // ends an IDLE: it has no tag of its own
    if (!continued) tag_ = line.substr(0, blank);
    const auto command = continued                    ? line
                         : blank == std::string::npos ? std::string()
                                                      : line.substr(blank + 1);
    if (steps_.empty() || steps_.front().who != ScriptStep::Who::client || steps_.front().bytes != command) {
      // After the server has hung up, the client may still have sent something.
      const bool over = !steps_.empty() && steps_.front().who == ScriptStep::Who::end;
      if (!over) {
        log_.surprises.push_back("the client sent: " + command + "\n  the script expects: " +
                                 (steps_.empty() ? "nothing" : steps_.front().bytes));
      }
      return fail(Exit::unavailable, "the connection was lost while sending");
    }
    steps_.pop_front();
    advance();
  }
  return {};
}

Result<std::optional<std::size_t>> ScriptedStream::receive(std::span<char> into, imap::Deadline deadline) {
  if (sent_ < to_client_.size()) {
    const auto count = std::min({into.size(), to_client_.size() - sent_, piece_bytes_});
    std::memcpy(into.data(), to_client_.data() + sent_, count);
    sent_ += count;
    return std::optional(count);
  }
  if (!steps_.empty() && steps_.front().who == ScriptStep::Who::pause) {
    std::this_thread::sleep_until(deadline);
    steps_.pop_front();
    advance();
    return std::optional<std::size_t>();
  }
  if (!steps_.empty() && steps_.front().who == ScriptStep::Who::end) return std::optional(std::size_t{0});
  if (!steps_.empty() && steps_.front().who == ScriptStep::Who::timeout) {
    return fail(Exit::unavailable, "the server did not answer in time");
  }
  log_.surprises.push_back("the client waits for an answer; the script expects: " +
                           (steps_.empty() ? "nothing" : steps_.front().bytes));
  return fail(Exit::unavailable, "the server did not answer in time");
}

}  // namespace bounced::test
