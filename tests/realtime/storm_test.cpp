// The storm itself, made to run under AddressSanitizer and UndefinedBehaviorSanitizer as well.
#include <climits>
#include <memory>

#include "tests/realtime/child.h"
#include "tests/support/catch.h"
#include "tests/support/storm.h"

using namespace entrain;
using namespace entrain::test;

namespace {

std::uint64_t checksum_of(std::uint64_t seed, int quanta, const StormTuning& tuning = {}) {
  Engine engine;
  engine.prepare({tuning.rate, seed, best_isa()});
  Storm storm(seed, tuning);
  StormRide ride(engine, storm);
  ride.quanta(quanta);
  CHECK(ride.finite());
  return ride.checksum();
}

}  // namespace

TEST_CASE("a storm does to the engine all that it is meant to") {
  Engine engine;
  engine.prepare({48'000, 1, best_isa()});
  Storm storm(1);
  StormRide ride(engine, storm);
  int most_voices = 0, running = 0, loud = 0, decks = 0, starts = 0;
  std::uint64_t last_epoch = 0, adoptions = 0;
  bool was_running = false;
  std::array<int, 5> records{};
  for (int q = 0; q < 8'000; ++q) {
    ride.quanta(1);
    const Snapshot& s = ride.shown();
    most_voices = std::max(most_voices, s.voices);
    running += s.running;
    starts += s.running && !was_running;
    was_running = s.running;
    loud += ride.loudest() > 0.1f;
    for (const auto& deck : s.decks) decks += deck.playing;
    adoptions += s.epoch != last_epoch;
    last_epoch = s.epoch;
    for (const Record& r : ride.records()) ++records[static_cast<std::size_t>(r.what)];
  }
  const Snapshot& s = ride.shown();
  CHECK(ride.finite());
  CHECK(most_voices == 256);
  CHECK(s.stolen > 0);
  CHECK(running > 3'000);
  CHECK(running < 8'000);
  CHECK(starts > 2);
  CHECK(loud > 100);
  CHECK(decks > 2'000);
  CHECK(adoptions > 50);
  CHECK(s.missed > 10);
  CHECK(s.refused > 500);
  CHECK(s.events > 3'000);
  for (const auto what : {Record::What::event, Record::What::schedule, Record::What::adopted, Record::What::missed})
    CHECK(records[static_cast<std::size_t>(what)] > 10);
}

TEST_CASE("the same storm makes the same bits, and another one others") {
  CHECK(checksum_of(1, 1'500) == checksum_of(1, 1'500));
  CHECK(checksum_of(1, 1'500) != checksum_of(2, 1'500));
}

TEST_CASE("storms at every rate, with decks and without, end finite") {
  for (const int rate : {44'100, 48'000, 96'000, 192'000}) {
    StormTuning tuning;
    tuning.rate = rate;
    checksum_of(static_cast<std::uint64_t>(rate), 800, tuning);
    tuning.decks = false;
    checksum_of(static_cast<std::uint64_t>(rate) + 1, 4'000, tuning);
  }
}

#ifdef ENTRAIN_ASAN
TEST_CASE("the sanitizers catch a read past an asset's end, a use after free and an overflow") {
  const Ending past = in_child([] {
    const std::unique_ptr<float[]> sound(new float[8]);
    volatile int at = 8;
    volatile float heard = sound[static_cast<std::size_t>(at)];
    static_cast<void>(heard);
  });
  CHECK(past.exit_code != 0);
  CHECK(past.said.find("heap-buffer-overflow") != std::string::npos);
  const Ending after = in_child([] {
    auto version = std::make_unique<Performance>();
    const Performance* volatile seen = version.get();
    version.reset();
    volatile std::uint64_t epoch = seen->epoch;
    static_cast<void>(epoch);
  });
  CHECK(after.exit_code != 0);
  CHECK(after.said.find("heap-use-after-free") != std::string::npos);
  const Ending overflow = in_child([] {
    volatile std::int64_t most = LLONG_MAX;
    volatile std::int64_t more = most + 1;
    static_cast<void>(more);
  });
  CHECK(overflow.exit_code != 0);
  CHECK(overflow.said.find("signed integer overflow") != std::string::npos);
}
#endif
