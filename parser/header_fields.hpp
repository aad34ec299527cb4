// Header fields (RFC 5322 2.2) as they stand in mails, in returned headers and in report parts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// The header fields of a part, in order. A name is as written, without blanks before the colon; a value is
/// unfolded (RFC 5322 2.2.3), valid UTF-8, with RFC 2047 words not yet decoded. Look-ups ignore case; those
/// for a name that isn't there, which are most, cost next to nothing. All fields stand in one buffer.
class HeaderFields {
 public:
  /// Adds a field at the end.
  void add(std::string_view name, std::string_view value);
  /// Continues the value of the last field; there must be one.
  void extend_last(std::string_view more);
  /// To be called when all fields are there: values in other charsets become UTF-8.
  void to_utf8();

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] bool empty() const { return places_.empty(); }
  [[nodiscard]] std::string_view name(std::size_t i) const;
  [[nodiscard]] std::string_view value(std::size_t i) const;
  /// Bytes of all names and values.
  [[nodiscard]] std::size_t bytes() const { return text_.size(); }

  /// Value of the first field of that name; "" when there is none.
  [[nodiscard]] std::string_view first(std::string_view name) const;
  /// Values of all fields of that name, in order.
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;

 private:
  /// Where a field stands in `text_`: its name ends where its value begins.
  struct Place {
    std::uint32_t name = 0;
    std::uint32_t value = 0;
    std::uint32_t end = 0;
  };
  [[nodiscard]] bool may_have(std::string_view name) const;

  std::string text_;
  std::vector<Place> places_;
  std::array<std::uint64_t, 4> names_{};  // a bit for each name, by its hash
};

/// The name in a line that begins a field ("Subject: x", also "Action : failed"); "" for any other line.
std::string_view field_name(std::string_view line);

/// Reads header fields from the start of `text` up to the first empty line. Tolerates LF, CRLF, CR, blanks
/// before the colon, an mbox "From " line at the top, and lines that lost their leading blank (they continue
/// the field above when a field follows). `body_offset` receives the number of bytes read, the empty line
/// included. Total; linear.
HeaderFields read_header_fields(std::string_view text, std::size_t* body_offset = nullptr);

}  // namespace bounced
