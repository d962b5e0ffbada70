// The limiter's laws, measured by an independent 16x oversampler: a long windowed sinc, not the limiter's taps.
#include "engine/units/dsp/limiter.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/rig.h"
#include "tests/support/storm.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr int kTimes = 16, kHalf = 48;

/// Sinc under a Blackman window, 48 samples to either side.
const std::vector<double>& sinc_table() {
  static const std::vector<double> table = [] {
    std::vector<double> t;
    for (int i = 0; i <= kTimes * kHalf; ++i) {
      const double x = static_cast<double>(i) / kTimes, u = std::numbers::pi * x / kHalf;
      const double window = 0.42 + 0.5 * std::cos(u) + 0.08 * std::cos(2 * u);
      t.push_back(i == 0 ? 1.0 : window * std::sin(std::numbers::pi * x) / (std::numbers::pi * x));
    }
    return t;
  }();
  return table;
}

/// Highest magnitude of the band-limited signal through the samples, read at 16 points per sample. Looks only
/// where a neighbour is high enough to matter.
double true_peak(const std::vector<float>& x) {
  const auto& table = sinc_table();
  double most = 0;
  for (const float v : x) most = std::max(most, std::abs(static_cast<double>(v)));
  const double worth_a_look = 0.5 * most;
  const auto n = static_cast<std::ptrdiff_t>(x.size());
  for (std::ptrdiff_t i = kHalf; i + kHalf + 1 < n; ++i) {
    if (std::max(std::abs(x[static_cast<std::size_t>(i)]), std::abs(x[static_cast<std::size_t>(i + 1)])) < worth_a_look) continue;
    for (int phase = 1; phase < kTimes; ++phase) {
      double y = 0;
      for (std::ptrdiff_t k = -kHalf + 1; k <= kHalf; ++k)
        y += x[static_cast<std::size_t>(i + k)] * table[static_cast<std::size_t>(std::abs(k * kTimes - phase))];
      most = std::max(most, std::abs(y));
    }
  }
  return most;
}

struct Run {
  std::vector<float> left, right, gain;
  int latency = 0;
};
Run limit(std::int64_t frames, const std::function<float(std::int64_t)>& left, const std::function<float(std::int64_t)>& right,
          float ceiling, int rate = 48'000, Isa isa = best_isa()) {
  Limiter limiter;
  limiter.prepare(rate);
  Run run;
  run.latency = limiter.latency();
  for (std::int64_t q = 0; q < frames; q += kQuantum) {
    float l[kQuantum], r[kQuantum];
    for (int i = 0; i < kQuantum; ++i) l[i] = left(q + i), r[i] = right(q + i);
    limiter.process(l, r, ceiling, kernels_for(isa));
    run.left.insert(run.left.end(), l, l + kQuantum);
    run.right.insert(run.right.end(), r, r + kQuantum);
    run.gain.push_back(limiter.lowest_gain());
  }
  return run;
}

float noise_at(std::int64_t i, std::uint64_t seed) {
  return static_cast<float>(mix_bits(seed + static_cast<std::uint64_t>(i)) >> 40) / 8388608.0f - 1.0f;
}
double sine_at(std::int64_t i, double cycles, double phase) {
  return std::sin(2 * std::numbers::pi * (cycles * static_cast<double>(i) + phase));
}

const double kTenthDecibel = std::pow(10, 0.1 / 20);

struct Material {
  const char* name;
  std::function<float(std::int64_t)> at;
};
const std::vector<Material>& materials() {
  static const std::vector<Material> all{
      {"white noise, 12 dB over", [](auto i) { return 4 * noise_at(i, 3); }},
      {"noise in bursts", [](auto i) { return (i / 700 % 3 == 0 ? 6.0f : 0.05f) * noise_at(i, 4); }},
      {"a clipping square", [](auto i) { return i / 37 % 2 == 0 ? 3.0f : -3.0f; }},
      {"a square with an odd period", [](auto i) { return sine_at(i, 441.7 / 48'000, 0.2) > 0 ? 1.7f : -1.7f; }},
      {"fs/4 at 45 degrees", [](auto i) { return static_cast<float>(1.6 * sine_at(i, 0.25, 0.125)); }},
      {"fs/4 at 45 degrees, samples at the ceiling", [](auto i) { return static_cast<float>(1.26 * sine_at(i, 0.25, 0.125)); }},
      {"near fs/3", [](auto i) { return static_cast<float>(2 * sine_at(i, 0.3334, 0.3)); }},
      {"high, beating against the sample rate", [](auto i) { return static_cast<float>(2 * sine_at(i, 0.441, 0.1)); }},
      {"bass", [](auto i) { return static_cast<float>(5 * sine_at(i, 50.0 / 48'000, 0)); }},
      {"a bass with clicks", [](auto i) { return static_cast<float>(0.5 * sine_at(i, 60.0 / 48'000, 0)) + (i % 4'001 == 0 ? 7.0f : 0.0f); }},
      {"a swelling sine", [](auto i) { return static_cast<float>(static_cast<double>(i % 9'600) / 2'000 * sine_at(i, 997.0 / 48'000, 0)); }},
  };
  return all;
}

}  // namespace

TEST_CASE("the oversampler of these tests finds the peak between samples") {
  std::vector<float> x;
  for (int i = 0; i < 400; ++i) x.push_back(static_cast<float>(sine_at(i, 0.25, 0.125)));
  CHECK(true_peak(x) == Approx(1).epsilon(0.001));
  for (double cycles : {0.01, 0.1, 0.3, 0.4, 0.45}) {
    std::vector<float> y;
    for (int i = 0; i < 2'000; ++i) y.push_back(static_cast<float>(sine_at(i, cycles, 0.3)));
    CHECK(true_peak(y) == Approx(1).epsilon(0.003));
  }
}

TEST_CASE("no sample of the limiter's output exceeds the ceiling, and no true peak by more than 0.1 dB") {
  for (const float ceiling : {0.8913f, 1.0f, 0.1f}) {
    for (const Material& m : materials()) {
      INFO(m.name << ", ceiling " << ceiling);
      const Run run = limit(28'800, m.at, [&](auto i) { return m.at(i + 1'234); }, ceiling);
      for (const auto* side : {&run.left, &run.right}) {
        float most = 0;
        for (const float x : *side) most = std::max(most, std::abs(x));
        CHECK(most <= ceiling);
        CHECK(most > 0.4f * ceiling);  // it limits and does not mute
        CHECK(true_peak(*side) <= ceiling * kTenthDecibel);
      }
    }
  }
}

TEST_CASE("below the ceiling the limiter only delays, bit for bit") {
  for (const int rate : {44'100, 48'000, 192'000}) {
    for (const Isa isa : available_isas()) {
      const auto left = [](std::int64_t i) { return 0.45f * noise_at(i, 8); };  // true peaks stay below 0.98
      const auto right = [](std::int64_t i) { return static_cast<float>(0.97 * sine_at(i, 0.11, 0)); };
      const Run run = limit(19'200, left, right, 1.0f, rate, isa);
      std::int64_t wrong = 0;
      for (std::int64_t i = 0; i < 19'200; ++i) {
        const std::int64_t from = i - run.latency;
        const auto k = static_cast<std::size_t>(i);
        wrong += run.left[k] != (from < 0 ? 0.0f : left(from)) || run.right[k] != (from < 0 ? 0.0f : right(from));
      }
      CHECK(wrong == 0);
      CHECK(*std::min_element(run.gain.begin(), run.gain.end()) == 1.0f);
    }
  }
}

TEST_CASE("after a peak the limiter returns to bit-for-bit transparency") {
  const auto at = [](std::int64_t i) { return i < 4'800 ? 3.0f * noise_at(i, 8) : 0.3f * noise_at(i, 8); };
  const Run run = limit(48'000 * 6, at, at, 0.9f);
  std::int64_t wrong = 0;
  for (std::int64_t i = 48'000 * 5; i < 48'000 * 6; ++i) wrong += run.left[static_cast<std::size_t>(i)] != at(i - run.latency);
  CHECK(wrong == 0);
}

TEST_CASE("the limiter's gain moves without clicks") {
  // A constant under a peak shows the gain itself.
  for (const float peak : {1.5f, 4.0f, 30.0f}) {
    const auto left = [](std::int64_t) { return 0.5f; };
    const auto right = [=](std::int64_t i) { return i % 9'000 == 5'000 ? peak : 0.0f; };
    const Run run = limit(48'000, left, right, 0.9f);
    double steepest = 0;
    for (std::size_t i = static_cast<std::size_t>(run.latency) + 1; i < run.left.size(); ++i)
      steepest = std::max(steepest, std::abs(static_cast<double>(run.left[i]) - run.left[i - 1]) / 0.5);
    CHECK(steepest <= 1.0 / 70);  // all of the gain in no less than 1.5 ms
    CHECK(steepest > 0);
  }
}

TEST_CASE("both sides of the limiter share one gain, so that the image stands") {
  const auto left = [](std::int64_t i) { return 3 * noise_at(i, 1); };
  const auto right = [](std::int64_t i) { return 0.3f * noise_at(i, 1); };
  const Run run = limit(9'600, left, right, 0.9f);
  double worst = 0;
  for (std::size_t i = 0; i < run.left.size(); ++i)
    if (std::abs(run.left[i]) < 0.899f) worst = std::max(worst, std::abs(static_cast<double>(run.left[i]) - 10.0 * run.right[i]));
  CHECK(worst < 1e-5);
}

TEST_CASE("in a storm the master's output keeps under the ceiling, by sample and by true peak") {
  for (const std::uint64_t seed : {41, 42}) {
    StormTuning tuning;
    Engine engine;
    engine.prepare({48'000, seed, best_isa()});
    Storm storm(seed, tuning);
    StormRide ride(engine, storm);
    std::vector<float> left;
    double highest = 0;
    for (int q = 0; q < 6'000; ++q) {
      ride.quanta(1);
      left.insert(left.end(), ride.sound(0), ride.sound(0) + kQuantum);
      highest = std::max(highest, ride.shown().values[id("/master/ceiling").index]);
      REQUIRE(ride.loudest() <= 1.0f);
    }
    REQUIRE(ride.finite());
    const double ceiling = std::pow(10, std::max(highest, -1.0) / 20);
    CHECK(true_peak(left) <= ceiling * kTenthDecibel);
    CHECK(true_peak(left) > 0.05);
  }
}

TEST_CASE("the true peak that the snapshot shows is the one that came out") {
  Rig rig;
  Performance p;
  p.epoch = 1;
  p.tracks[0] = make_track({make_sine(20'000, 0.25 + 1e-7, 0.5f)}, "");
  rig.load(p);
  rig.post("/track/1/hit", 1);
  rig.run(30'000);
  CHECK(rig.snapshot().true_peak == Approx(true_peak(rig.left)).epsilon(0.02));
}
