// Where the returned mail begins inside a text: its first header lines.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bounced::dialects {

/// True when a block of header fields of a mail begins at lines[at]: one field that only transport writes
/// (Received, Return-Path, …) beside another field, or, below a ruled line, three fields that include From.
/// Indented blocks are descriptions of the mail, not the mail.
bool begins_header_block(std::span<const std::string_view> lines, std::size_t at);

/// True when RFC 3464 fields begin at lines[at] (a report whose machine part stands inside the text).
bool begins_status_fields(std::span<const std::string_view> lines, std::size_t at);

/// One behind the last line of the status fields that begin at `at`.
std::size_t end_of_status_fields(std::span<const std::string_view> lines, std::size_t at);

/// True for a line of at least ten equal signs: "----------", "==========", "**********".
bool is_rule(std::string_view line);

/// The lines from `at` as one text, without the indent of the first or "> " in front; at most `max_bytes`.
std::string joined(std::span<const std::string_view> lines, std::size_t at, std::size_t max_bytes);

}  // namespace bounced::dialects
