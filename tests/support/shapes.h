// Shapes of transitions for tests of the engine.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>

#include "engine/core/draws.h"
#include "engine/core/loop.h"
#include "engine/core/transition.h"

namespace entrain::test {

/// Equal power, in 64 straight lines.
inline std::shared_ptr<const TransitionShape> equal_power() {
  auto shape = std::make_shared<TransitionShape>();
  shape->name = "equal power";
  auto& out = shape->out[static_cast<std::size_t>(Lane::gain)];
  auto& in = shape->in[static_cast<std::size_t>(Lane::gain)];
  for (int i = 0; i <= 64; ++i) {
    const double part = i / 64.0, angle = part * std::numbers::pi / 2;
    out.push_back({static_cast<float>(part), static_cast<float>(i == 64 ? 0 : std::cos(angle))});
    in.push_back({static_cast<float>(part), static_cast<float>(std::sin(angle))});
  }
  return shape;
}

/// Equal power, or curves that jump about on every lane.
inline std::shared_ptr<const TransitionShape> random_shape(std::uint64_t seed) {
  if (seed % 3 == 0) return equal_power();
  auto shape = std::make_shared<TransitionShape>();
  shape->name = "random";
  for (auto* curves : {&shape->out, &shape->in})
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      for (std::uint64_t points = (seed = mix_bits(seed)) % 4, p = 0; p < points; ++p) {
        const auto value = static_cast<float>((seed = mix_bits(seed)) % 1000) / 999;
        (*curves)[lane].push_back({static_cast<float>(p) / static_cast<float>(points), value});
      }
  return shape;
}

/// Between any two decks, soon after beat `soon` or long past.
inline std::shared_ptr<const Transition> random_transition(std::uint64_t seed, std::uint64_t id,
                                                           std::int64_t soon) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>((seed = mix_bits(seed)) % n); };
  Transition t;
  t.id = id;
  t.from = static_cast<int>(below(kDecks + 1)) - 1;
  t.to = static_cast<int>(below(kDecks + 1)) - 1;
  if (t.from == t.to) t.to = (t.from + 1) % kDecks;
  t.at = Beat::beats(std::max<std::int64_t>(0, soon + below(16) - 4));
  t.length = Beat(1 + below(8 * Beat::kPerBeat));
  t.entry = Beat(below(4 * Beat::kPerBeat));
  t.shape = random_shape(seed);
  return std::make_shared<const Transition>(t);
}

/// Gives a loop a level, another one, onsets, kicks and markers.
inline void decorate(Loop& loop, std::uint64_t seed) {
  const auto draw = [&] { return seed = mix_bits(seed); };
  const std::int64_t length = loop.length().ticks;
  const auto moment = [&] {
    return Beat(static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(length)));
  };
  if (draw() % 2 == 0) loop.one = moment();
  if (draw() % 2 == 0) loop.seam = static_cast<int>(draw() % 200) % static_cast<int>(loop.source_length());
  loop.gain = 0.25f + static_cast<float>(draw() % 100) / 100;
  for (std::int64_t at = 0; at + 200'000 < length;
       at += 200'000 + static_cast<std::int64_t>(draw() % 400'000))
    loop.onsets.push_back(Beat(at + static_cast<std::int64_t>(draw() % 100'000)));
  const std::int64_t gap = Loop::kKickGap.ticks;
  for (std::int64_t at = 0; at + 2 * gap < length; at += 2 * gap)
    if (draw() % 3 != 0)
      loop.kicks.push_back(Beat(at + static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(gap))));
  for (auto& marker : loop.markers)
    if (draw() % 2 == 0) marker = moment();
}

}  // namespace entrain::test
