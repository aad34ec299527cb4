#include "daemon/cli/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/plain_text.hpp"

namespace bounced {
namespace {

// Bytes held before a write: large enough that system calls don't count, small beside one mail's limit.
constexpr std::size_t buffer_bytes = 256UL * 1024;
// Width of a page where the terminal doesn't tell: the old standard.
constexpr std::size_t default_columns = 80;

std::size_t columns_of(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : default_columns;
}

/// 0, or the errno of the write that failed.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

Output::Output(int fd) : fd_(fd), is_terminal_(::isatty(fd) == 1), columns_(columns_of(fd)) {}

Output::~Output() { hand_over(); }

void Output::hand_over() {
  if (fault_ == 0) fault_ = write_all(fd_, buffer_);
  buffer_.clear();
}

void Output::write(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= buffer_bytes || (is_terminal_ && buffer_.ends_with('\n'))) hand_over();
}

Result<void> Output::finish() {
  hand_over();
  if (fault_ == 0) return {};
  return fail(Exit::io, std::string("standard output: ") + std::strerror(fault_),
              "what was printed is not complete");
}

void complain(std::string_view line) { write_all(STDERR_FILENO, printable(line) + "\n"); }

void complain(const Error& error) {
  complain("bounced: " + error.message);
  if (!error.hint.empty()) write_all(STDERR_FILENO, "  " + printable(error.hint) + "\n");
}

}  // namespace bounced
