// The laws of a transition voice: what it sounds like, measured.
#include <ebur128.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/time.h"
#include "engine/units/dsp/transition_voice.h"
#include "tests/support/catch.h"
#include "tests/support/sanitized.h"
#include "tests/support/spectrum.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr std::array kKinds{EffectKind::noise, EffectKind::glide,   EffectKind::climb,
                            EffectKind::down,  EffectKind::reverse, EffectKind::impact};
constexpr std::array kRisers{EffectKind::noise, EffectKind::glide, EffectKind::climb,
                             EffectKind::reverse};

struct Sound {
  std::array<std::vector<float>, 2> sides;
  int rate;
  std::size_t frames() const { return sides[0].size(); }
};

const SawTable& table() {
  static const SawTable made = [] {
    SawTable t;
    t.prepare();
    return t;
  }();
  return made;
}

Sound play(const TransitionSetting& setting, double bpm, int rate = 48'000) {
  TransitionVoice voice;
  voice.prepare(rate, table());
  voice.start(setting);
  const double per_frame = bpm / 60 / rate;
  const auto total = static_cast<std::int64_t>(std::ceil(setting.beats / per_frame));
  Sound sound{{}, rate};
  for (std::int64_t at = 0; voice.sounds(); at += kQuantum) {
    TransitionVoice::Stretch stretch;
    stretch.left = total - at;
    stretch.frames = static_cast<int>(std::min<std::int64_t>(kQuantum, stretch.left));
    stretch.from = static_cast<double>(at) * per_frame;
    stretch.to = static_cast<double>(at + stretch.frames) * per_frame;
    Stereo out[kQuantum];
    voice.render(out, stretch);
    for (int i = 0; i < stretch.frames; ++i)
      for (std::size_t c = 0; c < 2; ++c) sound.sides[c].push_back(out[i][c]);
  }
  return sound;
}

TransitionSetting setting(EffectKind kind, double bars, std::uint64_t draws = 1) {
  TransitionSetting s;
  s.kind = kind;
  s.mode = 1;
  s.beats = 4 * bars;
  s.draws = mix_bits(draws);
  return s;
}

double loudness(const Sound& sound) {
  ebur128_state* meter = ebur128_init(2, static_cast<unsigned long>(sound.rate), EBUR128_MODE_I);
  for (std::size_t i = 0; i < sound.frames(); ++i) {
    const float frame[2] = {sound.sides[0][i], sound.sides[1][i]};
    ebur128_add_frames_float(meter, frame, 1);
  }
  double lufs = 0;
  ebur128_loudness_global(meter, &lufs);
  ebur128_destroy(&meter);
  return lufs;
}

/// Of each tenth: power, and the mean of the frequency weighted by power.
struct Tenth {
  double power = 0, centroid = 0;
};
std::array<Tenth, 10> tenths(const Sound& sound) {
  constexpr std::size_t kSize = 2'048;
  std::array<Tenth, 10> found{};
  for (std::size_t t = 0; t < 10; ++t) {
    double sum = 0, weighted = 0;
    for (std::size_t at = sound.frames() * t / 10; at + kSize <= sound.frames() * (t + 1) / 10; at += kSize) {
      for (const auto& side : sound.sides) {
        const auto bins = spectrum(side, at, kSize, true);
        for (std::size_t b = 1; b < kSize / 2; ++b) {
          sum += std::norm(bins[b]);
          weighted += std::norm(bins[b]) * static_cast<double>(b) * sound.rate / kSize;
        }
      }
    }
    found[t] = {sum, weighted / sum};
  }
  return found;
}

std::vector<float> middle(const Sound& sound) {
  std::vector<float> mono;
  for (std::size_t i = 0; i < sound.frames(); ++i) mono.push_back(sound.sides[0][i] + sound.sides[1][i]);
  return mono;
}

/// The strongest frequency within 2 semitones of `near`: a parabola through the logarithms of three bins.
double strongest(const std::vector<float>& x, std::size_t from, std::size_t size, double near, int rate) {
  const auto bins = spectrum(x, from, size, true);
  const double per_bin = static_cast<double>(rate) / static_cast<double>(size);
  auto best = static_cast<std::size_t>(near / 1.122 / per_bin);
  for (std::size_t b = best; b < static_cast<std::size_t>(near * 1.122 / per_bin); ++b)
    if (std::norm(bins[b]) > std::norm(bins[best])) best = b;
  const auto log_at = [&](std::size_t b) { return std::log(std::norm(bins[b])); };
  const double a = log_at(best - 1), b = log_at(best), c = log_at(best + 1);
  return (static_cast<double>(best) + 0.5 * (a - c) / (a - 2 * b + c)) * per_bin;
}
double cents(double hertz, double wanted) { return 1200 * std::log2(hertz / wanted); }

}  // namespace

TEST_CASE(
    "every kind is as loud as every other: -18 LUFS within 3, whatever its length, tempo, reach and draw",
    "[bridge]") {
  for (const EffectKind kind : kKinds)
    for (const auto& [bars, bpm, reach, root] :
         {std::array<double, 4>{4, 120, 0.5, 0}, {4, 174, 0.5, 7}, {8, 120, 0, 3}, {4, 90, 1, 11}}) {
      for (const std::uint64_t draws : {1, 2, 3}) {
        if (kSanitized && draws > 1) continue;
        TransitionSetting s = setting(kind, bars, draws);
        s.reach = static_cast<float>(reach);
        s.root = static_cast<int>(root);
        const double lufs = loudness(play(s, bpm));
        INFO("kind " << static_cast<int>(kind) << ", " << bars << " bars at " << bpm << ", reach " << reach
                     << ": " << lufs);
        CHECK(lufs > -21);
        CHECK(lufs < -15);
      }
    }
}

TEST_CASE("risers brighten and grow from tenth to tenth; a down-sweep darkens and shrinks", "[bridge]") {
  for (const std::uint64_t draws : {1, 2, 3, 4})
    for (const double bars : {4.0, 8.0}) {
      if (kSanitized && (draws > 1 || bars > 4)) continue;
      for (const EffectKind kind : kRisers) {
        INFO("kind " << static_cast<int>(kind) << ", draw " << draws << ", bars " << bars);
        const auto found = tenths(play(setting(kind, bars, draws), 120));
        for (std::size_t t = 1; t < 10; ++t) {
          CHECK(found[t].centroid > found[t - 1].centroid);
          CHECK(found[t].power >
                (kind == EffectKind::climb ? 0.8 : 1) * found[t - 1].power);  // steps are struck
        }
        CHECK(found[9].power > 60 * found[0].power);
        CHECK(found[9].centroid > 2.5 * found[0].centroid);
      }
      const auto found = tenths(play(setting(EffectKind::down, bars, draws), 120));
      for (std::size_t t = 1; t < 10; ++t) {
        CHECK(found[t].centroid < found[t - 1].centroid);
        CHECK(found[t].power < found[t - 1].power);
      }
    }
}

TEST_CASE("a climb sounds the scale's notes from the root up, each within 5 cents", "[bridge]") {
  const std::array<std::array<int, 7>, 2> scales{{{0, 2, 4, 5, 7, 9, 11}, {0, 2, 3, 5, 7, 8, 10}}};
  for (const int root : {0, 4, 9})
    for (const int mode : {0, 1}) {
      TransitionSetting s = setting(EffectKind::climb, 4);
      s.root = root, s.mode = mode;
      const std::vector<float> sound = middle(play(s, 20));
      // Twenty steps over two octaves, fourteen degrees: two beats each at first, then one.
      for (int step = 0; step < 8; ++step) {
        const double beat = step < 4 ? 2 * step : 8 + (step - 4);
        const int degree = step * 14 / 20;
        const double wanted =
            110 * std::exp2(((root + 3) % 12 +
                             scales[static_cast<std::size_t>(mode)][static_cast<std::size_t>(degree % 7)] +
                             12 * (degree / 7)) /
                            12.0);
        const auto from = static_cast<std::size_t>((beat * 3 + 0.15) * 48'000);
        INFO("root " << root << ", mode " << mode << ", step " << step);
        CHECK(std::abs(cents(strongest(sound, from, 131'072, wanted, 48'000), wanted)) < 5);
      }
    }
}

TEST_CASE("a glide rests on its root and arrives on its octave, within 5 cents", "[bridge]") {
  for (const float reach : {0.0f, 0.5f, 1.0f}) {
    TransitionSetting s = setting(EffectKind::glide, 8);
    s.root = 2;
    s.reach = reach;
    const std::vector<float> sound = middle(play(s, 40));  // 48 s, of which it rests 2.9 and 2.4
    const double low = 110 * std::exp2(5 / 12.0),
                 high = low * std::exp2(1 + std::floor(2 * static_cast<double>(reach) + 0.5));
    CHECK(std::abs(cents(strongest(sound, 4'800, 131'072, low, 48'000), low)) < 5);
    CHECK(std::abs(cents(strongest(sound, sound.size() - 112'000, 65'536, high, 48'000), high)) < 5);
  }
}

TEST_CASE("saws have no aliases above -60 dB, at any pitch and between tables", "[bridge]") {
  constexpr std::size_t kSize = 32'768;
  for (const int rate : {44'100, 48'000})
    for (const double hertz : {110.3, 233.7, 415.9, 987.1, 1'661.3, 2'411.7, 3'321.9}) {
      SawStack stack;
      stack.start(1, hertz / rate);
      std::vector<float> out;
      for (std::size_t q = 0; q < kSize; q += kQuantum) {
        Stereo x[kQuantum] = {};
        stack.render(x, kQuantum, table(), hertz / rate, 0, {1, 1});
        for (const Stereo& frame : x) out.push_back(frame[0]);
      }
      const auto bins = spectrum(out, 0, kSize, true);
      double highest = 0, other = 0;
      for (std::size_t b = 1; b < kSize / 2; ++b) {
        const double turns = static_cast<double>(b) * rate / kSize / hertz;
        const bool harmonic = std::abs(turns - std::round(turns)) * hertz * kSize / rate < 12 && turns > 0.5;
        (harmonic ? highest : other) = std::max(harmonic ? highest : other, std::abs(bins[b]));
      }
      INFO(hertz << " Hz at " << rate << ": " << decibels(other / highest));
      CHECK(decibels(other / highest) < -60);
    }
}

TEST_CASE("no kind clicks: it comes from nothing, goes to nothing, and no step is larger than its noise",
          "[bridge]") {
  for (const EffectKind kind : kKinds)
    for (const std::uint64_t draws : {1, 2}) {
      INFO("kind " << static_cast<int>(kind) << ", draw " << draws);
      const Sound sound = play(setting(kind, 1, draws), 120);
      for (const auto& x : sound.sides) {
        double peak = 0;
        for (const float v : x) peak = std::max(peak, std::abs(static_cast<double>(v)));
        CHECK(std::abs(static_cast<double>(x.front())) < 0.1 * peak);
        CHECK(std::abs(static_cast<double>(x.back())) < 0.01 * peak);
        // Steps in 20 ms, against those in the 100 ms about them.
        std::vector<double> steps;
        for (std::size_t i = 1; i < x.size(); ++i) {
          if (i % 960 == 1) steps.push_back(0);
          steps.back() =
              std::max(steps.back(), std::abs(static_cast<double>(x[i]) - static_cast<double>(x[i - 1])));
        }
        double worst = 0;
        for (std::size_t s = 3; s + 3 < steps.size(); ++s) {
          const double about = std::max({steps[s - 2], steps[s - 1], steps[s + 1], steps[s + 2]});
          if (about > 1e-4) worst = std::max(worst, steps[s] / about);
        }
        CHECK(worst < 2);
      }
    }
}

TEST_CASE("an impact rings by the clock, in key: its boom lies on the root", "[bridge]") {
  TransitionSetting s = setting(EffectKind::impact, 8);
  s.root = 7;
  const Sound slow = play(s, 60), fast = play(s, 120);
  const double wanted = 110 * std::exp2(10 / 12.0) / 4;
  CHECK(slow.frames() > 4 * 48'000);
  CHECK(slow.frames() < 10 * 48'000);  // not 32 s
  for (std::size_t i = 0; i < 96'000; ++i) REQUIRE(slow.sides[0][i] == fast.sides[0][i]);
  CHECK(std::abs(cents(strongest(slow.sides[0], 24'000, 65'536, wanted, 48'000), wanted)) < 10);
}
