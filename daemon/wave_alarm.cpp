#include "daemon/wave_alarm.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds wait_step{20};
/// A pipe takes so much without a reader (POSIX: PIPE_BUF is at least 512; Linux gives 4096).
constexpr std::size_t pipe_takes = 4096;
constexpr std::size_t name_columns = 200;  // a wording in a line of the log

/// The variables of this process, with those of the wave.
std::vector<std::string> environment_for(const Wave& wave) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one)
    if (std::strncmp(*one, "BOUNCED_WAVE", 12) != 0) all.emplace_back(*one);
  all.push_back("BOUNCED_WAVE=" + std::to_string(wave.id));
  all.push_back("BOUNCED_WAVE_KIND=" + std::string(to_string(wave.kind)));
  all.push_back("BOUNCED_WAVE_NAME=" + printable(wave.name));
  all.push_back("BOUNCED_WAVE_COUNT=" + std::to_string(wave.count));
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// A pipe that holds `text` and has no writer any more; -1 when there is none.
int filled_pipe(const std::string& text) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return -1;
  const auto written = ::write(ends[1], text.data(), std::min(text.size(), pipe_takes));
  ::close(ends[1]);
  if (written >= 0) return ends[0];
  ::close(ends[0]);
  return -1;
}

/// Starts the command in a process group of its own. Gives an errno, 0 = started.
int start(const std::vector<std::string>& command, const Wave& wave, int input, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  sigset_t none, with_default;
  sigemptyset(&none);
  sigemptyset(&with_default);
  sigaddset(&with_default, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &with_default);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = command, variables = environment_for(wave);
  const int problem = posix_spawnp(&pid, words.front().c_str(), &actions, &attributes, pointers(words).data(),
                                   pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return problem;
}

/// Waits for the end; false: the time ran out, and all of the group was killed.
bool finished(pid_t pid, std::chrono::milliseconds time, int& status) {
  const auto deadline = Clock::now() + time;
  for (;;) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid || (ended < 0 && errno != EINTR)) return true;
    if (Clock::now() >= deadline) break;
    std::this_thread::sleep_for(wait_step);
  }
  ::kill(-pid, SIGKILL);
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return false;
}

}  // namespace

std::string wave_text(const Wave& wave) {
  const std::string what = cut(printable(wave.name), name_columns);
  const std::string who = wave.kind == WaveKind::provider ? what : "“" + what + "” is said of";
  const std::string many = counted(wave.count, "address", "addresses");
  return who + (wave.kind == WaveKind::provider ? " calls " + many + " dead" : " " + many) + " since " +
         rfc3339(wave.first_at) + " (usual within the window: " + grouped(wave.usual) + " at most): wave " +
         std::to_string(wave.id) + ", held for review";
}

Result<std::vector<Wave>> take_untold(Store& store, Transaction& transaction, UnixSeconds now) {
  auto waves = store.waves("open");
  if (!waves) return waves;
  std::erase_if(*waves, [](const Wave& wave) { return wave.told_at != 0; });
  for (Wave& wave : *waves) {
    wave.told_at = now;
    if (auto put = transaction.put_wave(wave); !put) return fail(put.error());
  }
  return waves;
}

Result<void> run_wave_command(const BreakerSettings& settings, const Wave& wave) {
  if (settings.command.empty()) return {};
  const std::string where = "breaker.command " + settings.command.front();
  const std::string text = wave_text(wave) + "\n\nbounced review show " + std::to_string(wave.id) +
                           "\nbounced review release " + std::to_string(wave.id) +
                           "\nbounced review discard " + std::to_string(wave.id) + "\n";
  const int input = filled_pipe(text);
  if (input < 0) return fail(Exit::unavailable, where + ": no pipe: " + std::strerror(errno));
  pid_t pid = -1;
  const int problem = start(settings.command, wave, input, pid);
  ::close(input);
  if (problem != 0)
    return fail(Exit::unavailable, where + " can't be started: " + std::strerror(problem),
                "it is run without a shell: name the program with its whole path");
  int status = 0;
  if (!finished(pid, settings.command_timeout, status))
    return fail(Exit::unavailable,
                where + " did not end within " + std::to_string(settings.command_timeout.count()) +
                    " s and was killed",
                "set breaker.command_timeout, or let it go on in the background");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail(Exit::unavailable,
              where + " failed with " +
                  (WIFEXITED(status) ? "exit code " + std::to_string(WEXITSTATUS(status))
                                     : "signal " + std::to_string(WTERMSIG(status))),
              "run it by hand as the user that runs bounced");
}

}  // namespace bounced
