// suppressions import FILE…: takes over what other systems, or another bounced, don't mail any more.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/suppression_row.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/engine.hpp"
#include "daemon/foreign_suppression.hpp"
#include "daemon/forgetting.hpp"
#include "daemon/login_name.hpp"
#include "daemon/time_text.hpp"
#include "storage/suppression_weight.hpp"

namespace bounced {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string reason, batch;
  bool dry_run = false, json = false;
};

// Addresses of one transaction: the daemon waits for it no longer than for a batch of mails.
constexpr int batch_rows = 5000;

struct Counts {
  std::int64_t records = 0, suppressed = 0, standing = 0, duplicates = 0, left_out = 0, bad = 0;
};

/// A database of its own for a dry run, gone with it: duplicates are found as in earnest, in constant memory.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
  }
  Result<std::unique_ptr<Store>> open() {
    std::error_code fault;
    std::string name = std::filesystem::temp_directory_path(fault) / "bounced-import-XXXXXX";
    if (fault || ::mkdtemp(name.data()) == nullptr)
      return fail(Exit::cant_create,
                  "no temporary directory for the dry run: " + std::string(std::strerror(errno)));
    directory_ = name;
    return open_sqlite_store(directory_ + "/dry-run.db");
  }

 private:
  std::string directory_;
};

/// Puts suppressions into a store, transaction by transaction.
class Importer {
 public:
  /// `known`: in a dry run, the store that is asked and not written to; else null.
  Importer(Store& target, Store* known, ManualAct act)
      : target_(target), known_(known), act_(std::move(act)) {}

  enum class Effect { suppressed, standing, duplicate };
  Result<Effect> take(const Suppression& made) {
    if (!transaction_) {
      auto begun = target_.begin();
      if (!begun) return fail(begun.error());
      transaction_ = *std::move(begun);
    }
    const auto before = standing(made.address);
    if (!before) return fail(before.error());
    const auto forgotten = forgotten_address(known_ == nullptr ? target_ : *known_, made.address);
    if (!forgotten) return fail(forgotten.error());
    if (*forgotten) return Effect::standing;
    if (*before && (*before)->batch == made.batch) return Effect::duplicate;
    if (*before && suppression_weight((*before)->source, (*before)->scope) >=
                       suppression_weight(made.source, made.scope))
      return Effect::standing;
    if (auto done = write(made); !done) return fail(done.error());
    if (++rows_ % batch_rows == 0)
      if (auto done = commit(); !done) return fail(done.error());
    return Effect::suppressed;
  }
  Result<void> commit() {
    if (!transaction_) return {};
    auto done = transaction_->commit();
    transaction_.reset();
    return done;
  }

 private:
  Result<std::optional<Suppression>> standing(const std::string& address) {
    auto found = target_.suppression(address);
    if (!found || *found || known_ == nullptr) return found;
    return known_->suppression(address);
  }
  Result<void> write(const Suppression& made) {
    if (act_.id == 0) {
      const auto id = transaction_->record_act(act_);
      if (!id) return fail(id.error());
      act_.id = *id;
    }
    if (auto done = transaction_->suppress(made); !done) return done;
    return transaction_->note_act(act_.id, made.address);
  }

  Store& target_;
  Store* known_;
  ManualAct act_;
  std::unique_ptr<Transaction> transaction_;
  int rows_ = 0;
};

class FileImport {
 public:
  FileImport(Importer& importer, const ForeignTerms& terms) : importer_(importer), terms_(terms) {}

  Result<void> read(const std::string& file) {
    const int fd = file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
      return fail(errno == EACCES ? Exit::no_permission : Exit::no_input,
                  file + " can't be opened: " + std::strerror(errno));
    std::optional<Error> failure;
    const RecordSink sink{[&](const FileRecord& record) {
                            const auto taken = take(file, record);
                            if (!taken) failure = taken.error();
                            return taken.has_value();
                          },
                          [&](std::int64_t line, const std::string& what) {
                            ++counts_.records;
                            ++counts_.bad;
                            tell(file, line, what);
                          }};
    auto read = read_records(fd, sink);
    if (fd != STDIN_FILENO) ::close(fd);
    if (failure) return fail(*failure);
    if (!read) return fail(read.error().exit, file + ": " + read.error().message, read.error().hint);
    return {};
  }
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  static void tell(const std::string& file, std::int64_t line, const std::string& what) {
    complain("bounced: " + (file == "-" ? "standard input" : file) + ", line " + std::to_string(line) + ": " +
             what);
  }

  Result<void> take(const std::string& file, const FileRecord& record) {
    ++counts_.records;
    const auto read = read_foreign_suppression(record, terms_);
    if (!read) {
      ++counts_.bad;
      tell(file, record.line, read.error().message);
      return {};
    }
    if (!read->made) {
      ++counts_.left_out;
      tell(file, record.line, "left out: " + read->left_out);
      return {};
    }
    const auto effect = importer_.take(*read->made);
    if (!effect) return fail(effect.error());
    counts_.suppressed += *effect == Importer::Effect::suppressed;
    counts_.standing += *effect == Importer::Effect::standing;
    if (*effect != Importer::Effect::duplicate) return {};
    ++counts_.duplicates;
    tell(file, record.line, read->made->address + " has come before in " + terms_.batch);
    return {};
  }

  Importer& importer_;
  const ForeignTerms& terms_;
  Counts counts_;
};

void print_counts(const Options& options, Output& out, const Counts& counts, const std::string& batch) {
  if (options.json) {
    JsonLine line;
    out.write(line.text("batch", batch)
                  .boolean("dry_run", options.dry_run)
                  .number("records", counts.records)
                  .number("suppressed", counts.suppressed)
                  .number("standing", counts.standing)
                  .number("duplicates", counts.duplicates)
                  .number("left_out", counts.left_out)
                  .number("bad", counts.bad)
                  .finish());
    return;
  }
  print_pairs(out,
              {{"batch", batch},
               {"records", std::to_string(counts.records)},
               {options.dry_run ? "would be suppressed" : "suppressed", std::to_string(counts.suppressed)},
               {"suppressed before", std::to_string(counts.standing)},
               {"duplicates", std::to_string(counts.duplicates)},
               {"left out", std::to_string(counts.left_out)},
               {"bad", std::to_string(counts.bad)}});
}

ManualAct act_of(const Options& options, const ForeignTerms& terms) {
  std::string files;
  for (const std::string& file : options.files) files += (files.empty() ? "" : ", ") + file;
  return act_by_hand(terms.now, "import", "", files);
}

Result<Exit> import_into(const Options& options, Session& session, const ForeignTerms& terms, Store& target,
                         Store* known) {
  Importer importer(target, known, act_of(options, terms));
  FileImport work(importer, terms);
  for (const std::string& file : options.files)
    if (const auto done = work.read(file); !done) return fail(done.error());
  if (const auto done = importer.commit(); !done) return fail(done.error());
  print_counts(options, session.out, work.counts(), terms.batch);
  return work.counts().bad > 0 ? Exit::data : Exit::ok;
}

Result<Exit> import_files(const Options& options, Session& session) {
  const auto reason = typed_reason(options.reason);
  if (!reason) return fail(reason.error());
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto classifier = make_classifier(*settings);
  if (!classifier) return fail(classifier.error());
  const UnixSeconds now = now_seconds();
  const ForeignTerms terms{*classifier, *reason,
                           options.batch.empty() ? "import-" + rfc3339(now) : options.batch, now};
  if (!options.dry_run) {
    const auto store = session.writable_store();
    if (!store) return fail(store.error());
    return import_into(options, session, terms, **store, nullptr);
  }
  const auto known = session.store();
  if (!known && known.error().exit != Exit::no_input) return fail(known.error());
  Scratch scratch;
  const auto target = scratch.open();
  if (!target) return fail(target.error());
  return import_into(options, session, terms, **target, known ? known->get() : nullptr);
}

}  // namespace

void declare_suppressions_import(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  command.arguments("FILE", options->files,
                    "CSV, JSON or a plain list: an export of ours, or of SES, SendGrid, Mailgun, Postmark, "
                    "listmonk; - is standard input");
  command.flag("--dry-run", options->dry_run, "only say what would come of it");
  command.text("--reason", "REASON", options->reason, "the reason of all of them, e.g. user_unknown");
  command.text("--batch", "NAME", options->batch, "a name for `bounced undo --batch` (default import-TIME)");
  command.flag("--json", options->json, "the counts as one JSON object");
  command.action([options](Session& session) { return import_files(*options, session); });
}

}  // namespace bounced
