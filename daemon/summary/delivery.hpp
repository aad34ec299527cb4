// Sending the pages of nights: each once by each way, across crashes and whoever else sends.
//
//   claim (committed) ─► mail, file or command ─► confirm (committed)
//
// Who sends holds a lock meanwhile that ends with its process: a claim that is there when another one gets
// the lock means a crash, or a server that took the mail and did not say so: such a page is sent once more,
// as the same mail (Message-ID), and then left alone. A failure that is one for sure gives the claim back,
// and is tried again later and later.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "daemon/summary/schedule.hpp"
#include "parser/result.hpp"
#include "storage/store.hpp"

namespace bounced {

/// A page in the forms that the settings want, ready to go.
struct Page {
  Night night;
  std::string message_id;
  std::string text, html, json;  ///< "" = not wanted
  std::string message;           ///< the mail
};

/// One way out. What it gives back: sent, or not for sure.
struct WayEnd {
  bool sent = false;
  bool uncertain = false;
  Error error;
};
struct Way {
  std::string name;  ///< "mail", "file", "command"
  std::function<WayEnd(const Page&)> carry_out;
};

/// The ways of the settings. `stop` ends a way that is under way.
std::vector<Way> ways_of(const SummarySettings& settings, const std::function<bool()>& stop);

/// What became of a night by one way.
struct SendResult {
  std::string night, way;
  enum class What : std::uint8_t {
    sent,
    already,
    busy,
    later,
    failed,
    uncertain,
    given_up
  } what = What::sent;
  Error error;               ///< of failed and uncertain
  UnixSeconds again_at = 0;  ///< of failed and later
  bool once_more = false;    ///< it may have been sent before: nobody had confirmed it
};
/// "the summary of 2026-03-02 is sent (mail)": one line for people.
std::string sentence(const SendResult& result);

/// What a delivery needs of the world; tests give another one.
struct SendingWorld {
  std::function<UnixSeconds()> now;
  std::vector<Way> ways;
  /// Keeps others from sending as long as what it gives lives; Exit::try_again when another one is at it.
  std::function<Result<std::shared_ptr<void>>()> lock;
  bool even_early = false;  ///< also before a failure's pause is over
};

/// Sends one night by every way that has not sent it. An error is one of the store or the figures; a way that
/// fails is a result.
Result<std::vector<SendResult>> send_night(Store& store, const SummarySettings& settings, const Night& night,
                                           const SendingWorld& world);

/// The nights that are to be sent, oldest first: the last one, and those that were missed since the newest
/// that is known, nights_made_up at most in all. On a database that never sent, the last one alone.
Result<std::vector<Night>> nights_due(Store& store, const SummarySettings& settings, UnixSeconds now);
inline constexpr std::size_t nights_made_up = 3;

/// Notes on a database that never sent that the last night needs no sending: `run` begins with the next one.
Result<void> begin_with_the_next(Store& store, const SummarySettings& settings, UnixSeconds now);

/// How long to leave a way alone after so many failures: 5 minutes, doubled up to 2 hours.
UnixSeconds sending_pause(int failures);

/// Claims of which nobody knows whether they were carried out, before a page is given up.
inline constexpr int claims_at_most = 2;

/// SendingWorld::lock for the processes that use a database.
std::function<Result<std::shared_ptr<void>>()> sending_lock(const std::string& database_path);

/// The figures of a range with what the settings add: the mails sent, and sync targets that fail now.
Result<RunSummary> figures_of(Store& store, const SummarySettings& settings, UnixSeconds from,
                              UnixSeconds until);

}  // namespace bounced
