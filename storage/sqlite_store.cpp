#include "storage/store.hpp"
namespace bounced {
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string&, int) {
  return fail(Exit::internal, "no store yet");
}
Result<std::unique_ptr<Store>> open_sqlite_store_read_only(const std::string&) {
  return fail(Exit::internal, "no store yet");
}
}  // namespace bounced
