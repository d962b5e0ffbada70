// Scenes of known weight, for benchmarks and long runs.
#pragma once

#include "tests/support/rig.h"

namespace entrain::test {

/// Everything the engine has, at once: 16 tracks that keep 256 voices sounding, and four decks off their tempo.
inline Performance heavy_scene(int rate) {
  Performance p;
  p.epoch = 1;
  for (int t = 0; t < kTracks; ++t) {
    std::vector<std::shared_ptr<const Asset>> samples;
    for (unsigned s = 0; s < 4; ++s) samples.push_back(make_noise(rate * 3, 0.01f, 100 * static_cast<unsigned>(t) + s));
    p.tracks[static_cast<std::size_t>(t)] = make_track(std::move(samples), "1111");
  }
  for (int d = 0; d < kDecks; ++d)
    p.decks[static_cast<std::size_t>(d)] = make_deck(make_noise(rate * (3 + d), 0.05f, 9'000 + static_cast<unsigned>(d)), 8);
  return p;
}

/// Starts a scene: `decks` of its decks and all tracks play, past the first launches.
inline void start_scene(Rig& rig, const Performance& p, int decks) {
  rig.load(p);
  rig.post("/transport/tempo", 124);
  for (int d = 1; d <= decks; ++d) rig.post("/deck/" + std::to_string(d) + "/play", 1);
  rig.play();
}

}  // namespace entrain::test
