#include "daemon/imap/mailbox.hpp"

#include <algorithm>
#include <array>

#include "parser/text.hpp"

namespace bounced::imap {
namespace {

/// Folders named in the hint about a missing one.
constexpr std::size_t folders_shown = 8;

/// RFC 9051 7.1: without PERMANENTFLAGS all flags are kept; "\*" stands for any new keyword.
FlagSupport flag_support(const Selected& selected, const std::string& keyword) {
  if (!selected.permanent_flags_told) return {true, true, true};
  const auto kept = [&selected](const std::string& flag) {
    return std::any_of(selected.permanent_flags.begin(), selected.permanent_flags.end(),
                       [&flag](const std::string& f) { return same_word(f, flag); });
  };
  return {kept("\\*") || kept(keyword), kept("\\Seen"), kept("\\Flagged")};
}

/// RFC 9051 flag-keyword: an atom.
bool is_keyword(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
  });
}

}  // namespace

ImapMailbox::ImapMailbox(MailboxSettings settings, const ReadLimits& limits, MailboxUrl url,
                         std::function<bool()> stop, Connector connector)
    : settings_(std::move(settings)),
      limits_(limits),
      url_(std::move(url)),
      stop_(std::move(stop)),
      connector_(std::move(connector)) {}

Result<MailboxState> ImapMailbox::open(MailboxCursor cursor) {
  fetcher_.reset();
  settler_.reset();
  session_.reset();
  cursor_ = cursor;
  delivered_ = 0;
  last_delivered_ = 0;
  if (!is_keyword(settings_.keyword)) {
    return fail(Exit::config,
                "mailbox " + settings_.name + ": keyword \"" + settings_.keyword + "\" is no IMAP keyword",
                "use letters, digits, \"$\", \"-\" and \"_\"");
  }
  auto session = open_session(settings_, url_, limits_, stop_, connector_);
  if (!session) return fail(session.error());
  session_ = *std::move(session);
  auto selected = select_folder();
  if (!selected) return fail(selected.error());
  auto last = highest_uid(*selected);
  if (!last) return fail(last.error());

  if (cursor_.uid_validity != selected->uid_validity) cursor_ = {selected->uid_validity, 0};
  const auto flags = flag_support(*selected, settings_.keyword);
  settler_.emplace(*session_, settings_, flags);
  auto looked = settler_->look_for_folders();
  if (!looked) return fail(looked.error());

  const auto way = settler_->way(Disposal::processed);
  const bool cursor_decides = way == Way::leave || (way == Way::flag && !flags.keyword);
  FetchOptions options;
  options.mailbox = settings_.name;
  options.uid_validity = selected->uid_validity;
  options.first = cursor_decides && cursor_.last_uid < *last ? cursor_.last_uid + 1 : 1;
  options.last = cursor_decides && cursor_.last_uid >= *last ? 0 : *last;
  if (way != Way::leave && flags.keyword) options.criteria = "UNKEYWORD " + settings_.keyword;
  options.batch_mails = static_cast<std::size_t>(std::max(settings_.batch_mails, 1));
  options.batch_bytes = settings_.batch_bytes;
  options.message_bytes = limits_.message_bytes;
  options.ahead = !is_disabled(settings_, "PIPELINING");
  fetcher_.emplace(*session_, std::move(options));

  MailboxState state;
  state.uid_validity = selected->uid_validity;
  state.mails = selected->mails;
  state.notes = settler_->notes();
  return state;
}

Result<Selected> ImapMailbox::select_folder() {
  const bool leave = settings_.after_read == AfterRead::leave;
  auto result = session_->select(session_->folder(url_.folder), leave);
  if (!result) return fail(result.error());
  if (!result->selected) return no_folder(result->refused);
  if (result->selected->read_only && !leave) {
    return session_->failure(Exit::no_permission,
                             "folder " + url_.folder + " is read-only for user " + settings_.user,
                             "give the account write access, or set after_read = \"leave\"");
  }
  return std::move(*result->selected);
}

/// SELECT was refused. RFC 5530 tells whether that will pass.
Failure ImapMailbox::no_folder(const Status& status) {
  const std::string folder = "folder " + url_.folder;
  const auto words = " (" + words_of(status) + ")";
  constexpr std::array<std::string_view, 5> passing{"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG",
                                                    "CORRUPTION"};
  if (status.word == StatusWord::bad ||
      std::find(passing.begin(), passing.end(), status.code) != passing.end()) {
    return session_->failure(Exit::unavailable, folder + " can't be opened now" + words,
                             "look at the server's log");
  }
  if (status.code == "NOPERM") {
    return session_->failure(Exit::no_permission,
                             folder + " may not be opened by user " + settings_.user + words,
                             "give the account the right to read it");
  }
  std::string hint = "check the folder in `url`";
  if (auto entries = session_->list("*"); entries && !entries->empty()) {
    hint += "; the account has";
    for (std::size_t i = 0; i < std::min(entries->size(), folders_shown); ++i) {
      hint += (i == 0 ? " " : ", ") + from_modified_utf7((*entries)[i].name);
    }
    if (entries->size() > folders_shown) hint += ", …";
  }
  return session_->failure(Exit::config, folder + " does not exist" + words, hint);
}

/// What this pass reads up to: mails that come later are for the next one. 0 for an empty folder.
Result<Uid> ImapMailbox::highest_uid(const Selected& selected) {
  if (selected.mails == 0) return Uid{0};
  if (selected.uid_next != 0) return selected.uid_next - 1;
  auto ticket =
      session_->begin("UID FETCH * (UID RFC822.SIZE)", Wants::sizes, UidSet(UidRange{1, 0xFFFFFFFFU}));
  if (!ticket) return fail(ticket.error());
  auto reply = session_->finish(*ticket);
  if (!reply) return fail(reply.error());
  Uid last = 0;
  for (const auto& item : reply->fetched) last = std::max(last, item.uid);
  return last;
}

Result<std::vector<FetchedMail>> ImapMailbox::next_batch() {
  if (!fetcher_) return fail(Exit::internal, "mailbox " + settings_.name + " is not open");
  auto mails = fetcher_->next();
  if (!mails) return mails;
  if (mails->empty()) {
    auto settled = settler_->finish();
    if (!settled) return fail(settled.error());
    advance_cursor();
    return mails;
  }
  delivered_ += mails->size();
  last_delivered_ = mails->back().uid;
  return mails;
}

Result<void> ImapMailbox::settle(const std::vector<Settlement>& settlements) {
  if (!settler_) return fail(Exit::internal, "mailbox " + settings_.name + " is not open");
  auto settled = settler_->settle(settlements);
  advance_cursor();
  return settled;
}

/// Only when nothing handed out is still unsettled.
void ImapMailbox::advance_cursor() {
  if (delivered_ > 0 && settler_->confirmed() == delivered_)
    cursor_.last_uid = std::max(cursor_.last_uid, last_delivered_);
}

std::vector<std::string> ImapMailbox::take_notes() {
  std::vector<std::string> notes;
  if (fetcher_) notes = fetcher_->take_notes();
  if (settler_) {
    for (auto& note : settler_->take_notes()) notes.push_back(std::move(note));
  }
  return notes;
}

Result<void> ImapMailbox::close() {
  if (!session_) return {};
  Result<void> settled;
  if (settler_ && !session_->broken()) {
    settled = settler_->finish();
    advance_cursor();
  }
  static_cast<void>(session_->logout());  // the mails are settled: a server that hangs up early does no harm
  fetcher_.reset();
  settler_.reset();
  session_.reset();
  return settled;
}

}  // namespace bounced::imap
