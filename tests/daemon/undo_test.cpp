// Undo over both stores: the preview tells what the undo then does, whatever the size of its batches.
#include "daemon/undo.hpp"

#include <doctest/doctest.h>

#include "tests/contract/store_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::contract;

namespace {

/// Twenty addresses: every second one is of the wave, every fourth had a lesser suppression before; then one
/// by hand and one complaint in the wave's time.
void fill(Store& store) {
  auto transaction = begin(store);
  for (int i = 0; i < 20; ++i) {
    const std::string address = "a" + std::to_string(100 + i) + "@example.org";
    Suppression lesser = suppression_of(address);
    lesser.scope = "sender.example";
    lesser.decided_at = start - 1000;
    if (i % 4 == 0) REQUIRE(transaction->suppress(lesser));
    Suppression made = suppression_of(address);
    if (i % 2 != 0) made.decided_at = start - 500;
    REQUIRE(transaction->suppress(made));
  }
  for (const char* source : {"manual", "complaint"}) {
    Suppression made = suppression_of(source + std::string("@example.org"));
    made.source = source;
    REQUIRE(transaction->suppress(made));
  }
  REQUIRE(transaction->commit());
}

struct Told {
  UndoCounts counts;
  std::vector<std::pair<std::string, std::string>> rows;  ///< address, scope of what comes back or "-"
};

template <class Run>
Told told_by(Run run) {
  Told told;
  const auto counts = run([&](const Suppression& taken, const std::optional<Suppression>& back) {
    told.rows.emplace_back(taken.address, back ? back->scope : "-");
  });
  REQUIRE_MESSAGE(counts, (counts ? "" : counts.error().message));
  told.counts = *counts;
  return told;
}

void check_undo(Store& store, std::size_t batch) {
  fill(store);
  SuppressionFilter wave;
  wave.decided_since = start;
  wave.with_manual = wave.with_complaints = false;
  const World before = world_of(store);
  const Told preview =
      told_by([&](const EachUndone& each) { return preview_undo(store, wave, start + 9, each); });
  CHECK(world_of(store) == before);
  CHECK(preview.counts == UndoCounts{10, 5, 1, 1});
  REQUIRE(preview.rows.size() == 10);
  CHECK(preview.rows[0] == std::pair<std::string, std::string>("a100@example.org", "sender.example"));
  CHECK(preview.rows[1] == std::pair<std::string, std::string>("a102@example.org", "-"));

  const ManualAct act{0, start + 9, "undo", "anna", "a wave", "since then"};
  const auto apply = [&](const EachUndone& each) { return apply_undo(store, wave, act, each, batch); };
  const Told done = told_by(apply);
  CHECK(done.counts.taken_back == 10);
  CHECK(done.counts.came_back == 5);
  CHECK(done.rows == preview.rows);
  CHECK(suppressions_of(store).size() == before.suppressions.size() - 5);
  CHECK(store.acts_on("a100@example.org")->size() == 1);
  CHECK(store.acts_on("a118@example.org")->front().act == store.acts_on("a100@example.org")->front().act);
  CHECK(store.acts_on("a101@example.org")->empty());

  const World after = world_of(store);
  const Told again = told_by(apply);
  CHECK(again.rows.empty());
  CHECK(world_of(store) == after);
  wave.with_manual = wave.with_complaints = true;
  const Told rest = told_by(apply);
  CHECK(rest.counts == UndoCounts{2, 0, 0, 0});
}

}  // namespace

TEST_CASE("an undo does what its preview told, in batches of any size") {
  const test::TemporaryDirectory directory;
  int checked = 0;
  for (const std::size_t batch : {1U, 3U, 10U, 11U, 1000U}) {
    CAPTURE(batch);
    check_undo(*make_memory_store(), batch);
    auto store = open_sqlite_store(directory.path() / (std::to_string(batch) + ".db"));
    REQUIRE(store);
    check_undo(**store, batch);
    ++checked;
  }
  CHECK(checked == 5);
}
