// Prints what the stretcher costs and how it sounds, for the options of R2 one could choose:
//   stretcher_bench [seconds of audio per row]
// Cost: thread CPU time as a percentage of a 64-frame period at 48 kHz. Sound: see each column's function.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "engine/units/dsp/stretcher.h"

using namespace entrain;

namespace {

constexpr int kRate = 48'000, kPeriod = 64;
constexpr double kPi = 3.14159265358979323846;
constexpr std::int64_t kLaunch = 48'000;

struct Choice {
  const char* name;
  int options;
};
constexpr Choice kChoices[] = {
    {"short, crisp, laminar", 0x00100000},  {"short, mixed, laminar", 0x00100100},
    {"short, smooth, laminar", 0x00100200}, {"short, crisp, independent", 0x00102000},
    {"standard, crisp, laminar", 0},        {"standard, mixed, laminar", 0x100},
    {"standard, smooth, laminar", 0x200},   {"long, crisp, laminar", 0x00200000},
};

double draw(std::uint32_t& state) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) / 8388608.0 - 1;
}

struct Pcm {
  std::vector<float> left, right;
  StretchSource source() const {
    return {left.data(), right.data(), static_cast<std::int64_t>(left.size()), true};
  }
};

/// Two seconds: a chord over a bass note, a bed of noise, and eight attacks of 8 ms.
Pcm make(bool chord, bool noise, bool attacks) {
  Pcm pcm{std::vector<float>(2 * kRate), std::vector<float>(2 * kRate)};
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < pcm.left.size(); ++i) {
    double v = noise ? 0.02 * draw(state) : 0;
    if (chord)
      for (const double hz : {55.0, 220.5, 277.0, 330.0, 880.0})
        v += 0.08 * std::sin(2 * kPi * hz * static_cast<double>(i) / kRate);
    const std::size_t since = i % (kRate / 4);
    if (attacks && since < 384) v += 0.6 * std::exp(-static_cast<double>(since) / 72) * draw(state);
    pcm.left[i] = static_cast<float>(v);
    pcm.right[i] = static_cast<float>(0.8 * v);
  }
  return pcm;
}

double read(const void* speed, double frame) {
  return (frame - static_cast<double>(kLaunch)) * *static_cast<const double*>(speed);
}

double part(std::vector<double> v, double p) {
  std::sort(v.begin(), v.end());
  return v[std::min(v.size() - 1, static_cast<std::size_t>(p * static_cast<double>(v.size())))];
}

double cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

std::vector<double> cost(int options, int instances, double seconds) {
  const Pcm pcm = make(true, true, true);
  const std::array<double, 4> speeds{1 / 0.9, 1 / 1.1, 1 / 0.97, 1 / 1.25};
  std::vector<Stretcher> all(static_cast<std::size_t>(instances));
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].prepare(kRate, options);
    all[i].begin(Frame(kLaunch), static_cast<int>(i));
  }
  std::array<float, kQuantum> left, right;
  std::vector<double> periods;
  periods.reserve(static_cast<std::size_t>(seconds * kRate / kPeriod) + 1);
  for (std::int64_t q = kLaunch - 8192; q < kLaunch + static_cast<std::int64_t>(seconds * kRate);
       q += kPeriod) {
    const double before = cpu_seconds();
    for (std::int64_t at = q; at < q + kPeriod; at += kQuantum)
      for (std::size_t i = 0; i < all.size(); ++i) {
        const StretchTarget target{read, &speeds[i]};
        if (at < kLaunch)
          all[i].preroll(pcm.source(), target, Frame(at));
        else
          all[i].process(pcm.source(), target, Frame(at), left.data(), right.data());
      }
    if (q >= kLaunch) periods.push_back(100 * (cpu_seconds() - before) * kRate / kPeriod);
  }
  return periods;
}

std::vector<float> render(const Pcm& pcm, int options, double ratio, double seconds) {
  Stretcher s;
  s.prepare(kRate, options);
  s.begin(Frame(kLaunch), 0);
  const double speed = 1 / ratio;
  const StretchTarget target{read, &speed};
  std::vector<float> left(static_cast<std::size_t>(seconds * kRate) / kQuantum * kQuantum), right(kQuantum);
  for (std::int64_t q = kLaunch - 8192; q < kLaunch; q += kQuantum) s.preroll(pcm.source(), target, Frame(q));
  for (std::size_t i = 0; i < left.size(); i += kQuantum)
    s.process(pcm.source(), target, Frame(kLaunch + static_cast<std::int64_t>(i)), &left[i], right.data());
  return left;
}

struct Attack {
  double peak, early;  ///< dB against the source
};

/// Attacks over silence: how high they peak, and how much of their energy comes more than 1 ms before them
/// (pre-echo), both medians, in dB.
Attack attacks(int options, double ratio) {
  const auto out = render(make(false, false, true), options, ratio, 8);
  double source_peak = 0;
  const Pcm pcm = make(false, false, true);
  for (const float x : pcm.left) source_peak = std::max(source_peak, static_cast<double>(std::abs(x)));
  std::vector<double> peaks, earlies;
  for (double at = ratio * kRate / 4; at + 4000 < static_cast<double>(out.size()); at += ratio * kRate / 4) {
    double peak = 0, early = 1e-12, all = 1e-12;
    for (int i = -2000; i < 2000; ++i) {
      const double x = out[static_cast<std::size_t>(at + i)];
      peak = std::max(peak, std::abs(x));
      all += x * x;
      if (i < -kRate / 1000) early += x * x;
    }
    peaks.push_back(20 * std::log10(peak / source_peak));
    earlies.push_back(10 * std::log10(early / all));
  }
  return {part(peaks, 0.5), part(earlies, 0.5)};
}

/// A chord alone: energy that is none of its partials, in dB. Each partial is fitted by least squares over
/// half a second with a Hann window.
double roughness(int options, double ratio) {
  const auto out = render(make(true, false, false), options, ratio, 4);
  const std::size_t n = kRate / 2;
  std::vector<double> rest;
  double energy = 0, left_over = 0;
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = out[2 * kRate + i];
  for (std::size_t i = 0; i < n; ++i) energy += x[i] * x[i];
  for (int round = 0; round < 6; ++round)
    for (const double hz : {55.0, 220.5, 277.0, 330.0, 880.0}) {
      double c = 0, s = 0, w = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const double hann = 1 - std::cos(2 * kPi * static_cast<double>(i) / static_cast<double>(n));
        const double a = 2 * kPi * hz * static_cast<double>(i) / kRate;
        c += hann * x[i] * std::cos(a);
        s += hann * x[i] * std::sin(a);
        w += hann / 2;
      }
      for (std::size_t i = 0; i < n; ++i) {
        const double a = 2 * kPi * hz * static_cast<double>(i) / kRate;
        x[i] -= c / w * std::cos(a) + s / w * std::sin(a);
      }
    }
  for (const double v : x) left_over += v * v;
  return 10 * std::log10(left_over / energy + 1e-15);
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 10;
  std::printf("%-28s %5s |", "cost, % of a 64-frame period", "lead");
  for (const int n : {1, 2, 4}) std::printf(" %d: mean   p50   p99 p99.9 |", n);
  std::printf("\n");
  for (const Choice& choice : kChoices) {
    Stretcher s;
    s.prepare(kRate, choice.options);
    std::printf("%-28s %5d |", choice.name, s.lead());
    for (const int n : {1, 2, 4}) {
      const auto periods = cost(choice.options, n, seconds);
      double mean = 0;
      for (const double p : periods) mean += p / static_cast<double>(periods.size());
      std::printf("   %5.1f %5.1f %5.1f %5.1f |", mean, part(periods, 0.5), part(periods, 0.99),
                  part(periods, 0.999));
    }
    std::printf("\n");
  }
  std::printf("\n%-28s |", "sound, dB: peak, early, rough");
  for (const double ratio : {0.8, 0.95, 1.0, 1.05, 1.25}) std::printf("      %.2f          |", ratio);
  std::printf("\n");
  for (const Choice& choice : kChoices) {
    std::printf("%-28s |", choice.name);
    for (const double ratio : {0.8, 0.95, 1.0, 1.05, 1.25}) {
      const Attack a = attacks(choice.options, ratio);
      std::printf(" %5.1f %6.1f %6.1f |", a.peak, a.early, roughness(choice.options, ratio));
    }
    std::printf("\n");
  }
}
