#include "engine/units/dsp/partial_bank.h"

#include <cmath>

#include "engine/core/draws.h"
#include "engine/core/time.h"
#include "engine/units/dsp/maths.h"

namespace entrain {
namespace {

constexpr double kBeside = 0.004;  ///< how far a partial on the right lies beside its left one, at most

}  // namespace

void PartialBank::start(std::uint64_t draws, double low, double high, int rate) {
  for (std::size_t p = 0; p < kPartials; ++p) {
    const std::uint64_t bits = mix_bits(draws + p);
    const double part = (static_cast<double>(p) + draw_part(bits)) / kPartials;
    const double hertz = low + (high - low) * part * std::sqrt(part);
    for (std::size_t side = 0; side < 2; ++side) {
      const std::uint64_t more = mix_bits(bits + side);
      const double turns =
          hertz * (side == 0 ? 1 : 1 + kBeside * (2 * draw_part(mix_bits(bits + 2)) - 1)) / rate;
      const double phase = draw_part(more);
      Group& group = sides_[side][p / 4];
      const std::size_t lane = p % 4;
      group.cosine[lane] = static_cast<float>(sine_of_turns(phase + 0.25));
      group.sine[lane] = static_cast<float>(sine_of_turns(phase));
      group.turn_cosine[lane] = static_cast<float>(sine_of_turns(turns + 0.25));
      group.turn_sine[lane] = static_cast<float>(sine_of_turns(turns));
      group.weight[lane] = static_cast<float>(0.5 + draw_part(mix_bits(more)));
    }
  }
  levels_ = {};
}

void PartialBank::sound(Group& group, Lanes* to, int n, float from, float level) {
  Lanes c = group.cosine, s = group.sine;
  Lanes gain = from * group.weight;
  const Lanes slope = (level - from) / static_cast<float>(n) * group.weight;
  for (int i = 0; i < n; ++i) {
    gain += slope;
    const Lanes turned = c * group.turn_cosine - s * group.turn_sine;
    s = s * group.turn_cosine + c * group.turn_sine;
    c = turned;
    to[i] += gain * s;
  }
  const Lanes length = 1.5f - 0.5f * (c * c + s * s);  // Newton's step towards 1 / |c, s|
  group.cosine = c * length;
  group.sine = s * length;
}

void PartialBank::render(Stereo* to, int n, float level, float tilt, bool jump) {
  Lanes sums[2][kQuantum] = {};
  for (std::size_t g = 0; g < kGroups; ++g, level *= tilt) {
    const float from = jump ? level : levels_[g];
    for (std::size_t side = 0; side < 2; ++side) sound(sides_[side][g], sums[side], n, from, level);
    levels_[g] = level;
  }
  for (int i = 0; i < n; ++i) {
    const Lanes l = sums[0][i], r = sums[1][i];
    to[i] += stereo((l[0] + l[1]) + (l[2] + l[3]), (r[0] + r[1]) + (r[2] + r[3]));
  }
}

}  // namespace entrain
