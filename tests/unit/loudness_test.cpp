// The loudness meter against libebur128 and against the figures of EBU Tech 3341.
#include "engine/units/dsp/loudness.h"

#include <ebur128.h>

#include <cmath>
#include <vector>

#include "engine/core/draws.h"
#include "tests/support/catch.h"

using namespace entrain;

namespace {

template <class Left, class Right>
void check_against_library(int rate, double seconds, Left left, Right right) {
  LoudnessMeter meter;
  meter.prepare(rate);
  ebur128_state* state = ebur128_init(2, static_cast<unsigned long>(rate), EBUR128_MODE_S);
  REQUIRE(state != nullptr);
  const auto total = static_cast<std::int64_t>(seconds * rate);
  int compared = 0;
  for (std::int64_t at = 0; at + kQuantum <= total; at += kQuantum) {
    float l[kQuantum], r[kQuantum], both[2 * kQuantum];
    for (int i = 0; i < kQuantum; ++i) {
      both[2 * i] = l[i] = static_cast<float>(left(at + i));
      both[2 * i + 1] = r[i] = static_cast<float>(right(at + i));
    }
    meter.measure(l, r);
    ebur128_add_frames_float(state, both, kQuantum);
    if ((at + kQuantum) % (rate / 10) >= kQuantum || at < 4 * rate) continue;  // just after a block of 100 ms
    double expected = 0;
    ebur128_loudness_shortterm(state, &expected);
    REQUIRE(static_cast<double>(meter.short_term()) == Approx(expected).margin(0.05));
    ++compared;
  }
  CHECK(compared >= 10);
  ebur128_destroy(&state);
}

double noise(std::int64_t i, std::uint64_t seed) {
  return static_cast<double>(mix_bits(seed + static_cast<std::uint64_t>(i)) >> 40) / 8388608.0 - 1;
}

}  // namespace

TEST_CASE("short-term loudness is libebur128's, at every rate, for tones, noise and bursts") {
  for (const int rate : {44'100, 48'000, 96'000}) {
    const auto tone = [&](double hertz) {
      return [=](std::int64_t i) {
        return 0.1 * std::sin(2 * 3.14159265358979 * hertz * static_cast<double>(i) / rate);
      };
    };
    check_against_library(rate, 6, tone(997), tone(997));
    check_against_library(rate, 6, tone(60), tone(9'000));
    check_against_library(
        rate, 6, [](auto i) { return 0.3 * noise(i, 1); }, [](auto i) { return 0.1 * noise(i, 9); });
    check_against_library(
        rate, 8, [&](auto i) { return i / rate % 2 == 0 ? 0.5 * noise(i, 1) : 0.001; },
        [](auto) { return 0.0; });
  }
}

TEST_CASE("a stereo sine of 1 kHz at -23 dBFS reads -23 LUFS; silence reads the bottom") {
  LoudnessMeter meter;
  meter.prepare(48'000);
  CHECK(meter.short_term() == LoudnessMeter::kSilent);
  for (std::int64_t at = 0; at < 4 * 48'000; at += kQuantum) {
    float x[kQuantum];
    for (int i = 0; i < kQuantum; ++i)
      x[i] = static_cast<float>(std::pow(10, -23.0 / 20) *
                                std::sin(2 * 3.14159265358979 * 1000 * static_cast<double>(at + i) / 48'000));
    meter.measure(x, x);
  }
  CHECK(meter.short_term() == Approx(-23).margin(0.1));
  meter.reset();
  CHECK(meter.short_term() == LoudnessMeter::kSilent);
}
