// What holds where the settings file says nothing, as far as it is more than a number.
#include "config/settings_table.hpp"

namespace bounced {

// The domain group wants a dot and no second '=': that keeps SRS (SRS0=hash=tt=domain=local@) and BATV
// (prvs=tag=local@) from being read as VERP. The order is from the most to the least telling form.
const std::vector<VerpForm>& verp_forms() {
  static const std::vector<VerpForm> all{
      {{"mailman", R"((?i)^[^+@]+-bounces\+(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
       "list-bounces+user=example.com@lists.example.org",
       "Mailman 2 and 3"},
      {{"ezmlm", R"((?i)^[^@]+-return-[0-9]+-(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
       "list-return-123-user=example.com@lists.example.org",
       "ezmlm"},
      {{"mlmmj", R"((?i)^[^@]+\+bounces-[0-9]+-(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
       "list+bounces-123-user=example.com@lists.example.org",
       "mlmmj"},
      {{"sympa", R"((?i)^bounce\+(?P<local>[^@]+)==a==(?P<domain>[^=@]+\.[^=@]+)==[^@]+@)"},
       "bounce+user==a==example.com==list@lists.example.org",
       "Sympa"},
      {{"listserv", R"((?i)^owner-[^*@]+\*(?P<local>[^*@]+)\*\*(?P<domain>[^*@]+\.[^*@]+)@)"},
       "owner-list*user**example.com@lists.example.org",
       "LISTSERV"},
      {{"postfix", R"((?i)^owner-[^+@]+\+(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
       "owner-list+user=example.com@lists.example.org",
       "Postfix's own VERP"},
      {{"qmail", R"((?i)^owner-[^-=@+*]+-(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
       "owner-list-user=example.com@lists.example.org",
       "qmail; only for lists without a hyphen in their name, as nothing says where such a name ends"},
      {{"sendgrid", R"((?i)^bounces\+[0-9]+-[0-9a-f]{4}-(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
       "bounces+123-ab12-user=example.com@em.example.org",
       "SendGrid"},
      {{"plus",
        R"((?i)^(?:bounces?|returns?|errors?)[+-](?:[0-9]+-)*(?P<local>[^=@]+)=(?P<domain>[^=@]+\.[^=@]+)@)"},
       "bounces+user=example.com@example.org",
       "many senders, with bounce, bounces, return, returns, error or errors and + or - before the user, and "
       "numbers between them"},
  };
  return all;
}

const std::vector<VerpConvention>& verp_conventions() {
  static const std::vector<VerpConvention> all = [] {
    std::vector<VerpConvention> conventions;
    for (const auto& form : verp_forms()) conventions.push_back(form.convention);
    return conventions;
  }();
  return all;
}

ReadOptions default_reading() {
  ReadOptions reading;
  reading.verp = verp_conventions();
  return reading;
}

Threshold changed(Threshold base, const ThresholdChange& change) {
  const auto& options = threshold_options();
  for (std::size_t i = 0; i < options.size(); ++i)
    if ((change.given & 1U << i) != 0) options[i].set(base, options[i].get(change.values));
  return base;
}

std::map<Reason, Threshold> default_thresholds() {
  using std::chrono::days;
  // An address that is dead is dead at the first strong word of it (SES, MessageGears, CiviCRM "Invalid 1");
  // rules that are easily wrong ask for a second one themselves (`confirm`).
  const Threshold at_once{.count = 1, .distinct_days = 1, .window = days(30)};
  // CiviCRM, Engaging Networks and the Certified Senders Alliance: 3; on distinct days, as one day's mails
  // share one cause.
  // It ends: between Postal's 30 days and the 12 months of Firefox Accounts. What passes may have passed.
  const Threshold soft{.count = 3, .distinct_days = 3, .window = days(30), .expires = days(180)};
  // A full mailbox is often emptied after a holiday: more patience than CiviCRM's and Engaging Networks' 3.
  const Threshold full{.count = 5, .distinct_days = 5, .window = days(30), .expires = days(180)};
  std::map<Reason, Threshold> thresholds;
  for (const auto& row : reason_table) {
    if (row.advice == Advice::suppress) thresholds.emplace(row.reason, at_once);
    if (row.advice == Advice::soft) thresholds.emplace(row.reason, soft);
  }
  thresholds[Reason::mailbox_full] = full;
  return thresholds;
}

}  // namespace bounced
