// Lines of the form "Label: value", in the languages of the field.
#pragma once

#include <cstdint>
#include <string_view>

namespace bounced::dialects {

enum class Label : std::uint8_t {
  none,       ///< no label, or one that says nothing
  recipient,  ///< "Failed recipient", "Empfänger", "收件人"
  origin,     ///< what the sender wrote, before aliases: "Original address"
  own,        ///< our side: "From", "Sender"
  reason,     ///< "Reason", "Error message", "退信原因"
  host,       ///< the answering host: "Remote system"
  describes,  ///< of the mail itself: "Subject", "Date"; also its "To"
};

struct LabelledLine {
  Label label = Label::none;
  std::string_view value;  ///< trimmed; may be ""
};

/// Reads a line (as written; `lower` is the same line in search form). Bullets and brackets in front are
/// skipped.
LabelledLine read_label(std::string_view line, std::string_view lower);

}  // namespace bounced::dialects
