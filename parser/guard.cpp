#include "parser/guard.hpp"
namespace bounced {
GuardReport guard(std::string_view, const ReadLimits&) { return {}; }
}  // namespace bounced
