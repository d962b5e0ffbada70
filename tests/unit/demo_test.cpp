// The demo is what it says of itself.
#include "control/stage/set_file.h"
#include "tests/support/catch.h"

using namespace entrain;

TEST_CASE("every pattern of the demo leads on after sixteen bars", "[demo]") {
  const auto set = read_set(ENTRAIN_DEMO);
  REQUIRE(set);
  CHECK(set->scenes.size() == 4);
  int patterns = 0;
  for (const auto& track : set->parts.tracks) {
    if (!track) continue;
    for (const auto& pattern : track->patterns) {
      if (!pattern || pattern->next < 0) continue;
      ++patterns;
      INFO(track->cluster << ": " << to_text(*pattern));
      CHECK(pattern->begins(pattern->round() * pattern->repeats) == Beat::beats(64));
    }
  }
  CHECK(patterns == 4 * 10);
}
