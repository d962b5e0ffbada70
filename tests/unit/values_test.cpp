#include "control/values.h"

#include "engine/core/catalogue.h"
#include "tests/support/catch.h"

using namespace entrain;

namespace {

const ControlRow& row_of(const char* address) { return catalogue().row(*catalogue().find(address)); }

}  // namespace

TEST_CASE("a value may be named as people call it", "[values]") {
  CHECK(value_named(row_of("/track/3/draw"), "random") == 0);
  CHECK(value_named(row_of("/track/3/draw"), "farthest") == 4);
  CHECK(value_named(row_of("/track/3/draw"), "3") == 3);
  CHECK(value_named(row_of("/track/3/slot"), "A") == 1);
  CHECK(value_named(row_of("/track/3/slot"), "H") == 8);
  CHECK(value_named(row_of("/delay/time"), "1/8D") == 6);
  CHECK(value_named(row_of("/transport/play"), "on") == 1);
  CHECK(value_named(row_of("/transport/play"), "off") == 0);
  CHECK(value_named(row_of("/deck/1/gain"), "-7.5") == -7.5);
  for (const char* nothing : {"", "nearestt", "nea", "random|no-repeat", "|", "on", "1 "})
    CHECK_FALSE(value_named(row_of("/track/3/draw"), nothing));
  CHECK_FALSE(value_named(row_of("/deck/1/gain"), "on"));
}

TEST_CASE("each choice with names is called by them, there and back", "[values]") {
  int named = 0;
  for (std::uint16_t i = 0; i < catalogue().size(); ++i) {
    const ControlRow& row = catalogue().row(ControlId{i});
    if (row.choices.empty()) continue;
    ++named;
    for (double value = row.min; value <= row.max; ++value) CHECK(value_named(row, choice_name(row, value)) == value);
    CHECK(choice_name(row, row.min - 1).empty());
    CHECK(choice_name(row, row.min + 0.5).empty());
  }
  CHECK(named >= 2 * 16 + 2);  // draw and slot of every track, echoes, recording
}

TEST_CASE("what a control takes is told in words", "[values]") {
  CHECK(values_of(row_of("/track/1/draw")) == "random, no-repeat, round-robin, nearest or farthest");
  CHECK(values_of(row_of("/transport/play")) == "on or off");
  CHECK(values_of(row_of("/master/gain")) == "-60 to 12 dB");
  CHECK(values_of(row_of("/track/1/memory")) == "1 to 16");
}
