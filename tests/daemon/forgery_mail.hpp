// Mails of forgeries.txt: true ones and forged ones, put together from words.
#pragma once

#include <map>
#include <string>

#include "daemon/verp_keys.hpp"

namespace bounced::test {

/// Keys by name: each a set of one, to sign with.
using NamedKeys = std::map<std::string, VerpKeys>;
/// The words of one line: "kind" → "bounce". A word without a value has "".
using MailWords = std::map<std::string, std::string>;

/// "sign:ADDRESS|…" as an address, any other text as it is. `day` is today.
std::string address_of(const std::string& text, const NamedKeys& keys, std::int64_t day);

/// The whole mail. `date` is its Date, `salt` makes its Message-ID its own where the words have none.
std::string forged_mail(const MailWords& words, const NamedKeys& keys, std::int64_t first_day,
                        const std::string& date, const std::string& salt);

}  // namespace bounced::test
