// The extent of a reply in the explanation, and what the words around it tell.
#pragma once

#include <string>
#include <string_view>

#include "parser/dialects/codes.hpp"
#include "parser/dialects/document.hpp"

namespace bounced::dialects {

/// The reply that begins at `begin`: to the end of its paragraph, or up to a line that begins something else
/// (another command, a heading, the next recipient at `limit`). Lines of a multi-line reply lose their
/// arrows; closing brackets and quotes that were opened before the reply, and what the mail system adds
/// behind it ("(in reply to RCPT TO command)", "[RCPT_TO]"), are left out. At most `max_bytes`.
std::string reply_text(const Document& document, std::size_t begin, std::size_t limit, std::size_t max_bytes);

/// Lines from the one that holds `begin` up to `limit`, as one text without label in front; the same ends as
/// above.
std::string paragraph_text(const Document& document, std::size_t begin, std::size_t limit,
                           std::size_t max_bytes);

/// Bytes [first, second) of the paragraph that holds `at`.
std::pair<std::size_t, std::size_t> paragraph_around(const Document& document, std::size_t at);

/// SMTP command that the words in [begin, end) tell: phrases ("after RCPT TO"), or the last ">>> COMMAND"
/// before `end`.
std::string command_in(const Document& document, std::size_t begin, std::size_t end,
                       const Vocabulary& vocabulary);

/// Host that answered, as [begin, end) names it: "host mx.example [192.0.2.1]", "while talking to
/// mx.example.:".
std::string host_in(const Document& document, std::size_t begin, std::size_t end);

}  // namespace bounced::dialects
