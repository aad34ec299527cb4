// The front door: any bytes in, a BounceReport out.
//
//   bytes ─► guard ─► mime ─┬─► dsn ── dialects.complete ─┐
//                           ├─► arf                       │
//                           ├─► mdn                       ├─► ReportFields ─► whose address ─► classify ─►
//                           report ├─► automatic mail            │ └─► dialects ─────────────────┘
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parser/bounce_report.hpp"
#include "parser/classify.hpp"
#include "parser/limits.hpp"
#include "parser/verp.hpp"

namespace bounced {

struct ReadOptions {
  ReadLimits limits;
  std::vector<std::string> own_domains;    ///< domains of our side: never an address to act on
  std::vector<std::string> own_addresses;  ///< the return path itself, list owners, …
  std::vector<VerpConvention> verp = builtin_verp_conventions();
  SignedVerpForm signed_verp;              ///< how signed return paths look; they are tried before `verp`
  std::vector<std::string> extra_headers;  ///< fields of the returned mail to keep, by name
  /// The mail exchangers of a domain in lower case, asked for where nothing else tells who wrote a reply;
  /// empty = never asked. Called by any thread that reads.
  std::function<std::vector<std::string>(const std::string& domain)> mx_hosts;
};

/// What each stage saw; only filled for `explain`.
struct ReadTrace {
  std::vector<std::string> lines;         ///< ready to print, one fact each
  std::vector<Explanation> explanations;  ///< one per recipient of the report, in its order
};

class Reader {
 public:
  /// Fails (Exit::config) only on a VERP pattern that RE2 refuses. The classifier must outlive the reader.
  static Result<Reader> make(ReadOptions options, const Classifier& classifier);

  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  /// Total: any bytes, never throws; time linear in the size; thread-safe.
  [[nodiscard]] BounceReport read(std::string_view mail, ReadTrace* trace = nullptr) const;

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One JSON object, schema 1, without a line end. `file` is the path as the user gave it.
std::string report_json(const BounceReport& report, std::string_view file);

/// One JSON object for a verdict (`classify --json`): category, reason, fault, permanence, confidence, rule,
/// decision, confirm, vendor, matched, remedy, remedy_url, retry_after_seconds, and `mapped`, the reason in
/// another system's words, where it is given.
std::string verdict_json(const Verdict& verdict, std::string_view mapped = "");

}  // namespace bounced
