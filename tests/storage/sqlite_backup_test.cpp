// Copies of a database in use: whole, checked, and named last.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "storage/maintenance.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::contract;

namespace {

namespace fs = std::filesystem;

std::unique_ptr<Store> opened(const std::string& path) {
  auto store = open_sqlite_store(path);
  REQUIRE_MESSAGE(store, (store ? "" : store.error().message));
  return *std::move(store);
}

/// Names in a directory, in order.
std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

void fill(Store& store) {
  add_mail(store, "first", {failure("a@example.org"), failure("b@example.org")});
  auto transaction = begin(store);
  REQUIRE(transaction->suppress(suppression_of("a@example.org")));
  REQUIRE(transaction->put_retry(retry_of("b@example.org", start + 60)));
  REQUIRE(transaction->commit());
}

TEST_CASE("a backup is the database of one moment") {
  const test::TemporaryDirectory directory;
  const std::string from = directory.file("b.db");
  const std::string to = directory.file("copy.db");
  const auto store = opened(from);
  fill(*store);
  const World before = world_of(*store);
  auto writing = begin(*store);  // what is not committed is no part of it, and nobody waits
  REQUIRE(writing->suppress(suppression_of("later@example.org")));
  const auto made = backup_sqlite_database(from, to, false);
  REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
  CHECK(made->bytes == fs::file_size(to));
  CHECK(names_in(directory.file("")) == std::vector<std::string>{"b.db", "b.db-shm", "b.db-wal", "copy.db"});
  REQUIRE(writing->commit());
  CHECK(suppressions_of(*store).size() == 2);
  CHECK(world_of(*opened(to)) == before);
}

TEST_CASE("writers go on during a backup, and each copy is whole") {
  const test::TemporaryDirectory directory;
  const std::string from = directory.file("b.db");
  fill(*opened(from));
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    const auto store = opened(from);
    for (int i = 0; !stop; ++i) {
      // Both in one transaction: a copy has both, or none.
      auto transaction = begin(*store);
      REQUIRE(transaction->suppress(suppression_of("x" + std::to_string(i) + "@example.org")));
      REQUIRE(transaction->suppress(suppression_of("y" + std::to_string(i) + "@example.org")));
      REQUIRE(transaction->commit());
      ++written;
    }
  });
  while (written == 0) std::this_thread::yield();
  for (int i = 0; i < 10; ++i) {
    const int before = written;
    const std::string to = directory.file("copy" + std::to_string(i) + ".db");
    const auto made = backup_sqlite_database(from, to, false);
    REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    const auto rows = suppressions_of(*opened(to)).size();
    CHECK(rows % 2 == 1);  // fill's, and pairs
    CHECK(rows >= 1 + 2 * static_cast<std::size_t>(before));
  }
  stop = true;
  writer.join();
}

TEST_CASE("a file that is there stays, unless it is to be replaced") {
  const test::TemporaryDirectory directory;
  const std::string from = directory.file("b.db");
  const std::string to = directory.file("copy.db");
  fill(*opened(from));
  std::ofstream(to) << "precious";
  const auto refused = backup_sqlite_database(from, to, false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().exit == Exit::cant_create);
  CHECK(fs::file_size(to) == 8);
  REQUIRE(::chmod(from.c_str(), 0600) == 0);
  REQUIRE(backup_sqlite_database(from, to, true));
  CHECK(suppressions_of(*opened(to)).size() == 1);
  CHECK((fs::status(to).permissions() & fs::perms::mask) == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("what goes wrong is told, and leaves nothing behind") {
  const test::TemporaryDirectory directory;
  const std::string from = directory.file("b.db");
  fill(*opened(from));
  const auto exit_of = [&](const std::string& source, const std::string& target) {
    const auto made = backup_sqlite_database(source, target, false);
    REQUIRE_FALSE(made);
    INFO(made.error().message);
    CHECK_FALSE(made.error().hint.empty());
    return made.error().exit;
  };
  CHECK(exit_of(directory.file("none.db"), directory.file("copy.db")) == Exit::no_input);
  CHECK(exit_of(from, directory.file("no/such/copy.db")) == Exit::cant_create);
  std::ofstream(directory.file("text"))
      << "this is a letter to a friend, and by no means a database of any kind";
  CHECK(exit_of(directory.file("text"), directory.file("copy.db")) == Exit::data);

  // a page of the middle is garbage
  const auto size = fs::file_size(from);
  std::fstream file(from, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size / 2));
  file << std::string(8192, 'x');
  file.close();
  CHECK(exit_of(from, directory.file("copy.db")) == Exit::data);
  for (const std::string& name : names_in(directory.file(""))) CHECK_FALSE(name.starts_with("copy"));
}

}  // namespace
