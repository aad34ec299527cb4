#include "storage/store.hpp"
namespace bounced {
std::unique_ptr<Store> make_memory_store() { return nullptr; }
}  // namespace bounced
