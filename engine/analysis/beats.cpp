#include "engine/analysis/beats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "engine/analysis/grid_fit.h"

namespace entrain {
namespace {

constexpr double kTightness = 100;   // how much a beat out of time costs (Ellis 2007)
constexpr double kEven = 0.06;       // of a period: beats that wander less stand on a grid
constexpr double kShortPiece = 45;   // seconds: what is shorter is taken as even
constexpr double kNear = 0.1;        // of a period: onsets this near a beat decide the grid's phase
constexpr double kLoopStart = 0.25;  // of the strongest phase: what speaks for a beat at a loop's beginning
constexpr double kBarStart = 0.75;   // of the strongest beat: what speaks for a bar there
constexpr double kSteady = 0.005,
                 kUnsteady = 0.010;  // seconds onsets stray: sure of the phase, and not at all
constexpr double kLowWeight = 1.5;   // of low-band novelty, where beats and bars are told
constexpr int kBar = 4;              // beats

/// Novelty with the lows enhanced, scaled to a deviation of one.
std::vector<double> pulse_curve(const Novelty& novelty) {
  std::vector<double> curve(novelty.all.size());
  double squares = 0;
  for (std::size_t t = 0; t < curve.size(); ++t) {
    curve[t] = static_cast<double>(novelty.all[t]) + kLowWeight * static_cast<double>(novelty.low[t]);
    squares += curve[t] * curve[t];
  }
  const double scale = std::sqrt(squares / std::max<double>(1, static_cast<double>(curve.size())));
  for (double& v : curve) v = scale > 0 ? v / scale : 0;
  return curve;
}

double at(const std::vector<double>& curve, double frame) {
  if (curve.empty()) return 0;
  const auto last = static_cast<std::ptrdiff_t>(curve.size()) - 1;
  const auto here = std::clamp<std::ptrdiff_t>(std::lround(frame), 0, last);
  const auto from = std::max<std::ptrdiff_t>(0, here - 2), to = std::min(last, here + 2);
  return *std::max_element(curve.begin() + from, curve.begin() + to + 1);
}

/// Frames of beats about `period` frames apart that collect the most of the curve.
std::vector<double> tracked(const std::vector<double>& curve, double period) {
  const auto size = static_cast<std::ptrdiff_t>(curve.size());
  const auto nearest = std::max<std::ptrdiff_t>(1, std::lround(period / 2)),
             farthest = std::lround(period * 2);
  std::vector<double> cost;
  for (auto k = nearest; k <= farthest; ++k) {
    const double octaves = std::log(static_cast<double>(k) / period);
    cost.push_back(kTightness * octaves * octaves);
  }
  std::vector<double> score(curve.size());
  std::vector<std::int32_t> previous(curve.size(), -1);
  for (std::ptrdiff_t t = 0; t < size; ++t) {
    double best = 0;  // a beat may be the first
    for (auto k = nearest; k <= std::min(farthest, t); ++k) {
      const double s = score[static_cast<std::size_t>(t - k)] - cost[static_cast<std::size_t>(k - nearest)];
      if (s > best) {
        best = s;
        previous[static_cast<std::size_t>(t)] = static_cast<std::int32_t>(t - k);
      }
    }
    score[static_cast<std::size_t>(t)] = curve[static_cast<std::size_t>(t)] + best;
  }
  std::vector<double> beats;
  const auto tail = std::min<std::ptrdiff_t>(size, std::max<std::ptrdiff_t>(1, std::lround(period)));
  auto t = std::max_element(score.end() - tail, score.end()) - score.begin();
  for (; t >= 0; t = previous[static_cast<std::size_t>(t)]) beats.push_back(static_cast<double>(t));
  std::reverse(beats.begin(), beats.end());
  return beats;
}

/// The frame below `period` at which a grid collects the most of the curve.
double best_phase(const std::vector<double>& curve, double period, bool loop) {
  double best = 0, most = -1, strongest = 0;
  std::vector<double> sums;
  for (double phase = 0; phase < period; ++phase) {
    double sum = 0;
    for (double t = phase; t < static_cast<double>(curve.size()); t += period) sum += at(curve, t);
    sums.push_back(sum);
    strongest = std::max(strongest, sum);
  }
  for (std::size_t phase = 0; phase < sums.size(); ++phase) {
    const double off = std::min(static_cast<double>(phase), period - static_cast<double>(phase)) / period;
    const double sum = sums[phase] + (loop && off < kNear ? kLoopStart * strongest : 0);
    if (sum > most) {
      most = sum;
      best = static_cast<double>(phase);
    }
  }
  return best;
}

/// The root mean square by which beats leave their regular course, in periods.
double wandering(const std::vector<double>& beats, double period) {
  if (beats.size() < 2) return 0;
  double mean = 0, squares = 0;
  for (std::size_t k = 0; k < beats.size(); ++k) mean += beats[k] - static_cast<double>(k) * period;
  mean /= static_cast<double>(beats.size());
  for (std::size_t k = 0; k < beats.size(); ++k) {
    const double off = (beats[k] - static_cast<double>(k) * period - mean) / period;
    squares += off * off;
  }
  return std::sqrt(squares / static_cast<double>(beats.size()));
}

std::vector<double> grid(double first, double period, double seconds) {
  while (first >= period - 1e-9) first -= period;
  while (first <= -kNear * period) first += period;  // what is nearer is a beat whose onset the cut took
  std::vector<double> beats;
  for (std::size_t k = 0; first + static_cast<double>(k) * period < seconds - 0.02; ++k)
    beats.push_back(first + static_cast<double>(k) * period);
  return beats;
}

/// 1 where all of the curve's height is on the beats, 0 where it is no higher there than half-way between.
float clearness(const std::vector<double>& curve, const std::vector<double>& beats, double rate,
                double period) {
  double on = 0, off = 0;
  for (const double b : beats) {
    on += at(curve, b * rate);
    off += at(curve, (b + period / 2) * rate);
  }
  return on > 0 ? static_cast<float>(std::clamp((on - off) / on, 0.0, 1.0)) : 0;
}

void find_downbeat(Beats& beats, const std::vector<double>& curve, const Novelty& novelty, bool loop) {
  std::array<double, kBar> heights{}, counts{};
  for (std::size_t k = 0; k < beats.seconds.size(); ++k) {
    heights[k % kBar] += at(curve, beats.seconds[k] * novelty.rate);
    counts[k % kBar] += 1;
  }
  for (std::size_t k = 0; k < kBar; ++k) heights[k] = counts[k] > 0 ? heights[k] / counts[k] : 0;
  const double strongest = *std::max_element(heights.begin(), heights.end());
  if (loop) heights[0] += kBarStart * strongest;
  const auto best = std::max_element(heights.begin(), heights.end()) - heights.begin();
  double second = 0, sum = 0;
  for (std::ptrdiff_t k = 0; k < kBar; ++k) {
    if (k != best) second = std::max(second, heights[static_cast<std::size_t>(k)]);
    sum += heights[static_cast<std::size_t>(k)];
  }
  const double top = heights[static_cast<std::size_t>(best)];
  beats.first_downbeat = static_cast<int>(best);
  beats.downbeat_confidence = sum > 0 ? static_cast<float>((top - second) / top) : 0;
}

/// How many beats fill a loop that begins with one, or 0. A tail of less than a tenth of a beat is let go.
int loop_beats(std::span<const Onset> onsets, double seconds, double period) {
  const double beats = seconds / period, whole = std::round(beats);
  const bool begins = !onsets.empty() && onsets.front().seconds < kNear * period;
  return begins && seconds <= kShortPiece && std::abs(beats - whole) < kNear ? static_cast<int>(whole) : 0;
}

/// How far a phase may be relied on: not if onsets stray about the beats, nor if a loop that begins with a
/// sound has its beats elsewhere.
float steadiness(const PhaseFit& fit, double first, double period, bool loop) {
  if (loop && std::abs(std::remainder(first, period)) > kNear * period) return 0;
  return static_cast<float>(std::clamp((kUnsteady - fit.stray) / (kUnsteady - kSteady), 0.0, 1.0));
}

}  // namespace

Beats find_beats(const Novelty& novelty, std::span<const Onset> onsets, double seconds,
                 const TempoReading& tempo) {
  Beats beats;
  if (!(tempo.bpm > 0) || novelty.all.empty()) return beats;
  const double period = 60 / tempo.bpm;
  const std::vector<double> curve = pulse_curve(novelty);
  const int whole = loop_beats(onsets, seconds, period);
  float steady = 1;

  if (seconds > kShortPiece) {
    for (const double frame : tracked(curve, period * novelty.rate))
      beats.seconds.push_back(frame / novelty.rate);
    beats.even = wandering(beats.seconds, period) < kEven;
  } else {
    beats.even = true;
  }
  if (beats.even) {
    double first = best_phase(curve, period * novelty.rate, whole > 0) / novelty.rate;
    for (int pass = 0; pass < 2; ++pass) first += phase_fit(onsets, first, period).late;
    steady = steadiness(phase_fit(onsets, first, period), first, period, whole > 0);
    beats.seconds = grid(first, period, seconds);
  }
  if (beats.seconds.empty()) return beats;
  beats.confidence = tempo.confidence * clearness(curve, beats.seconds, novelty.rate, period);
  find_downbeat(beats, curve, novelty, whole > 0 && whole % kBar == 0);
  beats.downbeat_confidence *= steady;
  return beats;
}

}  // namespace entrain
