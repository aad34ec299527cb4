// Whose address a report is about: the one that *we* sent to, which forwarding makes differ from the one that
// failed. VERP > Original-Recipient > what the returned mail says beyond doubt > Final-Recipient.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "parser/mime.hpp"
#include "parser/report_fields.hpp"

namespace bounced {

/// Addresses of our side. `configured` ones are never an address to act on; `seen` ones (the sender of the
/// returned mail, the mailbox that got the bounce) are never *guessed* to be one, but a report may name them:
/// people write to themselves.
class OwnSide {
 public:
  OwnSide(const std::vector<std::string>& domains, const std::vector<std::string>& addresses);

  [[nodiscard]] bool is_configured(std::string_view normal) const;
  [[nodiscard]] bool is_ours(std::string_view normal) const;
  void add_seen(std::string_view field_value);

 private:
  std::unordered_set<std::string> domains_;
  std::unordered_set<std::string> addresses_;
  std::unordered_set<std::string> seen_;
};

/// The outcome for one recipient, with the reason for `explain`.
struct AddressFound {
  std::string address;       ///< normal form; "" when nobody can be named
  std::string_view because;  ///< "VERP", "Original-Recipient", "returned mail", "Final-Recipient", …
};

/// Resolves the recipients of one report; for one thread.
class WhoseAddress {
 public:
  /// `verp` is what the bounce's envelope recipient decodes to, or "".
  WhoseAddress(OwnSide own, const MimeTree& mail, const HeaderFields& returned, std::string verp);

  /// `recipients` is how many the report has: what the returned mail says of its one recipient can't be told
  /// apart when there are more.
  [[nodiscard]] AddressFound find(const RecipientFields& fields, std::size_t recipients) const;

 private:
  [[nodiscard]] std::string without_id(const std::string& decoded, const std::string& original,
                                       const std::string& final_address) const;
  [[nodiscard]] bool is_known(std::string_view normal) const;
  [[nodiscard]] std::string usable(std::string_view written) const;
  [[nodiscard]] std::string forwarded_from(std::string_view final_address) const;
  [[nodiscard]] std::string with_local_name(std::string_view name) const;
  [[nodiscard]] std::unordered_map<std::string, std::string> addresses_by_local_part() const;

  OwnSide own_;
  const MimeTree& mail_;
  std::string verp_;
  std::vector<std::string> failed_;        ///< X-Failed-Recipients of the bounce
  std::vector<std::string> returned_to_;   ///< To and Cc of the returned mail
  std::unordered_set<std::string> known_;  ///< the same, for look-ups
  std::vector<std::string> delivered_to_;  ///< Delivered-To, X-Original-To of the returned mail
  std::string single_to_;                  ///< its only recipient, if it is no list mail
  /// Made when the first local name turns up; "" for a local part that several addresses have.
  mutable std::optional<std::unordered_map<std::string, std::string>> by_local_part_;
};

}  // namespace bounced
