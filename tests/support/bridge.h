// A rig that plays the bridge alone, and hears it before the limiter.
#pragma once

#include <string>

#include "tests/support/rig.h"

namespace entrain::test {

/// The beat runs in bars of four; a click on track 1 reports where bars begin. Undriven: the bridge bit for
/// bit.
struct BridgeRig : Rig {
  explicit BridgeRig(EngineConfig config = {48'000, 1, Isa::baseline}, bool plays = true) : Rig(config) {
    performance.epoch = 1;
    performance.tracks[0] = make_track({make_click(1)}, "1000000000000000");
    load(performance);
    post("/bridge/drive", 0);
    if (plays) play();
  }
  void hear(std::int64_t frames) {
    for (std::int64_t q = 0; q < frames; q += kQuantum) {
      quantum();
      for (int c = 0; c < 2; ++c) {
        const auto heard = engine.stem(Bus::tones, c);
        sound[static_cast<std::size_t>(c)].insert(sound[static_cast<std::size_t>(c)].end(), heard.begin(),
                                                  heard.end());
      }
    }
  }
  /// Until the line of a bar, counted from 0, has been heard.
  void hear_until(int bar) {
    while (lines() <= bar) hear(kQuantum);
  }
  int lines() const { return static_cast<int>(reports.size()); }
  std::int64_t line(int bar) const { return reports[static_cast<std::size_t>(bar)].frame.index; }
  void go(const std::string& kind, double bars, Grid grid = Grid::bar) {
    constexpr std::string_view names = Bridge::rows[Bridge::kind].choices;
    double number = 0;
    while (choice_name(Bridge::rows[Bridge::kind], number) != kind &&
           number < static_cast<double>(names.size()))
      ++number;
    post("/bridge/kind", number, grid);
    post("/bridge/bars", bars, grid);
    post("/bridge/go", 1, grid);
  }
  /// Frames with sound in [from, to): the first and one past the last, or from, from.
  std::pair<std::int64_t, std::int64_t> sounding(std::int64_t from = 0, std::int64_t to = 1ll << 40) const {
    std::int64_t first = from, end = from;
    for (std::int64_t i = from; i < std::min(to, static_cast<std::int64_t>(sound[0].size())); ++i)
      if (sound[0][static_cast<std::size_t>(i)] != 0 || sound[1][static_cast<std::size_t>(i)] != 0) {
        if (end == from) first = i;
        end = i + 1;
      }
    return {first, end};
  }

  Performance performance;
  std::array<std::vector<float>, 2> sound;
};

}  // namespace entrain::test
