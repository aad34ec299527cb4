#include "daemon/line_reader.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bounced {
namespace {

// Bytes asked of one read(2): most bounces fit into it whole.
constexpr std::size_t buffer_bytes = 64UL * 1024;

}  // namespace

/// Moves what is left to the front and reads behind it. False when nothing was added.
bool LineReader::fill() {
  if (buffer_.empty()) buffer_.resize(buffer_bytes);
  if (at_end_ || end_ - begin_ == buffer_.size()) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  ssize_t got = 0;
  do {
    got = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) {
    if (got < 0) fault_ = errno;
    at_end_ = true;
    return false;
  }
  end_ += static_cast<std::size_t>(got);
  bytes_read_ += static_cast<std::uint64_t>(got);
  return true;
}

bool LineReader::next(std::string_view& piece) {
  std::size_t looked_at = 0;
  for (;;) {
    const std::string_view held(buffer_.data() + begin_, end_ - begin_);
    const auto line_end = held.find('\n', looked_at);
    if (line_end != held.npos) {
      piece = held.substr(0, line_end + 1);
      begin_ += piece.size();
      return true;
    }
    looked_at = held.size();
    if (!fill()) break;
  }
  piece = {buffer_.data() + begin_, end_ - begin_};
  begin_ = end_;
  return !piece.empty();
}

bool LineReader::next_block(std::string_view& block) {
  if (begin_ == end_) fill();
  block = {buffer_.data() + begin_, end_ - begin_};
  begin_ = end_;
  return !block.empty();
}

std::string_view LineReader::peek(std::size_t size) {
  while (end_ - begin_ < size && fill()) {
  }
  return std::string_view(buffer_.data() + begin_, end_ - begin_).substr(0, size);
}

}  // namespace bounced
