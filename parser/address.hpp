// Mail addresses as they stand in reports: found, checked, brought into one normal form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// The one form that addresses are stored and compared in: no angle brackets, comments or source route; local
/// part with its ASCII letters in lower case (no server of today tells "Joe" from "joe"; the written form is
/// kept beside it) and without quotes that make no difference; domain in lower case and, by IDNA 2008
/// (libidn2), as A-labels where the local part is ASCII: what every mail system can send to; as U-labels
/// where it isn't and SMTPUTF8 is needed anyway. "" when `text` holds no address.
std::string normal_address(std::string_view text);

/// True for `local@domain` that could be mailed to: RFC 5321 with RFC 6531 letters; quoted local parts and
/// dots in odd places (some carriers gave them out) allowed, masked ones ("****@x") not.
bool is_address(std::string_view text);

/// Where an address stands in a text: text.substr(begin, end - begin).
struct AddressSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// All places in free text that hold an address, in order, each as often as it occurs.
std::vector<AddressSpan> find_addresses(std::string_view text);

/// All addresses in free text, in order, each once, as written.
std::vector<std::string> addresses_in(std::string_view text);

/// The mailboxes of an address field (RFC 5322 3.4: names, comments, groups), in order, each in normal form.
std::vector<std::string> mailboxes_in(std::string_view field_value);

/// The part behind the last '@'; "" when there is none.
std::string_view domain_of(std::string_view address);

/// The registrable domain of a host ("mx1.mail.example.co.uk" → "example.co.uk"), by the public suffix list
/// (libpsl); the host itself where the list says nothing. "" for an IP address and for a name without a dot,
/// which name no organisation. What follows the name ("mx.example.org (192.0.2.1)") is left out.
std::string organisational_domain(std::string_view host);

/// RFC 3461 xtext and RFC 6533 utf-8-addr-xtext/unitext, undone; the text itself where it isn't well-formed.
std::string decode_xtext(std::string_view text);
std::string decode_utf8_addr(std::string_view text);

}  // namespace bounced
