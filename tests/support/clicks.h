// Tracks of clicks, and where they fell: what the laws of events and of the transport are told by.
#pragma once

#include <string>
#include <vector>

#include "tests/support/rig.h"

namespace entrain::test {

/// Tracks to play by hand, and a pattern on track 16; bars of three beats, phrases of two bars.
inline Performance clicks(const std::string& steps = "") {
  Performance p;
  p.epoch = 1;
  p.meter = {3, 2};
  for (auto& track : p.tracks) track = make_track({make_click(1)}, "");
  p.tracks[15] = make_track({make_click(1)}, steps);
  return p;
}

inline double value(const Rig& rig, const std::string& address) { return rig.snapshot().values[id(address).index]; }

inline std::vector<std::int64_t> hits(const Rig& rig, int track) {
  std::vector<std::int64_t> frames;
  for (const Report& r : rig.reports)
    if (r.unit == track) frames.push_back(r.frame.index);
  return frames;
}

}  // namespace entrain::test
