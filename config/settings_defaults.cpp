// What holds where the settings file says nothing, as far as it is more than a number.
#include "config/settings.hpp"

namespace bounced {

// The domain group wants a dot and no second '=': that keeps SRS (SRS0=hash=tt=domain=local@) and BATV
// (prvs=tag=local@) from being read as VERP.
const std::vector<VerpConvention>& verp_conventions() {
  static const std::vector<VerpConvention> all{
      // list-bounces+user=example.org@ours (Mailman 2 and 3, verp_format)
      {"mailman", R"((?i)^[^+@]+-bounces\+(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
      // list-return-123-user=example.org@ours (ezmlm)
      {"ezmlm", R"((?i)^[^@]+-return-[0-9]+-(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
      // list+bounces-123-user=example.org@ours (mlmmj)
      {"mlmmj", R"((?i)^[^@]+\+bounces-[0-9]+-(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
      // bounce+user==a==example.org==list@ours (Sympa)
      {"sympa", R"((?i)^bounce\+(?P<local>[^@]+)==a==(?P<domain>[^=@]+\.[^=@]+)==[^@]+@)"},
      // owner-list*user**example.org@ours (LISTSERV)
      {"listserv", R"((?i)^owner-[^*@]+\*(?P<local>[^*@]+)\*\*(?P<domain>[^*@]+\.[^*@]+)@)"},
      // owner-list+user=example.org@ours (Postfix VERP_README, default_verp_delimiters = +=)
      {"postfix", R"((?i)^owner-[^+@]+\+(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
      // owner-list-user=example.org@ours (qmail-verh, Majordomo); only lists without a hyphen in their name,
      // as
      // nothing says where a name with one ends
      {"qmail", R"((?i)^owner-[^-=@+*]+-(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
      // bounces+123-ab12-user=example.org@ours (SendGrid)
      {"sendgrid", R"((?i)^bounces\+[0-9]+-[0-9a-f]{4}-(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
      // bounce+user=example.org@ours, bounces-user=example.org@ours, return+user=example.org@ours
      {"plus", R"((?i)^(?:bounces?|returns?|errors?)[+-](?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
  };
  return all;
}

ReadOptions default_reading() {
  ReadOptions reading;
  reading.verp = verp_conventions();
  return reading;
}

std::map<Reason, Threshold> default_thresholds() {
  using std::chrono::days;
  // An address that is dead is dead at the first strong word of it (SES, MessageGears, CiviCRM "Invalid 1");
  // rules that are easily wrong ask for a second one themselves (`confirm`).
  const Threshold at_once{.count = 1, .distinct_days = 1, .window = days(30)};
  // CiviCRM, Engaging Networks and the Certified Senders Alliance: 3; on distinct days, as one day's mails
  // share one cause.
  const Threshold soft{.count = 3, .distinct_days = 3, .window = days(30)};
  // A full mailbox is often emptied after a holiday: more patience than CiviCRM's and Engaging Networks' 3.
  const Threshold full{.count = 5, .distinct_days = 5, .window = days(30)};
  std::map<Reason, Threshold> thresholds;
  for (const auto& row : reason_table) {
    if (row.advice == Advice::suppress) thresholds.emplace(row.reason, at_once);
    if (row.advice == Advice::soft) thresholds.emplace(row.reason, soft);
  }
  thresholds[Reason::mailbox_full] = full;
  return thresholds;
}

}  // namespace bounced
