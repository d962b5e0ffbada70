// Laws of the catalogue: one table, addresses that find their control, values that stay in range.
#include "engine/core/catalogue.h"

#include <array>
#include <cmath>
#include <set>
#include <string>

#include "engine/core/commands.h"
#include "engine/core/rack.h"
#include "tests/support/catch.h"

using namespace entrain;

namespace {

constexpr ControlRow good(std::uint8_t index, std::string_view address) {
  return {index, address, Kind::continuous, 0, 1, 0.5, Unit::none, Curve::linear, 10, kPlain, "Says what it does."};
}
constexpr bool lawful_table(std::array<ControlRow, 2> rows, int instances = 1) {
  const std::array<Section, 1> sections{Section{rows, instances, 0}};
  return lawful(sections);
}
/// A table whose second row is `row`.
constexpr bool lawful_row(ControlRow row, int instances = 1) {
  return lawful_table({good(0, instances > 1 ? "/a/#/first" : "/a/first"), row}, instances);
}
template <class Change>
constexpr ControlRow changed(Change change) {
  ControlRow row = good(1, "/a/second");
  change(row);
  return row;
}

// Bad tables must not compile where the rack asserts that its table is lawful.
static_assert(lawful_row(good(1, "/a/second")));
static_assert(lawful_row(good(1, "/a/#/second"), 4));
static_assert(!lawful_row(good(0, "/a/second")), "out of its enumerator's order");
static_assert(!lawful_row(good(1, "/a/first")), "an address twice");
static_assert(!lawful_row(good(1, "a/second")), "no slash at the front");
static_assert(!lawful_row(good(1, "/a/second/")), "a slash at the end");
static_assert(!lawful_row(good(1, "/")), "no name");
static_assert(!lawful_row(good(1, "/a/Second")), "a capital letter");
static_assert(!lawful_row(good(1, "/a/second one")), "a space");
static_assert(!lawful_row(good(1, "/a/#/second")), "numbered without instances");
static_assert(!lawful_row(good(1, "/a/second"), 4), "instances without a number");
static_assert(!lawful_row(changed([](ControlRow& r) { r.help = ""; })), "no help");
static_assert(!lawful_row(changed([](ControlRow& r) { r.initial = 2; })), "starts above its range");
static_assert(!lawful_row(changed([](ControlRow& r) { r.initial = -1; })), "starts below its range");
static_assert(!lawful_row(changed([](ControlRow& r) { r.max = r.min; })), "no range");
static_assert(!lawful_row(changed([](ControlRow& r) { r.smooth_ms = -1; })), "smoothed backwards");
static_assert(!lawful_row(changed([](ControlRow& r) { r.curve = Curve::exponential; })), "exponential from 0");

constexpr bool lawful_sections_twice() {
  constexpr std::array<ControlRow, 1> rows{good(0, "/a/first")};
  const std::array<Section, 2> sections{Section{rows, 1, 0}, Section{rows, 1, 1}};
  return lawful(sections);
}
static_assert(!lawful_sections_twice(), "an address twice in two units");

ControlId id(std::size_t i) { return ControlId{static_cast<std::uint16_t>(i)}; }

}  // namespace

TEST_CASE("the rack's rows keep the laws") { CHECK(lawful(Rack::sections)); }

TEST_CASE("every control is found by its address, and no address is there twice") {
  const Catalogue& table = catalogue();
  REQUIRE(table.size() == Rack::control_count());
  REQUIRE(table.size() > 70);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::string& address = table.address(id(i));
    CHECK(seen.insert(address).second);
    REQUIRE(table.find(address).has_value());
    CHECK(table.find(address)->index == i);
    CHECK(address.find('#') == std::string::npos);
    CHECK(table.holds(id(i)));
  }
  CHECK_FALSE(table.holds(id(table.size())));
  CHECK_FALSE(table.holds(ControlId{0xffff}));
}

TEST_CASE("an address that is nearly right is not found, and its neighbour is suggested") {
  const Catalogue& table = catalogue();
  for (const char* wrong : {"", "/", "/track/0/gain", "/track/17/gain", "/track/01/gain", "/track/#/gain", "/TRACK/1/gain",
                            "/track/1/gain/", "/track/1/gai", "track/1/gain", "/deck/5/play"})
    CHECK_FALSE(table.find(wrong).has_value());
  CHECK(table.nearest_address("/track/3/gian") == "/track/3/gain");
  CHECK(table.nearest_address("/transport/temp") == "/transport/tempo");
}

TEST_CASE("sections number their instances one after the other") {
  for (const Section& section : Rack::sections) {
    std::size_t expected = section.base;
    for (int i = 0; i < section.instances; ++i)
      for (std::size_t c = 0; c < section.rows.size(); ++c) {
        const ControlId control = section.id(static_cast<std::uint8_t>(c), i);
        CHECK(control.index == expected++);
        CHECK(&catalogue().row(control) == &section.rows[c]);
        const std::string number = "/" + std::to_string(i + 1) + "/";
        CHECK((section.instances == 1 || catalogue().address(control).find(number) != std::string::npos));
      }
  }
}

TEST_CASE("a value is brought into its control's range, and what is in range stays as it is") {
  const Catalogue& table = catalogue();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const ControlRow& row = table.row(id(i));
    INFO(table.address(id(i)));
    CHECK(table.clamp(id(i), row.initial) == row.initial);
    CHECK(table.clamp(id(i), row.min) == row.min);
    CHECK(table.clamp(id(i), row.max) == row.max);
    CHECK(table.clamp(id(i), 1e300) == row.max);
    CHECK(table.clamp(id(i), -1e300) == row.min);
    if (row.kind == Kind::toggle) {
      CHECK(table.clamp(id(i), 0.5) == 0);
      CHECK(table.clamp(id(i), 0.51) == 1);
    } else {
      const double middle = row.min + 0.37 * (row.max - row.min);
      CHECK(table.clamp(id(i), middle) == (row.kind == Kind::choice ? std::floor(middle + 0.5) : middle));
    }
    for (const double value : {-7.3, 0.0, 0.2, 0.9, 33.3, 1e9})
      CHECK(table.clamp(id(i), table.clamp(id(i), value)) == table.clamp(id(i), value));
  }
}

TEST_CASE("a choice takes whole numbers, halves upwards") {
  static constexpr std::array<ControlRow, 1> rows{
      ControlRow{0, "/a/mode", Kind::choice, 0, 5, 2, Unit::none, Curve::linear, 0, kPlain, "One of six."}};
  const std::array<Section, 1> sections{Section{rows, 1, 0}};
  const Catalogue table(sections);
  CHECK(table.clamp(id(0), 1.49) == 1);
  CHECK(table.clamp(id(0), 1.5) == 2);
  CHECK(table.clamp(id(0), 5.4) == 5);
  CHECK(table.clamp(id(0), -0.4) == 0);
}

TEST_CASE("a control's help is one sentence") {
  for (const Section& section : Rack::sections)
    for (const ControlRow& row : section.rows) {
      INFO(row.address);
      CHECK(row.help.back() == '.');
      CHECK(row.help.size() > 12);
      CHECK(row.help.size() < 120);
    }
}
