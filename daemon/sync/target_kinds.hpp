// The makers of the targets, one for each type, for the table in target.cpp.
#pragma once

#include "daemon/sync/target.hpp"

namespace bounced {

using MadeTarget = Result<std::unique_ptr<Target>>;

MadeTarget make_file_target(const TargetSettings& settings, std::function<bool()> stop);
MadeTarget make_exec_target(const TargetSettings& settings, std::function<bool()> stop);
MadeTarget make_webhook_target(const TargetSettings& settings, std::function<bool()> stop);
MadeTarget make_mailman3_target(const TargetSettings& settings, std::function<bool()> stop);
MadeTarget make_listmonk_target(const TargetSettings& settings, std::function<bool()> stop);
MadeTarget make_mailgun_target(const TargetSettings& settings, std::function<bool()> stop);
MadeTarget make_ses_target(const TargetSettings& settings, std::function<bool()> stop);
MadeTarget make_phplist_target(const TargetSettings& settings, std::function<bool()> stop);
MadeTarget make_mautic_target(const TargetSettings& settings, std::function<bool()> stop);
MadeTarget make_sendy_target(const TargetSettings& settings, std::function<bool()> stop);

}  // namespace bounced
