#include "daemon/imap/settler.hpp"

#include <algorithm>

namespace bounced::imap {
namespace {

/// Mails worth a command. Dovecot on Maildir, 20,000 mails: 5.1 s in commands of 200, 4.1 s in commands of
/// 2,000 (measured).
constexpr std::uint64_t enough_mails = 2'000;
/// So that a slow trickle of mails is not kept waiting.
constexpr std::chrono::seconds enough_time{5};
/// RFC 7162 section 4: a command line may have 8,192 bytes, of which the folder's name takes some.
constexpr std::size_t set_text_bytes = 7'000;
/// An EXPUNGE for each mail moved, and COPYUID with two sets.
constexpr std::uint64_t answer_bytes_per_mail = 100;

}  // namespace

Settler::Settler(Session& session, const MailboxSettings& settings, FlagSupport flags)
    : session_(session),
      settings_(settings),
      support_(flags),
      move_works_(session.has("MOVE")),
      uidplus_works_(session.has("UIDPLUS")) {}

Way Settler::way(Disposal disposal) const {
  switch (settings_.after_read) {
    case AfterRead::leave:
      return Way::leave;
    case AfterRead::flag:
      return Way::flag;
    case AfterRead::remove:
      if (!uidplus_works_) return Way::flag;
      // What was not understood is for a person to look at.
      if (disposal == Disposal::processed) return Way::remove;
      break;
    case AfterRead::move:
      break;
  }
  if (move_works_) return Way::move;
  return uidplus_works_ ? Way::copy : Way::flag;
}

std::vector<std::string> Settler::notes() const {
  std::vector<std::string> notes;
  const bool flags = way(Disposal::processed) == Way::flag;
  if (flags && settings_.after_read == AfterRead::move) {
    notes.emplace_back("the server has neither MOVE nor UIDPLUS: mails are flagged and stay in the folder");
  }
  if (flags && settings_.after_read == AfterRead::remove) {
    notes.emplace_back("the server has no UIDPLUS: mails are flagged and stay in the folder");
  }
  if (flags && !support_.keyword) {
    notes.push_back("the folder does not keep the keyword " + settings_.keyword +
                    ": which mails were read is known from the database alone");
  }
  return notes;
}

/// Processed mails also count as read; quarantined ones get a flag that mail programs show.
std::string Settler::flags(Disposal disposal) const {
  std::string flags;
  const auto add = [&flags](bool wanted, const std::string& flag) {
    if (wanted) flags += (flags.empty() ? "" : " ") + flag;
  };
  add(support_.keyword, settings_.keyword);
  add(support_.seen && disposal == Disposal::processed, "\\Seen");
  add(support_.flagged && disposal == Disposal::quarantined, "\\Flagged");
  return flags;
}

Result<void> Settler::look_for_folders() {
  for (const auto disposal : {Disposal::processed, Disposal::unrecognised, Disposal::quarantined}) {
    if (way(disposal) != Way::move && way(disposal) != Way::copy) continue;
    const auto name = session_.folder(folder_for(settings_, disposal));
    if (folder_exists_.contains(name)) continue;
    auto entries = session_.list(name);
    if (!entries) return fail(entries.error());
    folder_exists_[name] = std::any_of(entries->begin(), entries->end(), [](const ListEntry& entry) {
      return std::none_of(entry.attributes.begin(), entry.attributes.end(), [](const std::string& attribute) {
        return attribute == "\\NonExistent" || attribute == "\\Noselect" || attribute == "\\NoSelect";
      });
    });
  }
  return {};
}

Result<void> Settler::settle(const std::vector<Settlement>& settlements) {
  if (settlements.empty()) return {};
  if (settings_.after_read == AfterRead::leave) {
    confirmed_ += settlements.size();
    return {};
  }
  if (collected_mails_ == 0) oldest_ = std::chrono::steady_clock::now();
  for (const auto& settlement : settlements)
    collected_[static_cast<std::size_t>(settlement.disposal)].add(settlement.uid);
  collected_mails_ += settlements.size();
  if (collected_mails_ < enough_mails && std::chrono::steady_clock::now() - oldest_ < enough_time) return {};
  return send_collected();
}

Result<void> Settler::finish() {
  auto sent = send_collected();
  if (!sent) return sent;
  return collect_answers();
}

/// Earlier answers first: a server that refuses is not sent more.
Result<void> Settler::send_collected() {
  auto answered = collect_answers();
  if (!answered) return answered;
  collected_mails_ = 0;
  for (std::size_t i = 0; i < collected_.size(); ++i) {
    const auto disposal = static_cast<Disposal>(i);
    while (!collected_[i].empty()) {
      auto sent = send(disposal, way(disposal), collected_[i].take_text(set_text_bytes));
      if (!sent) return sent;
    }
  }
  return {};
}

Result<void> Settler::send(Disposal disposal, Way way, UidSet uids) {
  const auto set = uids.text();
  std::string command;
  switch (way) {
    case Way::leave:
      return {};
    case Way::remove: {
      const auto count = uids.size();
      auto removed = remove(uids);
      if (removed) confirmed_ += count;
      return removed;
    }
    case Way::flag: {
      const auto words = flags(disposal);
      if (words.empty()) {
        confirmed_ += uids.size();
        return {};
      }
      command = "UID STORE " + set + " +FLAGS.SILENT (" + words + ")";
      break;
    }
    case Way::move:
    case Way::copy: {
      const auto folder = session_.folder(folder_for(settings_, disposal));
      const auto name = quoted(folder);
      if (!name)
        return session_.failure(Exit::config, "a folder's name has a line end in it",
                                "check the folders in the settings");
      if (!folder_exists_[folder]) {
        auto made = make_folder(folder);
        if (!made) return made;
      }
      command = (way == Way::move ? "UID MOVE " : "UID COPY ") + set + " " + *name;
      break;
    }
  }
  const auto answer_bytes = uids.size() * answer_bytes_per_mail;
  auto ticket = session_.begin(command, Wants::copied, {}, answer_bytes);
  if (!ticket) return fail(ticket.error());
  sent_.push_back({way, disposal, std::move(uids), *ticket});
  return {};
}

Result<void> Settler::collect_answers() {
  while (!sent_.empty()) {
    const Sent sent = std::move(sent_.front());
    sent_.erase(sent_.begin());
    auto collected = collect(sent);
    if (!collected) return collected;
  }
  return {};
}

Result<void> Settler::collect(const Sent& sent) {
  auto reply = session_.finish(sent.ticket);
  if (!reply) return fail(reply.error());
  if (!reply->ok()) return refused(sent, reply->status);
  if (sent.way == Way::copy) {
    auto removed = remove_copied(sent, *reply);
    if (!removed) return removed;
  }
  confirmed_ += sent.uids.size();
  return {};
}

/// A refusal that another way gets around: a missing folder is made; a server that offers MOVE but does not
/// understand it is asked to copy.
Result<void> Settler::refused(const Sent& sent, const Status& status) {
  const auto folder = session_.folder(folder_for(settings_, sent.disposal));
  const bool to_folder = sent.way == Way::move || sent.way == Way::copy;
  if (to_folder && (status.code == "TRYCREATE" || status.code == "NONEXISTENT")) {
    auto made = make_folder(folder);
    if (!made) return made;
    auto again = send(sent.disposal, sent.way, sent.uids);
    if (!again) return again;
    Sent second = std::move(sent_.back());
    sent_.pop_back();
    auto reply = session_.finish(second.ticket);
    if (!reply) return fail(reply.error());
    if (!reply->ok()) return cannot(sent, reply->status);
    if (sent.way == Way::copy) {
      auto removed = remove_copied(sent, *reply);
      if (!removed) return removed;
    }
    confirmed_ += sent.uids.size();
    return {};
  }
  if (status.word == StatusWord::bad && to_folder) {
    (sent.way == Way::move ? move_works_ : uidplus_works_) = false;
    late_notes_.push_back(
        std::string("the server does not understand UID ") + (sent.way == Way::move ? "MOVE" : "COPY") +
        " (" + words_of(status) +
        "): " + (way(sent.disposal) == Way::copy ? "mails are copied and removed" : "mails are flagged"));
    return send(sent.disposal, way(sent.disposal), sent.uids);
  }
  return cannot(sent, status);
}

Failure Settler::cannot(const Sent& sent, const Status& status) const {
  const bool to_folder = sent.way == Way::move || sent.way == Way::copy;
  const std::string what = to_folder
                               ? "mails can't be moved to folder " + folder_for(settings_, sent.disposal)
                               : std::string("mails can't be flagged");
  auto exit = Exit::unavailable;
  std::string hint = "nothing is lost: they are settled at the next pass";
  if (status.code == "OVERQUOTA") {
    exit = Exit::try_again;
    hint = "the account is full: empty " + folder_for(settings_, sent.disposal) + " or raise the quota";
  } else if (status.code == "NOPERM") {
    exit = Exit::no_permission;
    hint = "give the account the right to do so, or set after_read to what it may do (\"flag\", \"leave\")";
  }
  return session_.failure(exit, what + " (" + words_of(status) + ")", hint);
}

/// Only mails that were copied are removed: those of COPYUID, where the server tells it.
Result<void> Settler::remove_copied(const Sent& sent, const Reply& reply) {
  auto copied = read_copy_uid(reply.status);
  for (const auto& status : reply.codes) {
    if (!copied) copied = read_copy_uid(status);
  }
  if (!copied) return remove(sent.uids);
  UidSet both;
  for (const auto& range : copied->source.ranges()) {
    for (const auto& own : sent.uids.ranges()) {
      const UidRange common{std::max(range.first, own.first), std::min(range.last, own.last)};
      if (common.first <= common.last) both.add(common);
    }
  }
  return both.empty() ? Result<void>{} : remove(both);
}

Result<void> Settler::remove(const UidSet& uids) {
  const auto set = uids.text();
  auto marked = session_.command("UID STORE " + set + " +FLAGS.SILENT (\\Deleted)", Wants::nothing);
  if (!marked) return fail(marked.error());
  if (!marked->ok()) {
    return session_.failure(marked->status.code == "NOPERM" ? Exit::no_permission : Exit::unavailable,
                            "mails can't be marked as deleted (" + words_of(marked->status) + ")",
                            "give the account the right to delete mails, or set after_read = \"flag\"");
  }
  auto removed = session_.command("UID EXPUNGE " + set, Wants::nothing);
  if (!removed) return fail(removed.error());
  if (!removed->ok()) {
    return session_.failure(removed->status.code == "NOPERM" ? Exit::no_permission : Exit::unavailable,
                            "mails can't be removed (" + words_of(removed->status) + ")",
                            "give the account the right to remove mails, or set after_read = \"flag\"");
  }
  return {};
}

Result<void> Settler::make_folder(const std::string& name) {
  auto status = session_.create(name);
  if (!status) return fail(status.error());
  if (status->word != StatusWord::ok) {
    return session_.failure(
        status->code == "OVERQUOTA" ? Exit::try_again : Exit::config,
        "folder " + from_modified_utf7(name) + " can't be made (" + words_of(*status) + ")",
        "make it by hand, or name another one in the settings (processed_folder, unrecognised_folder, "
        "quarantine_folder)");
  }
  folder_exists_[name] = true;
  return {};
}

}  // namespace bounced::imap
