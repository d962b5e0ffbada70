// The storm through the wires, made to run under ThreadSanitizer: nothing crosses between threads unordered.
#include "control/stage/wires.h"

#include "tests/realtime/child.h"
#include "tests/realtime/wire_storm.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("a storm of hands, edits and audio on six threads loses nothing uncounted and frees nothing in use") {
  for (const std::uint64_t seed : {1, 2}) {
    INFO("seed " << seed);
    const WireCalm calm = ride({seed});
    CHECK(calm.finite);
    CHECK(calm.in_order);
    CHECK(calm.posted > 500);
    CHECK(calm.dropped < calm.posted);
    CHECK(calm.events > 100);
    // Those that were moved again in one quantum count as neither.
    CHECK(calm.events + calm.refused + calm.dropped <= calm.posted);
    CHECK(calm.offered > kEnoughOffered);
    CHECK(calm.adopted > kEnoughAdopted);
    CHECK(calm.reports > 0);
    CHECK(calm.frames >= 4'000 * kQuantum);
  }
}

TEST_CASE("an inbox that is full drops what comes, counts it and never waits") {
  Engine engine;
  engine.prepare({});
  Wires wires(engine, 48'000, nullptr, nullptr);
  auto producer = wires.make_producer();
  Event event{catalogue().find("/track/1/on").value(), Grid::now, Source::chat, {}, 0, {}};
  std::uint64_t taken = 0;
  while (taken < 20'000 && producer.post(event)) ++taken;
  CHECK(taken >= 1'000);
  CHECK(taken < 20'000);
  for (int i = 0; i < 100; ++i) CHECK_FALSE(producer.post(event));
  CHECK(wires.dropped() == 101);
  float sound[4][kQuantum];
  float* channels[4] = {sound[0], sound[1], sound[2], sound[3]};
  for (std::uint64_t q = 0; q <= taken / Engine::kEventsPerQuantum; ++q) wires.render(channels);
  Snapshot s;
  engine.observe(s);
  CHECK(s.events == taken);
  CHECK(producer.post(event));
}

#ifdef ENTRAIN_TSAN
TEST_CASE("ThreadSanitizer catches a planted race in the same storm") {
  const Ending ending = in_child([] { ride({1, 500, 2, true}); });
  CHECK(ending.exit_code != 0);
  CHECK(ending.said.find("data race") != std::string::npos);
}
#endif
