#include "engine/analysis/periodicity.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/analysis/fft.h"

namespace entrain {
namespace {

constexpr double kMeanSeconds = 0.4, kSmoothSeconds = 0.010;
constexpr double kMostShift = 0.6;  // of the curve's length

/// What rises above the mean of the seconds around it.
std::vector<float> above_mean(std::span<const float> curve, double rate) {
  const auto size = static_cast<std::ptrdiff_t>(curve.size());
  const auto around = static_cast<std::ptrdiff_t>(std::lround(kMeanSeconds * rate / 2));
  std::vector<double> sums{0};
  for (const float v : curve) sums.push_back(sums.back() + v);
  std::vector<float> out(curve.size());
  for (std::ptrdiff_t t = 0; t < size; ++t) {
    const auto from = std::max<std::ptrdiff_t>(0, t - around), to = std::min(size, t + around + 1);
    const double mean = (sums[static_cast<std::size_t>(to)] - sums[static_cast<std::size_t>(from)]) /
                        static_cast<double>(to - from);
    out[static_cast<std::size_t>(t)] =
        std::max(0.0f, curve[static_cast<std::size_t>(t)] - static_cast<float>(mean));
  }
  return out;
}

std::vector<float> smoothed(const std::vector<float>& curve, double rate) {
  const int reach = std::max(1, static_cast<int>(std::lround(3 * kSmoothSeconds * rate)));
  const auto size = static_cast<std::ptrdiff_t>(curve.size());
  std::vector<float> out(curve.size());
  double whole = 0;
  std::vector<float> kernel;
  for (int k = -reach; k <= reach; ++k) {
    const double x = k / (kSmoothSeconds * rate);
    kernel.push_back(static_cast<float>(std::exp(-0.5 * x * x)));
    whole += static_cast<double>(kernel.back());
  }
  for (std::ptrdiff_t t = 0; t < size; ++t) {
    if (curve[static_cast<std::size_t>(t)] == 0) continue;
    for (int k = -reach; k <= reach; ++k)
      if (t + k >= 0 && t + k < size)
        out[static_cast<std::size_t>(t + k)] += curve[static_cast<std::size_t>(t)] *
                                                kernel[static_cast<std::size_t>(k + reach)] /
                                                static_cast<float>(whole);
  }
  return out;
}

}  // namespace

Periodicity::Periodicity(std::span<const float> curve, double rate) : rate_(rate) {
  std::vector<float> x = smoothed(above_mean(curve, rate), rate);
  double mean = 0;
  for (const float v : x) mean += v;
  mean /= std::max<double>(1, static_cast<double>(x.size()));
  for (float& v : x) v -= static_cast<float>(mean);
  const auto lags =
      static_cast<std::size_t>(std::min(kMostShift * static_cast<double>(x.size()), kLongestLag * rate + 2));
  if (lags < 2) return;
  last_ = static_cast<double>(lags - 1);

  Fft fft(static_cast<int>(std::bit_ceil(x.size() + lags + 1)));
  std::copy(x.begin(), x.end(), fft.input().begin());
  fft.autocorrelate();
  std::vector<double> energy{0};
  for (const float v : x) energy.push_back(energy.back() + static_cast<double>(v) * v);
  values_.resize(lags + 1);
  for (std::size_t k = 0; k <= lags; ++k) {
    const double first = energy[x.size() - k], second = energy.back() - energy[k];
    const double scale = std::sqrt(first * second);
    values_[k] = scale > 1e-12 * (1 + energy.back())
                     ? static_cast<float>(
                           std::clamp(static_cast<double>(fft.input()[k]) / fft.size() / scale, -1.0, 1.0))
                     : 0.0f;
  }
}

double Periodicity::at(double lag_seconds) const {
  const double k = lag_seconds * rate_;
  if (!(k >= 0) || !known(lag_seconds)) return 0;
  const auto i = static_cast<std::size_t>(k);
  const double part = k - static_cast<double>(i);
  return values_[i] * (1 - part) + values_[i + 1] * part;
}

}  // namespace entrain
