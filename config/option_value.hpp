// Values of options: from TOML, checked against the row, and back to TOML.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/option.hpp"
#include "config/toml_document.hpp"

namespace bounced {

/// Told of a fault: its line, and what is wrong as a sentence without the key.
using FaultSink = std::function<void(int line, std::string what)>;

/// Reads what stands behind the '='. Nothing comes back when a fault was told. A `secret` value is never
/// repeated in a fault.
std::optional<OptionValue> read_option_value(const OptionFacts& facts, std::int64_t step,
                                             const TomlValue& value, const FaultSink& fault);

/// The value as TOML, in the form that read_option_value reads: "\"5m\"", "200", "[\"MOVE\"]".
std::string option_value_toml(const OptionFacts& facts, const OptionValue& value);

/// What may stand there, for the manual: "a duration from 1s to 7d", "one of text, json".
std::string wanted_text(const OptionFacts& facts);

/// "8MiB", "512 kB", "100B" → bytes; nothing for anything else or beyond 10^15 bytes.
std::optional<std::int64_t> read_size(std::string_view text);
std::string size_text(std::int64_t bytes);
/// "0.5" for 50 hundredths, "1" for 100.
std::string share_text(std::int64_t hundredths);  ///< in the largest of GiB, MiB, KiB that leaves no rest

}  // namespace bounced
