#include "engine/analysis/envelope.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/analysis/spectral.h"

namespace entrain {
namespace {

constexpr double kSilence = 1e-14;          // energy of a millisecond that counts as silent, full scale 1
constexpr std::size_t kPeakWithinMs = 300;  // the attack of a hit is over by then
constexpr double kCrossingsWithin = 0.3;    // seconds

/// Mean energy of each millisecond.
std::vector<double> milliseconds(std::span<const float> sound, int rate) {
  const auto step = static_cast<std::size_t>(rate / 1000);
  std::vector<double> energy;
  for (std::size_t at = 0; at < sound.size(); at += step) {
    const auto part = sound.subspan(at, std::min(step, sound.size() - at));
    const double sum = std::transform_reduce(part.begin(), part.end(), 0.0, std::plus<>(), [](float x) {
      return static_cast<double>(x) * static_cast<double>(x);
    });
    energy.push_back(sum / static_cast<double>(step) + kSilence);
  }
  return energy;
}

/// Means over `width` values around each, what lies beyond the ends being silent.
std::vector<double> smooth(std::span<const double> energy, std::size_t width) {
  std::vector<double> out(energy.size());
  for (std::size_t i = 0; i < energy.size(); ++i) {
    const std::size_t from = i < width / 2 ? 0 : i - width / 2,
                      to = std::min(energy.size(), i + width - width / 2);
    out[i] = std::accumulate(&energy[from], &energy[from] + (to - from), 0.0) / static_cast<double>(width);
  }
  return out;
}

/// Sum of what the level rises from one ms to the next between `from` and `to`, in dB above `floor`.
float rises(std::span<const double> energy, std::size_t width, std::size_t from, std::size_t to,
            float floor) {
  const auto level = smooth(energy.first(std::min(to, energy.size())), width);
  const double top = *std::ranges::max_element(level);
  float sum = 0;
  for (std::size_t i = from + 1; i < level.size(); ++i)
    sum += std::max(0.0f, decibels_of(level[i] / top, floor) - decibels_of(level[i - 1] / top, floor));
  return sum;
}

/// Until which millisecond a part of the energy has come.
float time_of_part(std::span<const double> energy, double part) {
  double left = part * std::accumulate(energy.begin(), energy.end(), 0.0);
  std::size_t i = 0;
  while (i + 1 < energy.size() && left > energy[i]) left -= energy[i++];
  return octaves_of_ms(static_cast<double>(i));
}

float crossings(std::span<const float> sound, int rate) {
  const auto part = sound.first(std::min(sound.size(), static_cast<std::size_t>(kCrossingsWithin * rate)));
  std::size_t count = 0;
  for (std::size_t i = 1; i < part.size(); ++i) count += std::signbit(part[i]) != std::signbit(part[i - 1]);
  return octaves_of_ms(static_cast<double>(count) * rate / static_cast<double>(part.size()));
}

float crest(std::span<const float> sound) {
  double sum = 0, top = 0;
  for (const float x : sound) {
    const double square = static_cast<double>(x) * static_cast<double>(x);
    sum += square;
    top = std::max(top, square);
  }
  return sum > 0 ? decibels_of(top * static_cast<double>(sound.size()) / sum, 0) : 0;
}

}  // namespace

float octaves_of_ms(double ms) { return static_cast<float>(std::log2(1 + ms)); }

std::array<float, kEnvelopeValues> envelope_values(std::span<const float> sound, int rate) {
  if (sound.empty()) return {};
  const auto energy = milliseconds(sound, rate);
  const auto level = smooth(energy, 5);
  const auto peak = static_cast<std::size_t>(
      std::max_element(level.begin(),
                       level.begin() + static_cast<std::ptrdiff_t>(std::min(kPeakWithinMs, level.size()))) -
      level.begin());
  std::array<float, kEnvelopeValues> out{};
  std::size_t at = 0;
  const auto add = [&](float value) { out[at++] = value; };
  add(octaves_of_ms(static_cast<double>(peak)));
  const auto after = std::span(level).subspan(peak);
  for (const double below : {0.1, 0.01, 0.001, 0.0001}) {
    const auto fallen = std::ranges::find_if(after, [&](double e) { return e < below * level[peak]; });
    add(octaves_of_ms(static_cast<double>(fallen - after.begin())));
    std::size_t last = after.size() - 1;
    while (last > 0 && after[last] <= below * level[peak]) --last;
    add(octaves_of_ms(static_cast<double>(last)));
  }
  add(octaves_of_ms(static_cast<double>(energy.size())));
  double moment = 0;
  for (std::size_t i = 0; i < energy.size(); ++i) moment += static_cast<double>(i) * energy[i];
  add(octaves_of_ms(moment / std::accumulate(energy.begin(), energy.end(), 0.0)));
  for (const double part : {0.1, 0.5, 0.9}) add(time_of_part(energy, part));
  add(crest(sound));
  add(rises(energy, 2, 0, 60, -40));
  add(rises(energy, 4, 3, 80, -30));
  add(crossings(sound, rate));
  return out;
}

}  // namespace entrain
