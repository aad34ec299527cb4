// What a letter says that quotes no reply: the words around the address stand for the reason.
#pragma once

#include <vector>

#include "parser/dialects/diagnosis.hpp"

namespace bounced::dialects {

/// Words stand before the address on its line, and words behind it: "the mailbox of a@b.example is full".
bool sentence_goes_on(const Document& document, const Mention& mention);

/// Gives each recipient without any words of a reply the words before its address in its paragraph, or the
/// paragraph before that ("The following addresses were unknown:"), and a recipient that is named inside a
/// sentence the whole sentence ("… because the address a@b.example does not exist."). Neighbours in a list
/// share the words above it. Diagnoses that quote a reply stay.
void give_surroundings(std::vector<Diagnosis>& diagnoses, const std::vector<Recipient>& recipients,
                       const std::vector<Mention>& mentions, const Document& document,
                       const ReadLimits& limits);

/// Gives recipients without a reply the whole letter, for letters in any language whose links tell who wrote
/// them.
void give_letter(std::vector<Diagnosis>& diagnoses, const Document& document, const ReadLimits& limits);

}  // namespace bounced::dialects
