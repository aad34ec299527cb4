#include <doctest/doctest.h>

#include <algorithm>

#include "tests/contract/store_checks.hpp"
#include "tests/contract/store_world.hpp"

namespace bounced::contract {
namespace {

UnknownTemplate seen(const std::string& text, UnixSeconds at = start, const std::string& vendor = "") {
  UnknownTemplate one;
  one.vendor = vendor;
  one.text = text;
  one.samples = {"550 " + text};
  one.count = 1;
  one.first_seen = one.last_seen = one.reported_at = at;
  return one;
}

void note(Store& store, const std::vector<UnknownTemplate>& occurrences) {
  auto transaction = begin(store);
  for (const UnknownTemplate& one : occurrences) REQUIRE(transaction->note_unknown(one));
  REQUIRE(transaction->commit());
}

bool knows(const std::vector<UnknownTemplate>& templates, const std::string& text) {
  return std::any_of(templates.begin(), templates.end(), [&](const auto& one) { return one.text == text; });
}

}  // namespace

void unknown_replies_add_up(Store& store) {
  UnknownTemplate again = seen("zorbl <addr>", start + 60);
  again.reported_at = start + 90;
  again.samples = {"550 zorbl <b@example.org>"};
  UnknownTemplate earlier = seen("zorbl <addr>", start - 60);
  note(store, {seen("zorbl <addr>"), again, earlier, seen("zorbl <addr>", start, "google"),
               seen("quux", start + 5)});

  UnknownTemplate whole = seen("zorbl <addr>");
  whole.id = 1;
  whole.count = 3;
  whole.first_seen = start - 60;
  whole.last_seen = start + 60;
  whole.reported_at = start + 90;
  whole.samples = {"550 zorbl <addr>",
                   "550 zorbl <b@example.org>"};  // one that is there already is not added
  UnknownTemplate googles = seen("zorbl <addr>", start, "google");
  googles.id = 2;
  UnknownTemplate quux = seen("quux", start + 5);
  quux.id = 3;
  // The most frequent first, then the newest.
  CHECK(*store.unknown_templates() == std::vector<UnknownTemplate>{whole, quux, googles});
}

void unknown_texts_are_bounded(Store& store) {
  UnknownTemplate long_one = seen(std::string(unknown_text_bytes - 1, 'a') + "\xC3\xA4 and more");
  long_one.samples = {std::string(unknown_text_bytes + 1, 'b'), "1", "2", "3", "4"};
  note(store, {long_one, long_one});
  const auto templates = *store.unknown_templates();
  REQUIRE(templates.size() == 1);
  CHECK(templates[0].count == 2);
  CHECK(templates[0].text == std::string(unknown_text_bytes - 1, 'a'));  // no half of a character
  CHECK(templates[0].samples == std::vector<std::string>{std::string(unknown_text_bytes, 'b'), "1", "2"});
}

void the_rarest_unknown_goes_first(Store& store) {
  std::vector<UnknownTemplate> all;
  for (int i = 0; i < unknown_templates_kept; ++i)
    all.push_back(seen("text " + std::to_string(i), start + i));
  all[0].count = 2;  // the oldest, but not the rarest
  note(store, all);
  CHECK(store.unknown_templates()->size() == unknown_templates_kept);
  note(store, {seen("new", start - 1)});  // older than all others, but it has just come
  auto templates = *store.unknown_templates();
  CHECK(templates.size() == unknown_templates_kept);
  CHECK(knows(templates, "new"));
  CHECK(knows(templates, "text 0"));
  CHECK_FALSE(knows(templates, "text 1"));
  CHECK(knows(templates, "text 2"));
  note(store, {seen("newer", start)});
  templates = *store.unknown_templates();
  CHECK_FALSE(knows(templates, "new"));
  CHECK(knows(templates, "text 2"));
  // What is rolled back takes nothing away either.
  {
    auto transaction = begin(store);
    for (int i = 0; i < 5; ++i) REQUIRE(transaction->note_unknown(seen("never " + std::to_string(i))));
    REQUIRE(transaction->note_unknown(seen("text 7")));
  }
  CHECK(*store.unknown_templates() == templates);
}

}  // namespace bounced::contract
