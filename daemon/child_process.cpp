#include "daemon/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

namespace bounced {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds wait_step{20};          ///< between looks at whether it has ended
constexpr milliseconds stop_step{200};         ///< between looks at whether to stop
constexpr std::size_t complaint_bytes = 4096;  ///< kept of the error output
constexpr std::size_t complaint_shown = 300;

/// An end of a pipe.
class End {
 public:
  End() = default;
  End(const End&) = delete;
  End& operator=(const End&) = delete;
  ~End() { close(); }
  void open(int descriptor) { descriptor_ = descriptor; }
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// Gives an errno, 0 = made.
int make_pipe(End& reading, End& writing) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno;
  reading.open(ends[0]);
  writing.open(ends[1]);
  return 0;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view name = std::string_view(*one).substr(0, std::string_view(*one).find('=') + 1);
    if (std::none_of(added.begin(), added.end(),
                     [&](const std::string& each) { return each.starts_with(name); }))
      all.emplace_back(*one);
  }
  all.insert(all.end(), added.begin(), added.end());
  return all;
}

class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }

  /// Gives an errno, 0 = started.
  int start(const ChildStart& wanted) {
    End child_complaints;
    if (const int fault = make_pipe(child_input_, input_); fault != 0) return fault;
    if (wanted.heard)
      if (const int fault = make_pipe(complaints_, child_complaints); fault != 0) return fault;
    ::fcntl(input_.get(), F_SETFL, O_NONBLOCK);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, child_input_.get(), STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (wanted.heard) posix_spawn_file_actions_adddup2(&actions, child_complaints.get(), STDERR_FILENO);
    sigset_t none, with_default;
    sigemptyset(&none);
    sigemptyset(&with_default);
    sigaddset(&with_default, SIGPIPE);  // which we ignore
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &with_default);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> words = wanted.words, variables = environment_with(wanted.variables);
    const int fault = posix_spawnp(&pid_, words.front().c_str(), &actions, &attributes,
                                   pointers(words).data(), pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (fault != 0) pid_ = -1;
    return fault;
  }

  enum class Outcome : std::uint8_t { ended, late, stopped };

  /// Feeds it, hears its complaints and waits for its end.
  Outcome finish(const ChildStart& wanted, ChildEnd& end) {
    const auto deadline = Clock::now() + wanted.time;
    std::string_view input = wanted.input;
    if (input.empty()) input_.close();
    while (complaints_.get() >= 0 || input_.get() >= 0) {
      if (wanted.stop && wanted.stop()) return Outcome::stopped;
      const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
      if (left.count() <= 0) return Outcome::late;
      std::array<pollfd, 2> ready{{{input_.get(), POLLOUT, 0}, {complaints_.get(), POLLIN, 0}}};
      ::poll(ready.data(), ready.size(), static_cast<int>(std::min(left, stop_step).count()));
      if (ready[0].revents != 0) feed(input);
      if (ready[1].revents != 0) hear(end.complaint);
      // What it started may keep our pipe open when it has gone itself.
      if (ready[1].revents == 0 && has_ended(end)) return Outcome::ended;
    }
    while (!has_ended(end)) {
      if (wanted.stop && wanted.stop()) return Outcome::stopped;
      if (Clock::now() >= deadline) return Outcome::late;
      std::this_thread::sleep_for(wait_step);
    }
    return Outcome::ended;
  }

 private:
  void feed(std::string_view& input) {
    const ssize_t written = ::write(input_.get(), input.data(), input.size());
    if (written > 0) input.remove_prefix(static_cast<std::size_t>(written));
    if (input.empty() || (written < 0 && errno != EINTR && errno != EAGAIN)) input_.close();
  }

  void hear(std::string& complaint) {
    std::array<char, 4096> block{};
    const ssize_t count = ::read(complaints_.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) return complaints_.close();
    const std::size_t room = complaint_bytes - std::min(complaint.size(), complaint_bytes);
    complaint.append(block.data(), std::min(static_cast<std::size_t>(count), room));
  }

  bool has_ended(ChildEnd& end) {
    int status = 0;
    const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
    pid_ = -1;
    constexpr int signal_base = 128;  // as shells have it
    end.signal = WIFEXITED(status) ? 0 : WTERMSIG(status);
    end.code = WIFEXITED(status) ? WEXITSTATUS(status) : signal_base + end.signal;
    return true;
  }

  pid_t pid_ = -1;
  End input_, complaints_;
  End child_input_;  // kept open: a program that ends without reading is no broken pipe for us
};

std::string first_line(const std::string& text) {
  return text.substr(0, std::min(text.find('\n'), complaint_shown));
}

}  // namespace

Result<ChildEnd> run_child(const ChildStart& start) {
  if (start.words.empty()) return fail(Exit::config, "no program is named");
  const std::string& program = start.words.front();
  Child child;
  if (const int fault = child.start(start); fault != 0)
    return fail(fault == ENOENT || fault == EACCES || fault == ENOEXEC ? Exit::config : Exit::unavailable,
                program + " can't be started: " + std::strerror(fault),
                "it is run without a shell: name the program with its whole path");
  ChildEnd end;
  switch (child.finish(start, end)) {
    case Child::Outcome::late:
      return fail(Exit::unavailable,
                  program + " did not end within " +
                      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(start.time).count()) +
                      " s and was killed",
                  "set " + start.time_setting + ", or let it go on in the background");
    case Child::Outcome::stopped:
      return fail(Exit::try_again, program + " was stopped");
    case Child::Outcome::ended:
      break;
  }
  end.complaint = first_line(end.complaint);
  return end;
}

}  // namespace bounced
