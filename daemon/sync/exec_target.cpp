// Target "exec": a program of the operator's, told on its standard input. For whatever has a command: Mailman
// 2, Sympa, phpList, scripts (contrib/targets).
#include <unistd.h>

#include <algorithm>

#include "daemon/child_process.hpp"
#include "daemon/http_client.hpp"
#include "daemon/sync/change_json.hpp"
#include "daemon/sync/target_kinds.hpp"

namespace bounced {
namespace {

class ExecTarget final : public Target {
 public:
  ExecTarget(const TargetSettings& settings, std::function<bool()> stop)
      : settings_(settings), stop_(std::move(stop)) {}

  std::vector<SyncReply> deliver(std::span<const OutboxChange> changes) override {
    const SyncReply suppressed = tell(settings_.command, true, changes);
    const SyncReply ended = tell(settings_.undo_command, false, changes);
    std::vector<SyncReply> replies;
    replies.reserve(changes.size());
    for (const OutboxChange& one : changes) replies.push_back(one.suppressed ? suppressed : ended);
    return replies;
  }

  Result<std::string> examine() override {
    for (const auto* command : {&settings_.command, &settings_.undo_command})
      if (!command->empty() && command->front().find('/') != std::string::npos &&
          ::access(command->front().c_str(), X_OK) != 0)
        return fail(Exit::config, target_title(settings_) + ": " + command->front() + " can't be run",
                    "is it there, and executable for the user that runs bounced?");
    return settings_.command.front() + " can be run";
  }

 private:
  /// Runs the command for those of the changes that it is about. One answer holds for all of them.
  SyncReply tell(const std::vector<std::string>& command, bool suppressed,
                 std::span<const OutboxChange> changes) {
    std::string input;
    JsonLine line;
    for (const OutboxChange& one : changes) {
      if (one.suppressed != suppressed) continue;
      if (settings_.input == "json")
        input += change_json(line, one);
      else
        input += one.address + "\n";
    }
    if (input.empty() || command.empty()) return {};
    const auto end = run_child({command,
                                {"BOUNCED_TARGET=" + settings_.name,
                                 std::string("BOUNCED_ACTION=") + (suppressed ? "suppress" : "release")},
                                input,
                                settings_.timeout,
                                stop_});
    const std::string title = target_title(settings_) + ": ";
    if (!end) return {Fate::later, {end.error().exit, title + end.error().message, end.error().hint}};
    const auto& codes = settings_.success_codes;
    const bool good = std::any_of(codes.begin(), codes.end(),
                                  [&](const std::string& code) { return std::stoi(code) == end->code; });
    if (good) return {};
    return {Fate::later,
            {Exit::unavailable,
             title + command.front() + " failed with exit code " + std::to_string(end->code) +
                 (end->complaint.empty() ? "" : ": " + server_words(end->complaint)),
             "run it by hand as the user that runs bounced, or add the code to success_codes"}};
  }

  TargetSettings settings_;
  std::function<bool()> stop_;
};

}  // namespace

MadeTarget make_exec_target(const TargetSettings& settings, std::function<bool()> stop) {
  return std::unique_ptr<Target>(std::make_unique<ExecTarget>(settings, std::move(stop)));
}

}  // namespace bounced
