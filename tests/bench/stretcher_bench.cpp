// Prints what the decks' stretcher costs and how it treats made sounds, beside Rubber Band's real-time engines:
//   stretcher_bench [seconds of audio per row]
// Cost: thread CPU time as a percentage of a 64-frame period at 48 kHz, each stretcher at another ratio, which for the
// rows that glide moves on in every quantum. Rubber Band's rows follow no warp map: they take a ratio as it comes.
// Sound: see each column's function.
#include <rubberband/RubberBandStretcher.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

#include "engine/units/dsp/stretcher.h"
#include "tests/bench/studied.h"

using namespace entrain;

namespace {

using R = RubberBand::RubberBandStretcher;

constexpr int kRate = 48'000, kPeriod = 64;
constexpr double kPi = 3.14159265358979323846;
constexpr std::int64_t kLaunch = 48'000;

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

/// What makes sound of `kPeriod` frames at a time.
class Maker {
 public:
  virtual ~Maker() = default;
  virtual void begin(int index) = 0;
  virtual void make(const Pcm& pcm, double speed, std::int64_t at) = 0;
};

class Ours : public Maker {
 public:
  void begin(int index) override {
    s_.prepare(kRate);
    s_.begin(Frame(kLaunch), index);
  }
  void make(const Pcm& pcm, double speed, std::int64_t at) override {
    if (at >= kLaunch) place_ += (speed - speed_) * static_cast<double>(kLaunch - at);  // goes on from where it is
    speed_ = speed;
    const StretchTarget target{read, this};
    for (std::int64_t q = at; q < at + kPeriod; q += kQuantum)
      s_.process(kernels_, pcm.source(), target, Frame(q), left_.data(), right_.data());
  }

 private:
  static double read(const void* self, double frame) {
    const Ours& o = *static_cast<const Ours*>(self);
    return o.place_ + (frame - static_cast<double>(kLaunch)) * o.speed_;
  }
  const Kernels& kernels_ = kernels_for(best_isa());
  Stretcher s_;
  double speed_ = 1, place_ = 0;
  std::array<float, kQuantum> left_{}, right_{};
};

class Theirs : public Maker {
 public:
  explicit Theirs(int engine)
      : r_(kRate, 2, R::OptionProcessRealTime | R::OptionThreadingNever | R::OptionChannelsTogether | engine) {}
  void begin(int index) override { read_ = 977 * static_cast<std::size_t>(index); }
  void make(const Pcm& pcm, double speed, std::int64_t) override {
    r_.setTimeRatio(1 / speed);
    std::array<float, kPeriod> left, right;
    while (r_.available() < kPeriod) {
      for (std::size_t i = 0; i < kPeriod; ++i, ++read_) {
        left[i] = pcm.left[read_ % pcm.left.size()];
        right[i] = pcm.right[read_ % pcm.left.size()];
      }
      const std::array<const float*, 2> in{left.data(), right.data()};
      r_.process(in.data(), kPeriod, false);
    }
    const std::array<float*, 2> out{left.data(), right.data()};
    r_.retrieve(out.data(), kPeriod);
  }

 private:
  R r_;
  std::size_t read_ = 0;
};

template <class Make>
std::vector<double> cost(const Make& made, int instances, bool glides, double seconds) {
  const Pcm pcm = make(true, true, true);
  const std::array<double, 4> speeds{1 / 0.9, 1 / 1.1, 1 / 0.97, 1 / 1.25};
  std::vector<std::unique_ptr<Maker>> all;
  for (int i = 0; i < instances; ++i) {
    all.push_back(made());
    all.back()->begin(2 * i);
  }
  std::vector<double> periods;
  periods.reserve(static_cast<std::size_t>(seconds * kRate / kPeriod) + 1);
  for (std::int64_t q = kLaunch - 8192; q < kLaunch + static_cast<std::int64_t>(seconds * kRate); q += kPeriod) {
    const double bend = glides ? 1 + 0.05 * std::sin(static_cast<double>(q) / kRate) : 1;
    const double before = cpu_seconds();
    for (std::size_t i = 0; i < all.size(); ++i) all[i]->make(pcm, bend * speeds[i], q);
    if (q >= kLaunch) periods.push_back(100 * (cpu_seconds() - before) * kRate / kPeriod);
  }
  return periods;
}

/// By the deck's stretcher.
std::vector<float> live(const Pcm& pcm, double ratio, double seconds) {
  const Kernels& kernels = kernels_for(best_isa());
  Stretcher s;
  s.prepare(kRate);
  s.begin(Frame(kLaunch), 0);
  const double speed = 1 / ratio;
  const StretchTarget target{read, &speed};
  std::vector<float> left(static_cast<std::size_t>(seconds * kRate) / kQuantum * kQuantum), right(kQuantum);
  for (std::int64_t q = kLaunch - s.lead(); q < kLaunch; q += kQuantum) s.preroll(kernels, pcm.source(), target, Frame(q));
  for (std::size_t i = 0; i < left.size(); i += kQuantum)
    s.process(kernels, pcm.source(), target, Frame(kLaunch + static_cast<std::int64_t>(i)), &left[i], right.data());
  return left;
}

/// By Rubber Band offline.
std::vector<float> offline(const Pcm& pcm, int engine, double ratio, double seconds) {
  std::vector<float> in;
  while (static_cast<double>(in.size()) * ratio < (seconds + 1) * kRate) in.insert(in.end(), pcm.left.begin(), pcm.left.end());
  auto out = studied(in, kRate, engine, ratio);
  out.resize(static_cast<std::size_t>(seconds * kRate));
  return out;
}

struct Attack {
  double peak, early;  ///< dB against the source
};

/// Attacks over silence: how high they peak, and how much of their energy comes more than 1 ms before them
/// (pre-echo), both medians, in dB.
template <class Render>
Attack attacks(const Render& render, double ratio) {
  const auto out = render(make(false, false, true), ratio, 8.0);
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
template <class Render>
double roughness(const Render& render, double ratio) {
  const auto out = render(make(true, false, false), ratio, 4.0);
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

constexpr std::array<double, 5> kRatios{0.8, 0.95, 1.0, 1.05, 1.25};

template <class Make>
void print_cost(const char* name, bool glides, double seconds, const Make& made) {
  std::printf("%-28s |", name);
  for (const int n : {1, 2, 4}) {
    const auto periods = cost(made, n, glides, seconds);
    double mean = 0;
    for (const double p : periods) mean += p / static_cast<double>(periods.size());
    std::printf("   %5.1f %5.1f %5.1f %5.1f |", mean, part(periods, 0.5), part(periods, 0.99), part(periods, 0.999));
  }
  std::printf("\n");
}

template <class Render>
void print_sound(const char* name, const Render& render) {
  std::printf("%-28s |", name);
  for (const double ratio : kRatios) {
    const Attack a = attacks(render, ratio);
    std::printf(" %5.1f %6.1f %6.1f |", a.peak, a.early, roughness(render, ratio));
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 10;
  std::printf("%-28s |", "cost, % of a 64-frame period");
  for (const int n : {1, 2, 4}) std::printf(" %d: mean   p50   p99 p99.9 |", n);
  std::printf("\n");
  for (const bool glides : {false, true}) {
    const auto theirs = [](int engine) { return [engine] { return std::make_unique<Theirs>(engine); }; };
    print_cost(glides ? "deck, gliding" : "deck", glides, seconds, [] { return std::make_unique<Ours>(); });
    print_cost(glides ? "R2, gliding" : "R2", glides, seconds, theirs(R::OptionEngineFaster));
    print_cost(glides ? "R3, short window, gliding" : "R3, short window", glides, seconds,
               theirs(R::OptionEngineFiner | R::OptionWindowShort));
  }
  std::printf("\n%-28s |", "sound, dB: peak, early, rough");
  for (const double ratio : kRatios) std::printf("      %.2f          |", ratio);
  std::printf("\n");
  print_sound("deck", live);
  const auto by = [](int engine) {
    return [engine](const Pcm& pcm, double ratio, double length) { return offline(pcm, engine, ratio, length); };
  };
  print_sound("R2, offline", by(R::OptionEngineFaster));
  print_sound("R3, offline", by(R::OptionEngineFiner));
}
