// Who sits at the keyboard, for the record of what people do.
#pragma once

#include <string>

namespace bounced {

/// The login name of the person: with sudo the one who called it, else the name of the process's user, else
/// "uid 1234". For the record only: sudo's variable can be forged by the user whom it names.
std::string login_name();

}  // namespace bounced
