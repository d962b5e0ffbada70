// Laws of the device adapter: remainders, channel maps, resampling.
#include "control/device/adapter.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "control/record/output_hash.h"
#include "tests/support/catch.h"
#include "tests/support/sanitized.h"
#include "tests/support/storm.h"

// Counts every heap call of a thread that asks for it. The sanitizers bring heaps of their own.
#if !defined(ENTRAIN_ASAN) && !defined(ENTRAIN_TSAN) && defined(__GLIBC__)
#define COUNTS_HEAP_CALLS 1
namespace {
thread_local bool counting = false;
thread_local int heap_calls = 0;
void count() noexcept {
  if (counting) ++heap_calls;
}
}  // namespace
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void __libc_free(void*);
// Weak: another test of the same program may bring the same.
[[gnu::weak]] void* malloc(std::size_t n) { return count(), __libc_malloc(n); }
[[gnu::weak]] void* calloc(std::size_t n, std::size_t m) { return count(), __libc_calloc(n, m); }
[[gnu::weak]] void* realloc(void* p, std::size_t n) { return count(), __libc_realloc(p, n); }
[[gnu::weak]] void free(void* p) { count(), __libc_free(p); }
}
#endif

using entrain::Adapter;
using entrain::QuantumSource;

namespace {

/// A different ramp on each channel: the value names channel and frame.
struct Ramp final : QuantumSource {
  std::int64_t at = 0;
  void render(float* const* out) noexcept override {
    for (int i = 0; i < frames; ++i, ++at) {
      for (int c = 0; c < channels; ++c) out[c][i] = value(c, at);
    }
  }
  static float value(int channel, std::int64_t frame) {
    return static_cast<float>((channel + 1) * 100'000 + frame % 100'000);
  }
};

/// A sine of its own frequency on each channel.
struct Sines final : QuantumSource {
  std::int64_t at = 0;
  double rate = 48'000;
  static double hertz(int channel) { return 997.0 * (channel + 1); }
  void render(float* const* out) noexcept override {
    for (int i = 0; i < frames; ++i, ++at) {
      for (int c = 0; c < channels; ++c) {
        out[c][i] = 0.5f * static_cast<float>(
                               std::sin(2 * std::numbers::pi * hertz(c) * static_cast<double>(at) / rate));
      }
    }
  }
};

/// An engine that rides through a storm of events and adoptions at any frame.
struct StormSource final : QuantumSource {
  explicit StormSource(std::uint64_t seed) : storm(seed) {
    engine.prepare({48'000, seed, entrain::best_isa()});
  }
  void render(float* const* out) noexcept override {
    ride.quantum([](auto&& call) { call(); });
    for (int c = 0; c < channels; ++c) std::copy_n(ride.sound(static_cast<std::size_t>(c)), frames, out[c]);
    loudest = std::max(loudest, ride.loudest());
    for (const entrain::Record& record : ride.records()) {
      if (record.what == entrain::Record::What::adopted) ++adoptions;
      if (record.what == entrain::Record::What::event && record.due.frame.index % 512 != 0) ++mid_period;
    }
  }
  entrain::Engine engine;
  entrain::test::Storm storm;
  entrain::test::StormRide ride{engine, storm};
  float loudest = 0;
  int adoptions = 0, mid_period = 0;
};

std::unique_ptr<Adapter> make(QuantumSource& source, Adapter::Shape shape) {
  auto adapter = Adapter::make(source, shape);
  REQUIRE(adapter);
  return std::move(*adapter);
}

/// Pulls at least `frames` in periods of one length; the result holds a vector per channel.
std::vector<std::vector<float>> pull(Adapter& adapter, int frames, int period) {
  const int channels = adapter.shape().channels;
  std::vector<std::vector<float>> all(static_cast<std::size_t>(channels));
  std::vector<float> buffer(static_cast<std::size_t>(channels * period), -1.f);
  for (int done = 0; done < frames; done += period) {
    adapter.pull(buffer.data(), period);
    for (int c = 0; c < channels; ++c) {
      all[static_cast<std::size_t>(c)].insert(all[static_cast<std::size_t>(c)].end(),
                                              buffer.begin() + c * period, buffer.begin() + (c + 1) * period);
    }
  }
  for (auto& channel : all) channel.resize(static_cast<std::size_t>(frames));
  return all;
}

const int kPeriods[] = {1, 7, 32, 64, 441, 480, 512, 4096};

/// Signal to what is not the sine of that frequency, in dB, by least squares over x[from..).
double sine_to_rest(const std::vector<float>& x, std::size_t from, double hertz, double rate) {
  double ss = 0, sc = 0, cc = 0, xs = 0, xc = 0, xx = 0;
  for (std::size_t i = from; i < x.size(); ++i) {
    const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / rate;
    const double s = std::sin(phase), c = std::cos(phase), v = static_cast<double>(x[i]);
    ss += s * s, sc += s * c, cc += c * c, xs += v * s, xc += v * c, xx += v * v;
  }
  const double det = ss * cc - sc * sc;
  const double a = (xs * cc - xc * sc) / det, b = (xc * ss - xs * sc) / det;
  const double signal = a * xs + b * xc;
  return 10 * std::log10(signal / (xx - signal));
}

}  // namespace

TEST_CASE("two outputs hear the cue pair while the source is split; one and four are as ever") {
  struct Split final : QuantumSource {
    void render(float* const* out) noexcept override {
      for (int c = 0; c < channels; ++c) std::fill_n(out[c], frames, static_cast<float>(c + 1));
    }
    bool split() const noexcept override { return on; }
    bool on = true;
  };
  for (const int channels : {1, 2, 3, 4}) {
    Split source;
    const auto adapter = make(source, {48'000, 48'000, channels});
    const bool pair = channels == 2 || channels == 3;
    const auto first = pull(*adapter, 64, 32);
    CHECK(first[0][5] == (pair ? 3.0f : channels == 1 ? 1.5f : 1.0f));
    if (pair) CHECK(first[1][5] == 4.0f);
    source.on = false;
    CHECK(pull(*adapter, 64, 32)[0][5] == (channels == 1 ? 1.5f : 1.0f));
  }
}

TEST_CASE("without resampling the samples do not depend on the device's period") {
  constexpr int frames = 9'000;
  for (const int period : kPeriods) {
    Ramp ramp;
    const auto adapter = make(ramp, {48'000, 48'000, 4});
    const auto heard = pull(*adapter, frames, period);
    CAPTURE(period);
    for (int c = 0; c < 4; ++c) {
      bool same = true;
      for (int i = 0; i < frames; ++i) {
        same = same && heard[static_cast<std::size_t>(c)][static_cast<std::size_t>(i)] == Ramp::value(c, i);
      }
      CHECK(same);
    }
  }
}

TEST_CASE("an engine in a storm makes the same bits whatever the device's period") {
  constexpr int frames = 20'000;
  std::uint64_t first = 0;
  for (const int period : kPeriods) {
    if (entrain::test::kSanitized && period != 1 && period != 441 && period != 4096) continue;
    StormSource storm(11);
    const auto adapter = make(storm, {48'000, 48'000, 4});
    const auto heard = pull(*adapter, frames, period);
    const float* const channels[] = {heard[0].data(), heard[1].data(), heard[2].data(), heard[3].data()};
    entrain::OutputHash hash;
    hash.add(channels, frames);
    CAPTURE(period);
    if (period == kPeriods[0]) {
      first = hash.value();
      CHECK(storm.loudest > 0.01f);
      CHECK(storm.adoptions > 5);
      CHECK(storm.mid_period > 20);
    }
    CHECK(hash.value() == first);
  }
}

TEST_CASE("with resampling the samples do not depend on the device's period either") {
  constexpr int frames = 9'000;
  Sines reference;
  const auto expected = pull(*make(reference, {48'000, 44'100, 4}), frames, 32);
  for (const int period : kPeriods) {
    Sines sines;
    CAPTURE(period);
    const bool same = pull(*make(sines, {48'000, 44'100, 4}), frames, period) == expected;
    CHECK(same);
  }
}

TEST_CASE("periods of changing length carry the remainder of a quantum, and say how much") {
  Ramp ramp;
  const auto adapter = make(ramp, {48'000, 48'000, 2});
  std::int64_t handed_out = 0;
  bool same = true;
  std::vector<float> buffer(2 * 97);
  for (int period = 1; period <= 97; ++period) {
    adapter->pull(buffer.data(), period);
    for (int i = 0; i < period; ++i) {
      same = same && buffer[static_cast<std::size_t>(i)] == Ramp::value(0, handed_out + i) &&
             buffer[static_cast<std::size_t>(period + i)] == Ramp::value(1, handed_out + i);
    }
    handed_out += period;
    CHECK(ramp.at - adapter->ahead() == handed_out);
    CHECK(adapter->ahead() < QuantumSource::frames);
  }
  CHECK(same);
}

TEST_CASE("one output hears the mean of the master, two hear it, four hear the cue too, the rest is silent") {
  for (const int channels : {1, 2, 3, 4, 5, 8, 18}) {
    Ramp ramp;
    const auto adapter = make(ramp, {48'000, 48'000, channels});
    const auto heard = pull(*adapter, 100, 30);
    CAPTURE(channels);
    for (int c = 0; c < channels; ++c) {
      const int heard_from = channels >= 4 ? 4 : 2;
      const float expected = channels == 1    ? (Ramp::value(0, 77) + Ramp::value(1, 77)) / 2
                             : c < heard_from ? Ramp::value(c, 77)
                                              : 0.f;
      CHECK(heard[static_cast<std::size_t>(c)][77] == expected);
    }
  }
}

TEST_CASE("resampled, a sine stays a sine of the same frequency, on every channel") {
  for (const auto& [engine, device] : {std::pair{48'000, 44'100},
                                       {44'100, 48'000},
                                       {48'000, 96'000},
                                       {96'000, 44'100},
                                       {48'000, 192'000},
                                       {48'000, 47'999}}) {
    Sines sines;
    sines.rate = engine;
    const auto adapter = make(sines, {engine, device, 4});
    REQUIRE(adapter->resamples());
    const auto heard = pull(*adapter, device / 2, 512);
    CAPTURE(engine, device);
    for (int c = 0; c < 4; ++c) {
      const double db = sine_to_rest(heard[static_cast<std::size_t>(c)], 1'000, Sines::hertz(c), device);
      CAPTURE(c, db);
      CHECK(db > 100.0);
    }
  }
}

TEST_CASE("resampling keeps step: the engine advances by the device's frames times the ratio of the rates") {
  for (const int device : {44'100, 96'000, 11'025}) {
    Ramp ramp;
    const auto adapter = make(ramp, {48'000, device, 2});
    pull(*adapter, device * 3, 480);
    CAPTURE(device);
    CHECK(std::abs(static_cast<double>(ramp.at) - 48'000.0 * 3) < 600);
  }
}

TEST_CASE("a returning device rises from silence without changing what comes after") {
  Ramp ramp, plain_ramp;
  const auto adapter = make(ramp, {48'000, 48'000, 2});
  adapter->fade_in(480);
  const auto heard = pull(*adapter, 2'000, 100);
  const auto plain = pull(*make(plain_ramp, {48'000, 48'000, 2}), 2'000, 100);
  for (std::size_t c = 0; c < 2; ++c) {
    CHECK(heard[c][0] == 0.f);
    CHECK(heard[c][240] == Approx(plain[c][240] / 2));
    CHECK(std::equal(heard[c].begin() + 480, heard[c].end(), plain[c].begin() + 480));
  }
}

TEST_CASE("pulling makes no heap call, resampling or not") {
#if COUNTS_HEAP_CALLS
  counting = true;
  heap_calls = 0;
  void* volatile seen = std::malloc(100);
  std::free(seen);
  counting = false;
  REQUIRE(heap_calls == 2);  // the count itself works

  for (const int device : {48'000, 44'100, 96'000, 12'345}) {
    Sines sines;
    const auto adapter = make(sines, {48'000, device, 4});
    std::vector<float> buffer(4 * 4'096);
    heap_calls = 0;
    counting = true;
    for (int i = 0; i < 50; ++i) {
      for (const int period : kPeriods) adapter->pull(buffer.data(), period);
    }
    counting = false;
    CAPTURE(device);
    CHECK(heap_calls == 0);
  }
#else
  SUCCEED("counted in the build without sanitizers");
#endif
}

TEST_CASE("an adapter that cannot work is refused with a sentence, not made") {
  Ramp ramp;
  for (const Adapter::Shape shape : {Adapter::Shape{48'000, 48'000, 0}, {48'000, 0, 2}, {48'000, 100, 2}}) {
    const auto adapter = Adapter::make(ramp, shape);
    REQUIRE_FALSE(adapter);
    CHECK(adapter.error().sentence.size() > 20);
  }
}
