// Bounces that are no RFC 3464 reports. A dialect is an entry of a table in dialects/ (what it is recognised
// by, how its text is laid out); below them all, one reader of free text finds recipients, replies and
// verdict words by place and grammar. That reader does the work for most dialects too: an entry mostly gives
// a name and says what differs.
//
//   MimeTree ──► signals        who sent it, what the header fields say
//           └──► explanation    the text for people, up to where the returned mail begins
//                  └──► phrases, addresses, replies ──► blocks (one a recipient) ──► ReportFields
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "parser/mime.hpp"
#include "parser/report_fields.hpp"

namespace bounced {

/// The dialects, ready for use. Immutable after make(); thread-safe. One object serves all mails (the Reader
/// owns it).
class Dialects {
 public:
  /// Which readers take part; tests switch the named dialects off to see what free text alone is worth.
  enum class Use { all, free_text_only };

  static Dialects make(Use use = Use::all);

  Dialects(Dialects&&) noexcept;
  Dialects& operator=(Dialects&&) noexcept;
  ~Dialects();

  /// Reads a mail that is no RFC 3464 report: the dialects first, then free text. Nothing when the mail is no
  /// bounce (auto-replies, list mail, persons' mail). Total; time linear in ReadLimits::free_text_bytes.
  [[nodiscard]] std::optional<ReportFields> read(const MimeTree& mail, const ReadLimits& limits) const;

  /// Adds to `report`, the RFC 3464 fields of the same mail, what stands only in its text part: recipients
  /// where the machine part names none, diagnostics that it left out. Fields that are there stay as they are.
  void complete(ReportFields& report, const MimeTree& mail, const ReadLimits& limits) const;

  /// Names of all dialects in the order they are tried, for tests and the manual.
  [[nodiscard]] std::vector<std::string_view> names() const;

 private:
  struct Impl;
  explicit Dialects(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace bounced
