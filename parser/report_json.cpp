#include "parser/read_bounce.hpp"
namespace bounced {
std::string report_json(const BounceReport&, std::string_view) { return "{}"; }
std::string verdict_json(const Verdict&) { return "{}"; }
}  // namespace bounced
