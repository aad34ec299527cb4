// Places where a test kills the program. Only in builds with BOUNCED_FAILPOINTS (presets dev and asan); in
// all others failpoint() is nothing.
//
// BOUNCED_FAILPOINT=name:count ends the process at the count-th time that the place is passed, at once, with
// exit code 86: no destructor runs and nothing is flushed, as with kill -9.
#pragma once

#ifdef BOUNCED_FAILPOINTS
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string_view>
#endif

namespace bounced {

#ifdef BOUNCED_FAILPOINTS
inline void failpoint(std::string_view name) {
  constexpr int killed = 86;
  static std::atomic<int> passed{0};
  const char* wanted = std::getenv("BOUNCED_FAILPOINT");
  if (wanted == nullptr) return;
  const std::string_view setting(wanted);
  const std::size_t colon = setting.find(':');
  if (setting.substr(0, colon) != name) return;
  const int count = colon == std::string_view::npos ? 1 : std::atoi(wanted + colon + 1);
  if (++passed >= count) ::_exit(killed);
}
#else
inline void failpoint(const char*) {}
#endif

}  // namespace bounced
