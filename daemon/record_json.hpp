// The JSON side of record_file: objects with an address, wherever a web service puts them.
#pragma once

#include "daemon/line_reader.hpp"
#include "daemon/record_file.hpp"

namespace bounced {

/// Bytes looked at to tell JSON Lines from a document that goes over many lines.
inline constexpr std::size_t json_lookahead = 16UL * 1024;

/// Records are the objects that have an address field. Objects and lists in them are passed over, except
/// where services keep their records ("items", "results", "data" …). Each line is read on its own when the
/// first one holds a whole value; else the file is one document, and a fault in it ends the reading.
Result<void> read_json_records(LineReader& reader, const RecordSink& sink);

}  // namespace bounced
