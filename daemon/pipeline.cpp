#include "daemon/pipeline.hpp"
namespace bounced {
Result<std::vector<Settlement>> Pipeline::ingest(const std::string&, const std::string&,
                                                 const std::vector<FetchedMail>&, UnixSeconds) {
  return fail(Exit::internal, "no pipeline yet");
}
}  // namespace bounced
