// The law of every unit and of the engine: after reset(), whatever came before, it equals a fresh one bit for bit.
#include <memory>

#include "tests/support/catch.h"
#include "tests/support/storm.h"
#include "tests/support/unit_rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Buffers ask for the size and content of a storm; the version pool is shared, the position is not.
std::uint64_t ride(Engine& engine, std::uint64_t seed, int quanta, const StormTuning& tuning) {
  Storm storm(seed, tuning);
  StormRide rider(engine, storm);
  rider.quanta(quanta);
  REQUIRE(rider.finite());
  const Snapshot& shown = rider.shown();
  Hash64 hash;
  hash.word(rider.checksum()).word(shown.events).word(shown.refused).word(shown.missed).word(shown.stolen);
  for (int i = 0; i < shown.controls; ++i) hash.word(std::bit_cast<std::uint64_t>(shown.values[static_cast<std::size_t>(i)]));
  hash.word(std::bit_cast<std::uint32_t>(shown.true_peak)).word(std::bit_cast<std::uint32_t>(shown.rms[0]));
  return hash.value();
}

template <class Unit>
void check_unit(std::uint64_t seed) {
  INFO("unit whose first control is " << (Unit::rows.empty() ? "none" : Unit::rows.data()->address) << ", storm " << seed);
  auto fresh = std::make_unique<UnitRig<Unit>>();
  fresh->storm(seed, 1500);
  REQUIRE(fresh->wrote());
  auto used = std::make_unique<UnitRig<Unit>>();
  used->storm(seed + 100, 400 + static_cast<int>(seed * 677 % 1000));
  used->reset();
  used->storm(seed, 1500);
  CHECK(used->checksum() == fresh->checksum());
}

template <class... Units>
void check_units(const RackOf<Units...>*, std::uint64_t seed) {
  (check_unit<Units>(seed), ...);
}

}  // namespace

TEST_CASE("after any history reset makes every unit of the rack equal to a fresh one") {
  for (const std::uint64_t seed : {1, 2, 3, 4}) check_units(static_cast<const Rack*>(nullptr), seed);
}

TEST_CASE("after any storm a reset engine equals a fresh one, bit for bit, at every instruction-set level") {
  for (const Isa isa : available_isas()) {
    INFO("level " << name_of(isa));
    Engine fresh, used;
    const EngineConfig config{48'000, 5, isa};
    fresh.prepare(config);
    used.prepare(config);
    const std::uint64_t expected = ride(fresh, 11, 2500, {});
    for (const std::uint64_t history : {21, 22}) {
      ride(used, history, 1000 + static_cast<int>(history) * 13, {});
      used.reset();
      CHECK(ride(used, 11, 2500, {}) == expected);
      used.reset();
    }
  }
}

TEST_CASE("a prepared engine may be prepared again at another rate and equals a fresh one") {
  StormTuning tuning;
  tuning.rate = 44'100;
  Engine fresh, used;
  fresh.prepare({44'100, 9, best_isa()});
  used.prepare({96'000, 3, Isa::baseline});
  ride(used, 31, 800, {});
  used.prepare({44'100, 9, best_isa()});
  CHECK(ride(used, 12, 1500, tuning) == ride(fresh, 12, 1500, tuning));
}

TEST_CASE("two engines in one process do not hear each other") {
  Engine a, b, alone;
  for (Engine* e : {&a, &b, &alone}) e->prepare({48'000, 5, best_isa()});
  Storm first(11), second(12), again(11);
  StormRide with_company(a, first), company(b, second), by_itself(alone, again);
  for (int i = 0; i < 1200; ++i) {
    with_company.quanta(1);
    company.quanta(1);
  }
  by_itself.quanta(1200);
  CHECK(with_company.checksum() == by_itself.checksum());
}
