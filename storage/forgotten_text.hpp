// An address within texts: found in all its forms, and cut out. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bounced {

class ForgottenText {
 public:
  /// `forms`: addresses, with an @. As VERP writes them (user=example.org) they are looked for, too; without
  /// case.
  explicit ForgottenText(const std::vector<std::string>& forms);

  /// True when the text has it. What is only a part of another address ("joanna@example.org",
  /// "anna@example.org.uk") is not it.
  [[nodiscard]] bool is_in(std::string_view text) const;
  /// The text with "(forgotten)" in its place.
  [[nodiscard]] std::string cut_out_of(std::string_view text) const;

 private:
  struct Place {
    std::size_t at = std::string_view::npos, size = 0;
  };
  [[nodiscard]] Place find(std::string_view text, std::size_t from) const;

  std::vector<std::string> forms_;  ///< in lower case
};

}  // namespace bounced
