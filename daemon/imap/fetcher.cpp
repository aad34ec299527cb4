#include "daemon/imap/fetcher.hpp"

#include <algorithm>
#include <unordered_map>

namespace bounced::imap {
namespace {

/// UIDs searched at once. A reply to it without ESEARCH stays below 220 kB. Doubled while little is found, so
/// that a folder with large gaps is passed in a few steps.
constexpr std::uint64_t first_window_uids = 20'000;
constexpr std::uint64_t largest_window_uids = 1ULL << 32U;
/// Mails whose sizes are asked for at once: 80 bytes a reply.
constexpr std::uint64_t sizes_chunk = 2'000;
constexpr std::uint64_t size_reply_bytes = 1'000;  ///< allowed for one of them
/// RFC 7162 section 4: a command line may have 8,192 bytes.
constexpr std::size_t set_text_bytes = 7'000;
constexpr std::size_t range_text_bytes = 22;  ///< two UIDs, a colon, a comma
/// When the server refuses this many single mails in a row, it is not the mails.
constexpr int refusals_in_a_row = 3;

}  // namespace

Fetcher::Fetcher(Session& session, FetchOptions options)
    : session_(session),
      options_(std::move(options)),
      next_window_(options_.first),
      window_uids_(first_window_uids) {}

std::vector<std::string> Fetcher::take_notes() { return std::exchange(notes_, {}); }

Result<std::vector<FetchedMail>> Fetcher::next() {
  for (;;) {
    auto requested = request_batches(1);
    if (!requested) return fail(requested.error());
    if (requested_.empty()) return std::vector<FetchedMail>{};
    Batch batch = std::move(requested_.front());
    requested_.pop_front();
    auto mails = collect(std::move(batch));
    if (!mails) return mails;
    if (options_.ahead) {
      requested = request_batches(1);
      if (!requested) return fail(requested.error());
    }
    if (!mails->empty()) return mails;
  }
}

Result<void> Fetcher::request_batches(std::size_t count) {
  while (requested_.size() < count) {
    auto more = request_batch();
    if (!more) return fail(more.error());
    if (!*more) break;
  }
  return {};
}

/// False when there is nothing left to request.
Result<bool> Fetcher::request_batch() {
  auto sizes = know_sizes();
  if (!sizes) return fail(sizes.error());
  if (known_.empty()) return false;
  Batch batch;
  std::uint64_t bytes = 0;
  while (!known_.empty() && batch.mails.size() < options_.batch_mails) {
    const Known& mail = known_.front();
    const bool oversized = mail.size > options_.message_bytes;
    if (!oversized) {
      if (!batch.to_fetch.empty() && bytes + mail.size > options_.batch_bytes) break;
      if (batch.to_fetch.ranges().size() >= set_text_bytes / range_text_bytes) break;
      batch.to_fetch.add(mail.uid);
      bytes += mail.size;
    }
    batch.mails.push_back(mail);
    known_.pop_front();
  }
  if (!batch.to_fetch.empty()) {
    // Some servers only estimate sizes, and add what they like: twice the sum, and one mail at the limit.
    auto ticket = session_.begin("UID FETCH " + batch.to_fetch.text() + " (UID BODY.PEEK[])", Wants::bodies,
                                 batch.to_fetch, 2 * bytes + 2 * options_.message_bytes);
    if (!ticket) return fail(ticket.error());
    batch.ticket = *ticket;
  }
  requested_.push_back(std::move(batch));
  auto ahead = request_sizes();
  if (!ahead) return fail(ahead.error());
  return true;
}

/// Fills `known_` for at least one batch, unless the folder has no more.
Result<void> Fetcher::know_sizes() {
  while (known_.size() < options_.batch_mails) {
    auto requested = request_sizes();
    if (!requested) return requested;
    if (!sizes_ticket_) {
      if (all_requested()) break;
      continue;  // the window was empty
    }
    auto collected = collect_sizes();
    if (!collected) return collected;
  }
  return {};
}

/// Sends the request for the next chunk of sizes, when there are less known than one more batch takes.
Result<void> Fetcher::request_sizes() {
  if (sizes_ticket_ || known_.size() >= 2 * options_.batch_mails || all_requested()) return {};
  if (candidates_.empty()) {
    auto searched = search_window();
    if (!searched) return searched;
    if (candidates_.empty()) return {};
  }
  sizes_asked_ = candidates_.take(sizes_chunk);
  UidSet rest = sizes_asked_;
  sizes_asked_ = rest.take_text(set_text_bytes);
  rest.add(candidates_);
  candidates_ = std::move(rest);
  auto ticket = session_.begin("UID FETCH " + sizes_asked_.text() + " (UID RFC822.SIZE INTERNALDATE)",
                               Wants::sizes, sizes_asked_, sizes_asked_.size() * size_reply_bytes);
  if (!ticket) return fail(ticket.error());
  sizes_ticket_ = *ticket;
  return {};
}

Result<void> Fetcher::collect_sizes() {
  auto reply = session_.finish(*sizes_ticket_);
  sizes_ticket_.reset();
  if (!reply) return fail(reply.error());
  if (!reply->ok() && reply->fetched.empty()) {
    return session_.failure(Exit::unavailable,
                            "the server refuses to tell the sizes of mails (" + words_of(reply->status) + ")",
                            "look at the server's log");
  }
  auto& fetched = reply->fetched;
  std::sort(fetched.begin(), fetched.end(),
            [](const FetchData& a, const FetchData& b) { return a.uid < b.uid; });
  for (const auto& item : fetched) {
    if (!known_.empty() && known_.back().uid >= item.uid) continue;  // told twice
    known_.push_back({item.uid, item.size.value_or(0), item.internal_date.value_or(0)});
  }
  return {};
}

Result<void> Fetcher::search_window() {
  const auto first = static_cast<Uid>(next_window_);
  const auto last = static_cast<Uid>(std::min<std::uint64_t>(options_.last, next_window_ + window_uids_ - 1));
  next_window_ = std::uint64_t{last} + 1;
  std::string command = session_.has("ESEARCH") ? "UID SEARCH RETURN (ALL) UID " : "UID SEARCH UID ";
  command += UidSet(UidRange{first, last}).text();
  if (!options_.criteria.empty()) command += " " + options_.criteria;
  auto reply = session_.command(command, Wants::search);
  if (!reply) return fail(reply.error());
  if (!reply->ok()) {
    return session_.failure(Exit::unavailable,
                            "the server refuses to search (" + words_of(reply->status) + ")",
                            "look at the server's log");
  }
  const auto found = reply->found.size();
  if (found > session_.mails()) {
    return session_.failure(Exit::unavailable, "the server found more mails than the folder has",
                            "look at the server's log");
  }
  if (found < first_window_uids / 2) window_uids_ = std::min(window_uids_ * 2, largest_window_uids);
  candidates_ = std::move(reply->found);
  return {};
}

Result<std::vector<FetchedMail>> Fetcher::collect(Batch batch) {
  std::vector<FetchData> fetched;
  if (batch.ticket) {
    auto reply = session_.finish(*batch.ticket);
    if (!reply) return fail(reply.error());
    fetched = std::move(reply->fetched);
    if (!reply->ok()) {
      UidSet have, missing;
      for (const auto& item : fetched) have.add(item.uid);
      for (const auto& mail : batch.mails) {
        if (batch.to_fetch.contains(mail.uid) && !have.contains(mail.uid)) missing.add(mail.uid);
      }
      auto singly = fetch_singly(missing, fetched);
      if (!singly) return fail(singly.error());
    }
  }
  std::unordered_map<Uid, FetchData*> by_uid;
  for (auto& item : fetched) by_uid.emplace(item.uid, &item);
  std::vector<FetchedMail> mails;
  mails.reserve(batch.mails.size());
  for (const auto& known : batch.mails) {
    FetchedMail mail;
    mail.uid_validity = options_.uid_validity;
    mail.uid = known.uid;
    mail.name = options_.mailbox + ":" + std::to_string(known.uid);
    mail.internal_date = known.internal_date;
    mail.size_bytes = known.size;
    mail.oversized = !batch.to_fetch.contains(known.uid);
    if (!mail.oversized) {
      const auto found = by_uid.find(known.uid);
      if (found == by_uid.end()) continue;  // vanished
      FetchData& item = *found->second;
      if (!item.body && !item.body_dropped) {
        notes_.push_back("the server can't read mail " + mail.name + "; it stays where it is");
        continue;
      }
      mail.oversized = item.body_dropped;
      if (item.body_dropped) mail.size_bytes = item.body_size;
      if (item.body) mail.bytes = std::move(*item.body);
    }
    mails.push_back(std::move(mail));
  }
  return mails;
}

/// The server refused the batch: perhaps for one mail of it. Each of `missing` on its own.
Result<void> Fetcher::fetch_singly(const UidSet& missing, std::vector<FetchData>& fetched) {
  int refused_in_a_row = 0;
  std::vector<std::string> notes;
  UidSet rest = missing;
  while (!rest.empty()) {
    const UidSet one = rest.take(1);
    auto ticket = session_.begin("UID FETCH " + one.text() + " (UID BODY.PEEK[])", Wants::bodies, one,
                                 2 * options_.message_bytes);
    if (!ticket) return fail(ticket.error());
    auto reply = session_.finish(*ticket);
    if (!reply) return fail(reply.error());
    if (!reply->ok()) {
      if (++refused_in_a_row >= refusals_in_a_row) {
        return session_.failure(Exit::unavailable,
                                "the server refuses to send mails (" + words_of(reply->status) + ")",
                                "is the folder still there? look at the server's log");
      }
      notes.push_back("the server refuses to send mail " + options_.mailbox + ":" + one.text() + " (" +
                      words_of(reply->status) + "); it stays where it is");
      continue;
    }
    refused_in_a_row = 0;
    for (auto& item : reply->fetched) fetched.push_back(std::move(item));
  }
  for (auto& note : notes) notes_.push_back(std::move(note));
  return {};
}

}  // namespace bounced::imap
