// Who sits at the keyboard, for the record of what people do.
#pragma once

#include <string>
#include <string_view>

#include "storage/records.hpp"

namespace bounced {

/// The login name of the person: with sudo the one who called it, else the name of the process's user, else
/// "uid 1234". For the record only: sudo's variable can be forged by the user whom it names.
std::string login_name();

/// What that person does at `at`, to be recorded: see ManualAct for the texts.
ManualAct act_by_hand(UnixSeconds at, std::string_view what, std::string why, std::string detail);

}  // namespace bounced
