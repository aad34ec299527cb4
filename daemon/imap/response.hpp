// What an IMAP server says, as values (RFC 9051 section 7, RFC 3501, and the extensions named below).
//
//   bytes ──► ResponseReader ──► RawResponse ──► read_response ──► Response
//             (lines, literals)  (one response)  (typed, total)
//
// Pure and total: any bytes in, values or a named fault out, time linear in size, memory bounded by
// ResponseLimits. A literal is copied once, from the network buffer into the string that becomes the mail.
// What a server says that is not understood comes back as Other and is nobody's fault; only what breaks the
// framing (a line without end, an impossible literal) is an error, because nothing after it can be trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/imap/folder_name.hpp"
#include "daemon/imap/uid_set.hpp"
#include "parser/result.hpp"

namespace bounced::imap {

struct ResponseLimits {
  /// Bytes of one response without its literals. SEARCH lists are the longest: 700,000 UIDs of eleven bytes.
  std::size_t text_bytes = 8U * 1024 * 1024;
  /// Bytes kept of the literals of one response; larger ones are read past and marked `dropped`.
  std::uint64_t literal_bytes = 50U * 1024 * 1024;
  /// A literal that claims more than this is a lie: RFC 9051 4.3 makes 63 bits legal, no mail has them.
  std::uint64_t refused_literal_bytes = 4ULL * 1024 * 1024 * 1024;
  /// Literals of one response. We ask for one; ENVELOPE-happy servers send a few.
  std::size_t literals = 100;
};

struct Literal {
  std::size_t offset = 0;  ///< where in RawResponse::text it stands
  std::uint64_t size = 0;  ///< as announced
  std::string bytes;
  bool dropped = false;  ///< above the limit: `bytes` is empty
};

/// One response, without its line ends and literal markers.
struct RawResponse {
  std::string text;
  std::vector<Literal> literals;
};

enum class StatusWord : std::uint8_t { ok, no, bad, bye, preauth };

/// OK, NO, BAD, BYE or PREAUTH with its response code, RFC 9051 7.1.
struct Status {
  StatusWord word = StatusWord::ok;
  std::string code;       ///< upper case, without brackets: "TRYCREATE"; "" when there is none
  std::string arguments;  ///< of the code: "38505 304,319:320 3956:3958"
  std::string text;       ///< for people
};

struct Tagged {
  std::string tag;
  Status status;
};
struct Continuation {
  std::string text;
};
struct Capabilities {
  std::vector<std::string> words;  ///< upper case
};
/// FLAGS, and the flags of a code such as PERMANENTFLAGS.
struct Flags {
  std::vector<std::string> words;
};
/// LIST (also LSUB, XLIST).
struct ListEntry {
  std::vector<std::string> attributes;
  char delimiter = '\0';  ///< '\0' = no hierarchy (NIL)
  std::string name;       ///< as on the wire
};
struct Namespaces {
  std::vector<Namespace> all;
};
/// SEARCH, and ESEARCH (RFC 4731) with ALL. Without a match `uids` is empty.
struct SearchResult {
  std::string tag;  ///< ESEARCH only: the command it answers
  UidSet uids;
};
struct FetchData {
  std::uint32_t sequence_number = 0;
  Uid uid = 0;                                ///< 0 = not told
  std::optional<std::uint64_t> size;          ///< RFC822.SIZE
  std::optional<std::int64_t> internal_date;  ///< INTERNALDATE, UTC seconds
  std::optional<std::vector<std::string>> flags;
  std::optional<std::string> body;  ///< BODY[…]; nothing for NIL, or when it was not told
  std::uint64_t body_size = 0;      ///< of the literal
  bool body_told = false;           ///< BODY[…] was there, if only as NIL
  bool body_dropped = false;        ///< above ResponseLimits::literal_bytes
};
struct Exists {
  std::uint32_t mails = 0;
};
struct Expunged {
  std::uint32_t sequence_number = 0;
};
/// VANISHED (RFC 7162).
struct Vanished {
  UidSet uids;
};
/// RECENT, ENABLED, STATUS, ID … and what can't be read.
struct Other {
  std::string word;      ///< upper case; "" when there is none
  bool damaged = false;  ///< a response that we know, but not as the RFC writes it
};

using Response = std::variant<Other, Tagged, Status, Continuation, Capabilities, Flags, ListEntry, Namespaces,
                              SearchResult, FetchData, Exists, Expunged, Vanished>;

/// The code COPYUID of RFC 4315: which mails went where.
struct CopyUid {
  std::uint32_t uid_validity = 0;  ///< of the target
  UidSet source, target;
};
std::optional<CopyUid> read_copy_uid(const Status& status);
/// The number of a code such as UIDVALIDITY or UIDNEXT; nothing when it is another code or no number.
std::optional<std::uint32_t> read_code_number(const Status& status, std::string_view code);
/// The words of a code such as PERMANENTFLAGS (…) or CAPABILITY ….
std::vector<std::string> read_code_words(const Status& status);
/// "17-Jul-1996 02:44:25 -0700" (RFC 9051 date-time; the day may be " 7") as UTC seconds.
std::optional<std::int64_t> read_internal_date(std::string_view text);

/// Types one response. Total. Literals are moved out of `raw`.
Response read_response(RawResponse raw);

/// Cuts the server's bytes into responses.
class ResponseReader {
 public:
  explicit ResponseReader(ResponseLimits limits = {}) : limits_(limits) {}

  /// Reads from the front of `input`, which shrinks by what was read. Returns a response as soon as one is
  /// complete, nothing when `input` is used up. Error: Exit::unavailable; the stream can't be read any
  /// further.
  Result<std::optional<Response>> next(std::string_view& input);
  /// The same, untyped.
  Result<std::optional<RawResponse>> next_raw(std::string_view& input);
  /// True when the stream stands between two responses.
  [[nodiscard]] bool at_rest() const { return !in_literal_ && raw_.text.empty() && raw_.literals.empty(); }

 private:
  /// Where the text after the last literal starts.
  [[nodiscard]] std::size_t literal_floor() const {
    return raw_.literals.empty() ? 0 : raw_.literals.back().offset;
  }
  Result<bool> end_of_line();
  Result<bool> begin_literal(std::uint64_t size, std::size_t marker);
  void read_literal(std::string_view& input);

  ResponseLimits limits_;
  RawResponse raw_;
  std::uint64_t kept_bytes_ = 0;  ///< of the literals of this response
  std::uint64_t literal_remaining_ = 0;
  std::size_t quotes_scanned_ = 0;  ///< how far raw_.text was looked at for quotes
  bool in_quotes_ = false;
  bool in_literal_ = false;
};

}  // namespace bounced::imap
