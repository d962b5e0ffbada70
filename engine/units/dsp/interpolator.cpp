#include "engine/units/dsp/interpolator.h"

#include <cmath>
#include <numbers>

namespace entrain {
namespace {

constexpr double kBeta = 8.96;        // Kaiser's formula for 90 dB
constexpr double kTransition = 5.72;  // (90 - 7.95) / 14.36: width of the transition times the number of taps
constexpr int kTaps = 48;

/// The modified Bessel function of order zero, by its series.
double bessel(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 40; ++k) {
    term *= x / (2 * k) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

/// Not divided by its value in the middle: the rows are brought to a sum of 1 anyway.
double kaiser(double part) { return std::abs(part) >= 1 ? 0 : bessel(kBeta * std::sqrt(1 - part * part)); }

double sinc(double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

std::array<Interpolator::Bank, Interpolator::kBanks> build() {
  std::array<Interpolator::Bank, Interpolator::kBanks> banks;
  for (std::size_t b = 0; b < banks.size(); ++b) {
    Interpolator::Bank& bank = banks[b];
    bank.fastest = std::exp2(static_cast<double>(b) / 6);
    bank.taps = (static_cast<int>(std::lround(kTaps * bank.fastest)) + 15) / 16 * 16;
    // The stop band begins where the faster sound would fold.
    const double cutoff = 1 / bank.fastest - kTransition / bank.taps;
    bank.rows.resize(static_cast<std::size_t>((kInterpolatorPhases + 1) * bank.taps));
    std::vector<double> taps(static_cast<std::size_t>(bank.taps));
    for (int phase = 0; phase <= kInterpolatorPhases; ++phase) {
      float* row = bank.rows.data() + static_cast<std::ptrdiff_t>(phase) * bank.taps;
      double sum = 0;
      for (int k = 0; k < bank.taps; ++k) {
        const double at = k - bank.before() - static_cast<double>(phase) / kInterpolatorPhases;
        sum += taps[static_cast<std::size_t>(k)] = sinc(cutoff * at) * kaiser(at / (bank.taps / 2.0));
      }
      for (int k = 0; k < bank.taps; ++k) row[k] = static_cast<float>(taps[static_cast<std::size_t>(k)] / sum);
    }
  }
  return banks;
}

}  // namespace

void Interpolator::prepare() {
  static const auto banks = build();
  banks_ = &banks;
}

const Interpolator::Bank& Interpolator::bank(double speed) const {
  for (const Bank& bank : *banks_)
    if (speed <= bank.fastest) return bank;
  return banks_->back();
}

}  // namespace entrain
