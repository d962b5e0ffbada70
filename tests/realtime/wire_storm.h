// A storm through the wires: hands on several threads, a stage that edits and frees versions, an audio thread.
#pragma once

#include <cstdint>

namespace entrain::test {

struct WireStorm {
  std::uint64_t seed = 1;
  int quanta = 4'000;
  int producers = 4;
  bool plant_race = false;  ///< two threads touch one number without order, so that the proof is seen to fail
};

constexpr std::uint64_t kEnoughOffered = 10, kEnoughAdopted = 5;  ///< what a storm must come to

/// What came of it; sums over all threads.
struct WireCalm {
  std::uint64_t posted = 0, dropped = 0, events = 0, refused = 0;
  std::uint64_t offered = 0, adopted = 0;  ///< schedules, and epochs seen to play
  std::size_t reports = 0, most_kept = 0;
  std::int64_t frames = 0;
  bool finite = true, in_order = true;  ///< sound, and frames of reports and snapshots
};
WireCalm ride(const WireStorm& storm);

}  // namespace entrain::test
