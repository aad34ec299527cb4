// Target "file": all suppressions as CSV, JSON Lines or addresses alone, in a file that is replaced whenever
// they change. Written beside it, brought to the disk, renamed: a reader sees the old file or the new one,
// whole.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "daemon/cli/csv.hpp"
#include "daemon/cli/suppression_row.hpp"
#include "daemon/new_file.hpp"
#include "daemon/sync/target_kinds.hpp"

namespace bounced {
namespace {

/// Who may read it is who may read the directory: list managers run as other users.
constexpr mode_t file_mode = 0644;

class FileTarget final : public Target {
 public:
  FileTarget(const TargetSettings& settings, std::function<bool()> stop)
      : title_(target_title(settings)),
        path_(settings.path),
        format_(settings.format),
        stop_(std::move(stop)) {}

  std::vector<SyncReply> deliver(std::span<const OutboxChange> changes) override {
    return same_reply(changes.size(), {Fate::later, {Exit::internal, title_ + " takes a whole state", ""}});
  }

  [[nodiscard]] bool wants_whole_state() const override { return true; }

  bool has_lost_its_state() override {
    struct stat info {};
    return ::stat(path_.c_str(), &info) != 0 && errno == ENOENT;
  }

  Result<void> replace(const StateSource& state) override {
    NewFile file(path_ + ".new", file_mode);
    if (format_ == "csv") file.write(std::string(suppression_csv_heading) + "\r\n");
    bool stopped = false;
    JsonLine line;
    auto read = state([&](const Suppression& one) {
      stopped = stop_();
      return file.write(text_of(one, line)) && !stopped;
    });
    if (!read) return read;
    if (stopped) return fail(Exit::try_again, title_ + ": stopped");
    file.bring_to_disk();
    if (const int fault = file.rename_to(path_); fault != 0) return failure(fault);
    return {};
  }

  Result<std::string> examine() override {
    struct stat info {};
    if (::stat(path_.c_str(), &info) == 0) {
      if (!S_ISREG(info.st_mode)) return fail(Exit::config, title_ + ": " + path_ + " is no regular file");
    } else if (errno != ENOENT) {
      return failure(errno);
    }
    const auto slash = path_.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
    if (::access(directory.c_str(), W_OK) != 0) return failure(errno);
    return path_ + " can be written";
  }

  [[nodiscard]] bool can_be_asked() const override { return true; }

  Result<void> held(const std::function<void(const std::string&)>& each) override {
    std::ifstream file(path_, std::ios::binary);
    if (!file) return fail(Exit::no_input, title_ + ": there is no file " + path_, "bounced sync writes it");
    std::string line;
    for (bool heading = format_ == "csv"; std::getline(file, line); heading = false)
      if (!heading && !line.empty()) each(address_in(line));
    return {};
  }

 private:
  std::string text_of(const Suppression& one, JsonLine& line) const {
    if (format_ == "plain") return one.address + "\n";
    return format_ == "csv" ? suppression_csv(one, "") : std::string(suppression_json(line, one));
  }

  /// The address is what a line begins with, whatever the format, as text_of wrote it.
  [[nodiscard]] std::string address_in(const std::string& line) const {
    if (format_ == "plain") return line;
    if (format_ == "jsonl") {
      constexpr std::string_view head = R"({"address":")";
      std::string address;
      for (std::size_t i = head.size(); i < line.size() && line[i] != '"'; ++i) {
        if (line[i] == '\\') ++i;
        if (i < line.size()) address += line[i];
      }
      return address;
    }
    if (line.front() != '"') return std::string(csv_uncell(std::string_view(line).substr(0, line.find(','))));
    std::string cell;
    for (std::size_t i = 1; i < line.size(); ++i) {
      if (line[i] == '"' && (i + 1 == line.size() || line[++i] != '"')) break;
      cell += line[i];
    }
    return std::string(csv_uncell(cell));
  }

  [[nodiscard]] Failure failure(int fault) const {
    const bool refused = fault == EACCES || fault == EPERM || fault == EROFS;
    return fail(refused ? Exit::no_permission : Exit::io, title_ + ": " + path_ + ": " + std::strerror(fault),
                refused ? "let the user that runs bounced write into its directory" : "");
  }

  std::string title_, path_, format_;
  std::function<bool()> stop_;
};

}  // namespace

MadeTarget make_file_target(const TargetSettings& settings, std::function<bool()> stop) {
  return std::unique_ptr<Target>(std::make_unique<FileTarget>(settings, std::move(stop)));
}

}  // namespace bounced
