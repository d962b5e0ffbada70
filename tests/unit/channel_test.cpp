// The laws of a strip's parts: isolator, sweep, drive, ducker.
#include <algorithm>
#include <cmath>

#include "engine/core/draws.h"
#include "engine/units/dsp/drive.h"
#include "engine/units/dsp/ducker.h"
#include "engine/units/dsp/isolator.h"
#include "engine/units/dsp/sweep.h"
#include "tests/support/catch.h"
#include "tests/support/rate.h"
#include "tests/support/spectrum.h"

using namespace entrain;
using namespace entrain::test;

namespace {


double click(std::int64_t i) { return i == 0 ? 1 : 0; }
double noise(std::int64_t i) {
  return static_cast<double>(mix_bits(static_cast<std::uint64_t>(i)) >> 40) / 33554432.0 - 0.25;
}
double sine_of(std::int64_t i, double hertz) {
  return std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / kRate);
}

std::vector<float> isolator_impulse(const Isolator::Bands& bands, int rate = kRate) {
  Isolator isolator;
  isolator.prepare(rate);
  return play_through(16'384, click, [&, sounds = false](float* l, float* r) mutable {
    isolator.process(l, r, bands, sounds);
    sounds = true;
  });
}

/// The steepest second difference: what a click is in a sine.
double roughness(const std::vector<float>& x, std::size_t from, std::size_t to) {
  double most = 0;
  for (std::size_t i = from + 2; i < to; ++i)
    most = std::max(most, std::abs(static_cast<double>(x[i]) - 2.0 * static_cast<double>(x[i - 1]) +
                                   static_cast<double>(x[i - 2])));
  return most;
}

}  // namespace

TEST_CASE("a flat isolator is the input bit for bit, also after it was at work") {
  Isolator isolator;
  isolator.prepare(kRate);
  int quantum = 0;
  const auto out = play_through(48'000, noise, [&](float* l, float* r) {
    const bool killing = quantum > 200 && quantum < 400;
    isolator.process(l, r, killing ? Isolator::Bands{0, 1, 0.5f} : Isolator::Bands{1, 1, 1}, quantum > 0);
    ++quantum;
  });
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < 48'000; ++i)
    if (i < 200 * kQuantum || i > 440 * kQuantum)
      wrong += out[static_cast<std::size_t>(i)] != static_cast<float>(noise(i));
  CHECK(wrong == 0);
  CHECK(out[300 * kQuantum] != static_cast<float>(noise(300 * kQuantum)));
}

TEST_CASE("equal bands of the isolator sum to a flat magnitude") {
  for (const int rate : {44'100, 48'000, 96'000, 192'000}) {
    const auto impulse = isolator_impulse({0.5f, 0.5f, 0.5f}, rate);
    for (const double hertz : {30.0, 100.0, 220.0, 500.0, 1000.0, 3500.0, 9000.0, 16000.0})
      CHECK(decibels(response(impulse, hertz, rate) * 2) == Approx(0).margin(0.01));
  }
}

TEST_CASE("each band of the isolator is killed by 40 dB and more, and leaves the others alone") {
  struct Case {
    Isolator::Bands bands;
    std::vector<double> gone, kept;
  };
  for (const auto& [bands, gone, kept] :
       {Case{{0, 1, 1}, {20, 40, 65}, {1000, 8000}}, Case{{1, 0, 1}, {880}, {50, 14'000}},
        Case{{1, 1, 0}, {12'000, 16'000}, {50, 880}}, Case{{0, 0, 1}, {20, 65, 200, 400, 1000}, {12'000}},
        Case{{1, 0, 0}, {800, 1500, 4000, 12'000}, {50}}}) {
    const auto impulse = isolator_impulse(bands);
    for (const double hertz : gone) CHECK(decibels(response(impulse, hertz, kRate)) < -40);
    for (const double hertz : kept)
      CHECK(decibels(response(impulse, hertz, kRate)) == Approx(0).margin(0.35));
  }
  const auto nothing = isolator_impulse({0, 0, 0});
  CHECK(std::all_of(nothing.begin(), nothing.end(), [](float x) { return std::abs(x) < 1e-7f; }));
}

TEST_CASE("the isolator comes in, moves and leaves without a click") {
  for (const double hertz : {60.0, 220.0, 1000.0, 3500.0}) {
    Isolator isolator;
    isolator.prepare(kRate);
    int quantum = 0;
    const auto out = play_through(
        48'000, [&](auto i) { return 0.5 * sine_of(i, hertz); },
        [&](float* l, float* r) {
          const bool cut = quantum > 300 && quantum < 900;
          const float low = cut ? std::max(0.0f, 1 - static_cast<float>(quantum - 300) / 15)
                                : std::min(1.0f, std::max(0.0f, static_cast<float>(quantum - 900) / 15));
          isolator.process(l, r, {quantum <= 300 ? 1 : low, 1, 1}, quantum > 0);
          ++quantum;
        });
    const double w = 2 * std::numbers::pi * hertz / kRate;
    CHECK(roughness(out, 100, out.size()) < 0.5 * w * w * 1.6 + 0.001);
  }
}

TEST_CASE("the sweep filter is nothing in the middle, a low pass to the left, a high pass to the right") {
  const auto impulse = [](float knob, float resonance = 0) {
    Sweep sweep;
    sweep.prepare(kRate);
    return play_through(16'384, click, [&, sounds = false](float* l, float* r) mutable {
      sweep.process(l, r, knob, resonance, sounds);
      sounds = true;
    });
  };
  const auto middle = impulse(0);
  CHECK(middle[0] == 1);
  CHECK(std::all_of(middle.begin() + 1, middle.end(), [](float x) { return x == 0; }));
  CHECK(decibels(response(impulse(-0.5f), 775, kRate)) == Approx(-3).margin(0.3));
  CHECK(decibels(response(impulse(-0.5f), 7'750, kRate)) < -39);
  CHECK(decibels(response(impulse(-0.5f), 77, kRate)) == Approx(0).margin(0.1));
  CHECK(decibels(response(impulse(0.5f), 490, kRate)) == Approx(-3).margin(0.3));
  CHECK(decibels(response(impulse(0.5f), 49, kRate)) < -39);
  CHECK(decibels(response(impulse(0.5f), 4'900, kRate)) == Approx(0).margin(0.1));
  CHECK(decibels(response(impulse(-0.5f, 1), 775, kRate)) == Approx(21.6).margin(1));
  for (const float knob : {-0.01f, 0.01f})  // hardly off the middle, hardly there
    CHECK(decibels(response(impulse(knob), 1000, kRate)) == Approx(0).margin(0.05));
}

TEST_CASE("the sweep filter swept through its middle and back does not click and ends bit for bit flat") {
  Sweep sweep;
  sweep.prepare(kRate);
  int quantum = 0;
  const auto out = play_through(
      96'000, [](auto i) { return 0.5 * sine_of(i, 300); },
      [&](float* l, float* r) {
        const double turn = std::min(quantum, 2000) / 2000.0;
        sweep.process(
            l, r,
            quantum >= 2000 ? 0.0f : static_cast<float>(0.4 * std::sin(2 * std::numbers::pi * 3 * turn)),
            0.5f, quantum > 0);
        ++quantum;
      });
  const double w = 2 * std::numbers::pi * 300 / kRate;
  CHECK(roughness(out, 100, out.size()) < 0.5 * w * w * 4);
  CHECK(out.back() == static_cast<float>(0.5 * sine_of(static_cast<std::int64_t>(out.size()) - 1, 300)));
}

TEST_CASE("drive at 0 dB is the input bit for bit; driven, its aliases stay low") {
  struct Case {
    double decibels, hertz, allowed;
  };
  Drive off;
  off.prepare(kRate);
  const auto same = play_through(9'600, noise, [&](float* l, float* r) { off.process(l, r, 0, true); });
  for (std::int64_t i = 0; i < 9'600; ++i)
    REQUIRE(same[static_cast<std::size_t>(i)] == static_cast<float>(noise(i)));
  for (const auto& [db, hertz, allowed] : {Case{12, 1'001, -80}, Case{24, 1'001, -70}, Case{12, 4'999, -70},
                                           Case{24, 4'999, -42}, Case{12, 9'973, -55}}) {
    INFO(db << " dB at " << hertz << " Hz");
    Drive drive;
    drive.prepare(kRate);
    const auto out = play_through(
        48'000 + 65'536,
        [&](auto i) {
          return 0.5 * std::sin(2 * std::numbers::pi * std::round(hertz * 65'536 / kRate) / 65'536 *
                                static_cast<double>(i));
        },
        [&, sounds = false](float* l, float* r) mutable {
          drive.process(l, r, static_cast<float>(db), sounds);
          sounds = true;
        });
    const auto bins = spectrum(out, 48'000, 65'536);
    const auto base = static_cast<std::size_t>(std::round(hertz * 65'536 / kRate));
    double harmonic = 0, alias = 0;
    for (std::size_t b = 1; b < bins.size() / 2; ++b)
      (b % base == 0 ? harmonic : alias) += std::norm(bins[b]);
    CHECK(10 * std::log10(alias / harmonic) < allowed);
  }
}

TEST_CASE("drive keeps the peak of a sine at -12 dBFS and takes no treble of note") {
  for (const double hertz : {100.0, 1'000.0, 10'000.0}) {
    Drive drive;
    drive.prepare(kRate);
    const auto out = play_through(
        48'000, [&](auto i) { return 0.001 * sine_of(i, hertz); },
        [&](float* l, float* r) { drive.process(l, r, 0.01f, true); });
    const double peak = static_cast<double>(*std::max_element(out.begin() + 24'000, out.end()));
    CHECK(decibels(peak / 0.001) == Approx(0).margin(hertz > 5'000 ? 0.8 : 0.3));
  }
  Drive drive;
  drive.prepare(kRate);
  const auto out = play_through(
      48'000, [&](auto i) { return 0.25 * sine_of(i, 100); },
      [&](float* l, float* r) { drive.process(l, r, 18, true); });
  CHECK(*std::max_element(out.begin() + 24'000, out.end()) == Approx(0.25).margin(0.01));
}

TEST_CASE("a ducker at rest is exactly 1, steps back by its depth and returns exactly") {
  Ducker ducker;
  ducker.prepare(kRate);
  for (int q = 0; q < 100; ++q) REQUIRE(ducker.next(0, 12, 2, 100) == 1.0f);
  float gain = 1, steepest = 0;
  for (int q = 0; q < 100; ++q) {
    const float before = gain;
    gain = ducker.next(0.5f, 12, 5, 100);
    steepest = std::max(steepest, before - gain);
  }
  CHECK(decibels(static_cast<double>(gain)) == Approx(-12).margin(0.01));
  CHECK(steepest < 0.2f);
  int quanta = 0;
  while (ducker.next(0, 12, 5, 100) < 0.63f)
    ++quanta;  // 4 dB left: a third of the way, after ln 3 time constants
  CHECK(quanta * 2.0 / 3 == Approx(110).margin(5));
  for (int q = 0; q < 2'000; ++q) gain = ducker.next(0, 12, 5, 100);
  CHECK(gain == 1.0f);
}
