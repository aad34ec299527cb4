// Whose is an address in the explanation: the failing recipient's, ours, a help desk's. Decided by what
// stands right before and behind it on its line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parser/dialects/codes.hpp"
#include "parser/dialects/document.hpp"
#include "parser/dialects/signals.hpp"

namespace bounced::dialects {

/// How sure it is that an address is a failing recipient; better is greater.
enum class Rank : std::uint8_t {
  none,      ///< not a recipient, or nothing tells
  sentence,  ///< stands in a sentence that tells of a failure
  reply,     ///< right behind a reply code: "550 5.1.1 <a@b.example>... User unknown"
  phrase,    ///< behind words that announce a recipient: "undeliverable to", "RCPT TO:"
  head,      ///< begins a line of its own, or follows a label: "<a@b.example>:", "Recipient: a@b.example"
};

struct Mention {
  std::string address;  ///< normal form
  Rank rank = Rank::none;
  bool own = false;     ///< one of Signals::own
  bool origin = false;  ///< what the sender wrote; belongs to the recipient before it
  std::uint32_t line = 0;
  std::uint32_t begin = 0;  ///< with its brackets and quotes
  std::uint32_t end = 0;    ///< likewise, and behind a ':' that ends it
};

/// One entry for each place that holds an address, in order.
std::vector<Mention> find_mentions(const Document& document, const std::vector<Code>& codes,
                                   const Signals& signals, const Vocabulary& vocabulary);

/// Adds places that give only the local part of an address in `written_to` (normal form), at the start of a
/// line: groupware reports so. For texts in which find_mentions found no recipient.
void add_local_names(std::vector<Mention>& mentions, const Document& document,
                     const std::vector<std::string>& written_to);

}  // namespace bounced::dialects
