#include <doctest/doctest.h>

#include <filesystem>

#include "tests/contract/store_contract.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;

TEST_CASE("the store in memory") {
  contract::store_contract("memory_store", [] { return make_memory_store(); });
}

TEST_CASE("the SQLite store") {
  const test::TemporaryDirectory directory;
  int made = 0;
  contract::store_contract("sqlite_store", [&] {
    auto store = open_sqlite_store(directory.path() / (std::to_string(++made) + ".db"));
    REQUIRE_MESSAGE(store, (store ? "" : store.error().message));
    return std::move(*store);
  });
  CHECK(made > 10);
}
