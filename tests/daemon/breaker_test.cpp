// When verdicts are a wave, as tables: slots of ten minutes, and what is found around one of them.
#include "daemon/breaker.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace bounced;

namespace {

constexpr std::int64_t hour = 6, day = 24 * hour;  // in slots
constexpr std::int64_t now = 1000 * day;

struct Row {
  std::int64_t slot, count;
};

VerdictSeries series_of(const std::vector<Row>& rows) {
  VerdictSeries series;
  for (const Row& row : rows) series[now + row.slot].usual += row.count;
  return series;
}

BreakerSettings settings_of(int factor = 4) {
  BreakerSettings settings;
  settings.factor = factor;
  return settings;
}

}  // namespace

TEST_CASE("what is a jump, and from when to when") {
  struct Case {
    const char* what;
    std::vector<Row> rows;
    std::int64_t slot;
    std::optional<Jump> expected;  ///< spans relative to now
  };
  const Case cases[] = {
      {"nothing", {}, 0, {}},
      {"one short of the minimum", {{0, 199}}, 0, {}},
      {"the minimum, at once", {{0, 200}}, 0, Jump{{0, 0}, 200, 200, 0}},
      {"the minimum, over the window", {{0, 100}, {5, 100}}, 5, Jump{{0, 5}, 200, 200, 0}},
      {"seen from its beginning", {{0, 100}, {5, 100}}, 0, Jump{{0, 5}, 200, 200, 0}},
      {"over more than a window", {{0, 100}, {6, 100}}, 6, {}},
      {"somewhere else", {{0, 500}}, 6, {}},
      {"usual yesterday", {{-day, 100}, {0, 399}}, 0, {}},
      {"four times of yesterday", {{-day, 100}, {0, 400}}, 0, Jump{{0, 0}, 400, 400, 100}},
      {"the fullest window is what is usual",
       {{-20 * day, 60}, {-20 * day + 5, 90}, {-3 * day, 100}, {0, 599}},
       0,
       {}},
      {"usual long ago is forgotten", {{-29 * day, 1000}, {0, 200}}, 0, Jump{{0, 0}, 200, 200, 0}},
      {"what grows over hours doesn't become usual",
       {{-3 * hour, 90}, {-2 * hour, 150}, {-hour, 190}, {0, 200}},
       0,
       Jump{{-2 * hour, 0}, 540, 200, 0}},
      {"a wave has a beginning and an end",
       {{-3 * hour, 5}, {-hour, 300}, {0, 300}, {hour, 300}, {2 * hour, 60}, {4 * hour, 9}},
       0,
       Jump{{-hour, hour}, 900, 200, 0}},
      {"its edges are held too", {{-2, 3}, {0, 300}, {3, 4}}, 0, Jump{{-2, 3}, 307, 200, 0}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.what);
    auto found = find_jump(series_of(one.rows), now + one.slot, 200, settings_of());
    if (found) found->span = {found->span.first - now, found->span.last - now};
    REQUIRE(found.has_value() == one.expected.has_value());
    if (!found) continue;
    CHECK(found->span.first == one.expected->span.first);
    CHECK(found->span.last == one.expected->span.last);
    CHECK(found->count == one.expected->count);
    CHECK(found->bound == one.expected->bound);
    CHECK(found->usual == one.expected->usual);
  }
}

TEST_CASE("settings move the bounds") {
  const VerdictSeries series = series_of({{-day, 50}, {0, 120}, {2 * hour, 120}});
  CHECK_FALSE(find_jump(series, now, 100, settings_of(4)));
  CHECK(find_jump(series, now, 100, settings_of(2)));
  CHECK_FALSE(find_jump(series, now, 121, settings_of(2)));
  BreakerSettings wide = settings_of(2);
  wide.window = std::chrono::hours(3);
  CHECK(find_jump(series, now, 240, wide)->count == 240);
  BreakerSettings short_memory = settings_of(4);
  short_memory.baseline = std::chrono::hours(24);
  CHECK(find_jump(series_of({{-2 * day, 50}, {0, 120}}), now, 100, short_memory));
}

TEST_CASE("waves are not what is usual") {
  VerdictSeries series = series_of({{0, 200}});
  series[now - day].in_wave = 20'000;  // yesterday's, which waits for a person's word
  CHECK(find_jump(series, now, 200, settings_of())->usual == 0);
  series[now - day] = {20'000, 0};  // it was real
  CHECK_FALSE(find_jump(series, now, 200, settings_of()));
}

TEST_CASE("what belongs to a wave") {
  VerdictSeries series;
  for (std::int64_t slot = 0; slot <= 6; ++slot) series[now + slot].in_wave = 50;
  const SlotSpan wave{now, now + 6};
  struct Case {
    std::int64_t slot;
    std::int64_t bound;
    bool expected;
  };
  // A window that ends in slot 7 holds five slots of the wave, one that ends in slot 9 three, in 11 one.
  for (const Case& one :
       {Case{0, 200, true}, Case{6, 200, true}, Case{7, 200, true}, Case{10, 200, true}, Case{11, 200, false},
        Case{11, 100, true}, Case{12, 100, false}, Case{12, 2, false}, Case{-1, 200, true},
        Case{-4, 200, true}, Case{-5, 200, false}, Case{-6, 2, false}}) {
    CAPTURE(one.slot);
    CAPTURE(one.bound);
    CHECK(belongs_to_wave(series, wave, one.bound, now + one.slot, settings_of()) == one.expected);
  }
}

TEST_CASE("slots of times before 1970 are in order too") {
  for (const auto& [at, slot] : std::vector<std::pair<UnixSeconds, std::int64_t>>{
           {0, 0}, {599, 0}, {600, 1}, {-1, -1}, {-600, -1}, {-601, -2}})
    CHECK(slot_of(at) == slot);
}
