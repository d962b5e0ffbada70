// What the queue of a flow hands to the decks.
#include "control/flow/flow_queue.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/flow_library.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// The riser from a loop in B minor at 120 BPM to `coming`, which may be shifted by two semitones.
FlowRiser riser_to(const Card& coming) {
  FlowSettings settings;
  settings.semitones = 2;
  FlowQueue queue(settings, Meter{});
  queue.look_at(std::make_shared<const Finder>(
      std::make_shared<const std::vector<Card>>(std::vector{loop_card(1, 120, "10A"), coming})));
  queue.wish(locked({}, 0, 1));
  queue.plan(120, 0, 0);
  queue.step(0);
  queue.wish(locked(queue.wishes(), 0, 2));
  queue.plan(120, 0.5, 8);
  const FlowPart part = queue.part(nullptr);
  REQUIRE(part.riser);
  CHECK(part.riser->length == Beat::nearest(queue.planned().steps.front().riser_bars * 4));
  return *part.riser;
}

}  // namespace

TEST_CASE("a riser is in the key in which the coming loop will sound, and of noise where that is unsure") {
  const Card c_minor = loop_card(2, 90, "5A");
  CHECK(riser_to(c_minor).kind == 1);
  CHECK(riser_to(c_minor).root == 11);  // a semitone down, where the keys meet
  CHECK(riser_to(c_minor).minor);
  const Card d_major = loop_card(2, 90, "10B", 7);
  CHECK(riser_to(d_major).kind == 2);  // it climbs where energy rises
  CHECK(riser_to(d_major).root == 2);
  CHECK_FALSE(riser_to(d_major).minor);
  Card unsure = c_minor;
  unsure.key_confidence = 0.1f;
  CHECK(riser_to(unsure).kind == 0);
}

TEST_CASE("a loop that was heard comes again only when the window has passed, however short the queue") {
  FlowSettings settings;
  settings.steps = 1;
  settings.window_loops = 3;
  settings.window_minutes = 0;
  FlowQueue queue(settings, Meter{});
  std::vector<Card> cards;
  for (std::int64_t id = 1; id <= 6; ++id) cards.push_back(loop_card(id, 120));
  queue.look_at(std::make_shared<const Finder>(std::make_shared<const std::vector<Card>>(std::move(cards))));
  std::vector<std::int64_t> played;
  for (int step = 0; step < 12; ++step) {
    queue.plan(120, step * 0.5, 0);
    REQUIRE(queue.planned().steps.size() == 1);
    const std::int64_t next = queue.planned().steps.front().id;
    CHECK(std::find(played.end() - std::min<std::ptrdiff_t>(3, std::ssize(played)), played.end(), next) ==
          played.end());
    played.push_back(next);
    queue.step(step * 0.5);
  }
}
