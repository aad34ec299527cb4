// Fetching a secret: from the settings, a file, a command, or systemd.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "config/settings.hpp"

namespace bounced {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t largest_secret = 64U * 1024;  // bytes; OAuth tokens reach some kB
constexpr std::size_t largest_complaint = 200;      // bytes of a command's error output that are repeated
constexpr std::chrono::milliseconds wait_step{10};

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void reset(int number = -1) {
    if (number_ >= 0) ::close(number_);
    number_ = number;
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

/// Reads once. 1: something came, 0: the end, -1: an error.
int read_some(int descriptor, std::string& out) {
  std::array<char, 4096> block{};
  ssize_t count = 0;
  do count = ::read(descriptor, block.data(), block.size());
  while (count < 0 && errno == EINTR);
  if (count > 0) out.append(block.data(), static_cast<std::size_t>(count));
  return count > 0 ? 1 : static_cast<int>(count);
}

std::string first_line(std::string_view text) {
  auto line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

/// Checks a secret that came from `where`: one line, not empty.
Result<std::string> checked(std::string secret, const std::string& where) {
  if (secret.ends_with('\n')) secret.pop_back();
  if (secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) return fail(Exit::config, where + " is empty", "put the password into it, on one line");
  if (secret.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos)
    return fail(Exit::config, where + " holds more than one line",
                "leave only the password in it, on one line");
  return secret;
}

Result<std::string> read_secret_file(const std::string& path, const std::string& where,
                                     const std::string& hint) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  std::string text;
  int more = 1;
  if (file.get() >= 0)
    while (more > 0 && text.size() <= largest_secret) more = read_some(file.get(), text);
  if (file.get() < 0 || more < 0) {
    const int problem = errno;
    const bool refused = problem == EACCES || problem == EPERM;
    return fail(
        refused ? Exit::no_permission : Exit::config, where + ": " + std::strerror(problem),
        refused ? "make it readable for the user that runs bounced (chown), and for nobody else" : hint);
  }
  if (text.size() > largest_secret) return fail(Exit::config, where + " is too large to be a password");
  return checked(std::move(text), where);
}

Result<std::string> read_credential(const std::string& name) {
  const auto where = "credential " + name;
  const std::string hint =
      "add LoadCredential=" + name + ":/path/to/the/password to the unit, and start bounced by systemd";
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0')
    return fail(Exit::config, where + ": $CREDENTIALS_DIRECTORY is not set", hint);
  return read_secret_file(std::string(directory) + "/" + name, where, hint);
}

/// A running command with its output; killed, with all that it started, when it goes out of scope.
class Command {
 public:
  ~Command() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }

  Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  /// Starts /bin/sh -c in a process group of its own, without standard input. Gives an errno, 0 = started.
  int start(const std::string& command) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0) return errno;
    out_.reset(out[0]);
    const Descriptor out_end(out[1]);
    if (::pipe2(err.data(), O_CLOEXEC) != 0) return errno;
    err_.reset(err[0]);
    const Descriptor err_end(err[1]);

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out_end.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, err_end.get(), 2);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    // The daemon ignores SIGPIPE; `pass … | head -n 1` must not.
    sigset_t with_default;
    sigemptyset(&with_default);
    sigaddset(&with_default, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &with_default);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::string text = command;
    std::string shell = "sh";
    std::string flag = "-c";
    const std::array<char*, 4> words{shell.data(), flag.data(), text.data(), nullptr};
    const int problem = posix_spawn(&pid_, "/bin/sh", &actions, &attributes, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (problem != 0) pid_ = -1;
    return problem;
  }

  /// Reads both outputs to their ends and waits. False: the time ran out, or too much came.
  bool finish(std::chrono::milliseconds time, std::string& output, std::string& complaint, int& status) {
    const auto deadline = Clock::now() + time;
    bool out_open = true;
    bool err_open = true;
    while (out_open || err_open) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
      if (left <= 0 || output.size() > largest_secret) return false;
      std::array<pollfd, 2> wait{
          {{out_open ? out_.get() : -1, POLLIN, 0}, {err_open ? err_.get() : -1, POLLIN, 0}}};
      if (::poll(wait.data(), wait.size(), static_cast<int>(left)) < 0 && errno != EINTR) return false;
      if (wait[0].revents != 0) out_open = read_some(out_.get(), output) > 0;
      if (wait[1].revents != 0) err_open = read_some(err_.get(), complaint) > 0;
      if (complaint.size() > largest_secret) complaint.resize(largest_secret);
    }
    return wait_until(deadline, status);
  }

 private:
  bool wait_until(Clock::time_point deadline, int& status) {
    for (;;) {
      const auto ended = ::waitpid(pid_, &status, WNOHANG);
      if (ended == pid_) {
        pid_ = -1;
        return true;
      }
      if ((ended < 0 && errno != EINTR) || Clock::now() >= deadline) return false;
      std::this_thread::sleep_for(wait_step);
    }
  }

  pid_t pid_ = -1;
  Descriptor out_;
  Descriptor err_;
};

Result<std::string> run_command(const std::string& text, std::chrono::milliseconds time) {
  const std::string where = "password_command";
  Command command;
  if (const int problem = command.start(text); problem != 0)
    return fail(Exit::unavailable, where + " can't be started: " + std::strerror(problem));
  std::string output;
  std::string complaint;
  int status = 0;
  if (!command.finish(time, output, complaint, status))
    return fail(Exit::unavailable,
                where + (output.size() > largest_secret
                             ? " wrote more than a password"
                             : " did not end within " + std::to_string(time.count()) + " ms"),
                "run it by hand as the user that runs bounced: it must not ask for anything");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const auto how = WIFEXITED(status) ? "exit code " + std::to_string(WEXITSTATUS(status))
                                       : "signal " + std::to_string(WTERMSIG(status));
    const auto line = first_line(complaint).substr(0, largest_complaint);
    return fail(Exit::unavailable, where + " failed with " + how + (line.empty() ? "" : ": " + line),
                "run it by hand as the user that runs bounced");
  }
  const auto secret = first_line(output);
  if (secret.empty())
    return fail(Exit::config, "the first line of " + where + "'s output is empty",
                "run it by hand: it must write the password on the first line");
  return checked(secret, where + "'s output");
}

}  // namespace

Result<std::string> read_secret(const SecretSource& source, std::chrono::milliseconds time) {
  if (!source.file.empty())
    return read_secret_file(source.file, "password_file " + source.file,
                            "write the password into that file, then chmod 600 it");
  if (!source.command.empty()) return run_command(source.command, time);
  if (!source.credential.empty()) return read_credential(source.credential);
  if (!source.inline_value.empty()) return source.inline_value;
  return fail(Exit::config, "no password is set", "add password_file to the [[mailbox]]");
}

}  // namespace bounced
