// Which words of the explanation are the reply that one recipient got.
#pragma once

#include <string>
#include <vector>

#include "parser/dialects/codes.hpp"
#include "parser/dialects/document.hpp"
#include "parser/dialects/mentions.hpp"
#include "parser/limits.hpp"

namespace bounced::dialects {

/// A failing recipient with all places that name it.
struct Recipient {
  std::string address;
  std::string original;
  std::vector<std::uint32_t> heads;  ///< indexes into the mentions that made it a recipient, in order
};

/// How a diagnosis was found; better is greater.
enum class Evidence : std::uint8_t { none, attached, refusal, label, enhanced, reply };

struct Diagnosis {
  Evidence evidence = Evidence::none;
  std::string text;        ///< as the system wrote it, unfolded
  std::string command;     ///< Reply::command where the words around tell
  std::string remote_mta;  ///< the host that answered, where it is named
};

/// One diagnosis a recipient. The places where a reply may stand are tried from near to far: behind the
/// address on its line and in its paragraph; at other places that name the address; in the paragraphs up to
/// the next recipient; in the paragraph before (forms that give the reason first); with a single recipient,
/// anywhere. Neighbours without a reply of their own share the one that follows their list.
std::vector<Diagnosis> find_diagnoses(const Document& document, const std::vector<Code>& codes,
                                      const std::vector<Mention>& mentions,
                                      const std::vector<Recipient>& recipients, const Vocabulary& vocabulary,
                                      const ReadLimits& limits);

}  // namespace bounced::dialects
