#include "daemon/login_name.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace bounced {

std::string login_name() {
  const uid_t user = ::getuid();
  const char* before_sudo = std::getenv("SUDO_USER");
  if (user == 0 && before_sudo != nullptr && *before_sudo != '\0') return before_sudo;
  std::array<char, 16384> names{};  // getpwuid_r: sysconf(_SC_GETPW_R_SIZE_MAX) suggests 1024 on Debian
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, names.data(), names.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return "uid " + std::to_string(user);
}

ManualAct act_by_hand(UnixSeconds at, std::string_view what, std::string why, std::string detail) {
  return {0, at, std::string(what), login_name(), std::move(why), std::move(detail)};
}

}  // namespace bounced
