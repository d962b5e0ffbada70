#include "engine/units/dsp/unmasker.h"

#include <algorithm>

#include "engine/core/time.h"

namespace entrain {
namespace {

constexpr double kLowestBand = 62.5;  // Hz
constexpr double kBandDamping = 0.7071;   // 1/Q
constexpr double kRiseSeconds = 0.010, kFallSeconds = 0.200;
constexpr double kBackSeconds = 0.030, kForthSeconds = 0.150;
constexpr float kBelow = 6, kHome = 14, kHomeEdge = 6;  // dB
constexpr float kUnheardCut = 0.02f;                    // dB

/// The part of the way to its goal that a quantum takes.
double part_of_way(double seconds, int rate) {
  return 1 - exp2_exact(-1.4426950408889634 * kQuantum / (seconds * rate));
}

}  // namespace

void UnmaskBands::prepare(int rate) {
  double hertz = kLowestBand;
  for (SvfShape& shape : shapes_) shape = SvfShape::of(tangent(kPi * hertz / rate), kBandDamping), hertz *= 2;
  rise_ = part_of_way(kRiseSeconds, rate);
  fall_ = part_of_way(kFallSeconds, rate);
  reset();
}

void UnmaskBands::reset() {
  filters_ = {};
  energies_ = {};
  levels_.fill(kLeast);
}

void UnmaskBands::follow(const std::array<Stereo, kUnmaskBands>& squares) {
  constexpr double kLeastEnergy = 1e-9;  // kLeast
  for (std::size_t b = 0; b < kUnmaskBands; ++b) {
    const double now = static_cast<double>(squares[b][0] + squares[b][1]) / (2 * kQuantum);
    energies_[b] += (now > energies_[b] ? rise_ : fall_) * (now - energies_[b]);
    if (energies_[b] < kLeastEnergy) energies_[b] = 0;
    levels_[b] =
        energies_[b] > 0 ? static_cast<float>(3.01029995663981195 * log2_exact(energies_[b])) : kLeast;
  }
}

void UnmaskBands::hear(const float* left, const float* right) {
  std::array<Stereo, kUnmaskBands> squares{};
  for (std::size_t b = 0; b < kUnmaskBands; ++b) {
    Svf filter = filters_[b];
    for (int i = 0; i < kQuantum; ++i) {
      const Stereo band = shapes_[b].k * filter.tick(stereo(left[i], right[i]), shapes_[b]).band;
      squares[b] += band * band;
    }
    filters_[b] = filter;
  }
  follow(squares);
}

void UnmaskBands::process(float* left, float* right, const Cuts& cuts) {
  std::array<Stereo, kUnmaskBands> squares{};
  std::array<Stereo, kQuantum> signal;
  for (std::size_t i = 0; i < kQuantum; ++i) signal[i] = stereo(left[i], right[i]);
  for (std::size_t b = 0; b < kUnmaskBands; ++b) {
    Svf filter = filters_[b];
    float cut = cuts.from[b];
    const float step = (cuts.to[b] - cut) / kQuantum;
    for (Stereo& x : signal) {
      const Stereo band = shapes_[b].k * filter.tick(x, shapes_[b]).band;
      squares[b] += band * band;
      cut += step;
      x -= cut * band;
    }
    filters_[b] = filter;
  }
  for (std::size_t i = 0; i < kQuantum; ++i) left[i] = signal[i][0], right[i] = signal[i][1];
  follow(squares);
}

BandDecibels unmasking(const BandDecibels& layer, const BandDecibels& foundation, float louder, float depth) {
  const float loudest = *std::max_element(foundation.begin(), foundation.end());
  BandDecibels cuts{};
  for (std::size_t b = 0; b < kUnmaskBands; ++b) {
    if (foundation[b] <= UnmaskBands::kLeast) continue;
    const float home = std::clamp((foundation[b] - (loudest - kHome)) / kHomeEdge, 0.0f, 1.0f);
    cuts[b] = home * std::clamp(layer[b] + louder - (foundation[b] - kBelow), 0.0f, depth);
  }
  return cuts;
}

void Unmasker::prepare(int rate) {
  bands_.prepare(rate);
  back_ = static_cast<float>(part_of_way(kBackSeconds, rate));
  forth_ = static_cast<float>(part_of_way(kForthSeconds, rate));
  reset();
}

void Unmasker::reset() {
  bands_.reset();
  cuts_ = {};
  taken_ = {};
  works_ = false;
}

void Unmasker::process(float* left, float* right, const BandDecibels* foundation, float louder, float depth) {
  const bool wanted = foundation != nullptr && depth > 0;
  if (!wanted && !works_) return;
  works_ = wanted;
  const BandDecibels goals = wanted ? unmasking(bands_.levels(), *foundation, louder, depth) : BandDecibels{};
  taken_.from = taken_.to;
  for (std::size_t b = 0; b < kUnmaskBands; ++b) {
    cuts_[b] += (goals[b] > cuts_[b] ? back_ : forth_) * (goals[b] - cuts_[b]);
    if (goals[b] == 0 && cuts_[b] < kUnheardCut) cuts_[b] = 0;
    taken_.to[b] = cuts_[b] > 0 ? 1 - static_cast<float>(amplitude(static_cast<double>(-cuts_[b]))) : 0;
    works_ |= cuts_[b] > 0 || taken_.from[b] > 0;
  }
  bands_.process(left, right, taken_);
  if (!works_) bands_.reset();
}

float Unmasker::deepest() const { return *std::max_element(cuts_.begin(), cuts_.end()); }

}  // namespace entrain
