// Loops stretched ahead of time by R3 keep their beats.
#include "control/flow/finer.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/loops.h"
#include "tests/support/rate.h"

using namespace entrain;
using namespace entrain::test;

namespace {


}  // namespace

TEST_CASE("a loop stretched by R3 is lawful, exactly as long as asked, and its hits stay on their beats") {
  const auto loop = make_loop(clicks_on({0, 1, 2, 3, 4.5, 6}, 8), 8);
  for (const double ratio : {1 / 1.03, 1.1, 0.9}) {
    INFO(ratio);
    const auto out = stretched_finer(loop, kRate, ratio);
    CHECK(lawful(*out, out->asset->frames()));
    CHECK(out->length() == loop->length());
    CHECK(std::abs(static_cast<double>(out->asset->frames()) -
                   static_cast<double>(loop->asset->frames()) * ratio) <= 0.5);
    for (const double beat : {1.0, 2.0, 3.0, 4.5, 6.0}) {
      const auto expected = static_cast<std::int64_t>(std::llround(out->source_at(beat)));
      INFO("beat " << beat);
      CHECK(std::abs(static_cast<double>(rise_near(out->asset->left, expected) - expected)) < 0.004 * kRate);
    }
  }
}

TEST_CASE(
    "stretched twice the same way is the same; at its own tempo nothing is done; extremes are bounded") {
  const auto loop = make_loop(clicks_on({0, 1, 2, 3}, 4), 4);
  CHECK(stretched_finer(loop, kRate, 1.07)->asset->left == stretched_finer(loop, kRate, 1.07)->asset->left);
  CHECK(stretched_finer(loop, kRate, 1) == loop);
  CHECK(stretched_finer(loop, kRate, 100)->asset->frames() == 2 * loop->asset->frames());
}

TEST_CASE("of a loop that fills its file, the ends meet as they did") {
  const auto loop = make_loop(make_sine(4 * kRate, 220.0 / kRate, 0.5f), 8);  // whole periods
  const auto out = stretched_finer(loop, kRate, 1.05);
  const auto& x = out->asset->left;
  CHECK(std::abs(x.front() - x.back()) < 0.06f);
}
