// Which drum a hit is taken for: drums made here as drum computers make them, and Debian's.
#include "engine/analysis/hit_class.h"

#include <cmath>
#include <filesystem>
#include <numbers>
#include <numeric>

#include "engine/analysis/hit.h"
#include "engine/analysis/hit_model.h"
#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr int kRate = 44'100;

template <class At>
std::vector<float> drum(double seconds, At at) {
  std::vector<float> sound(static_cast<std::size_t>(seconds * kRate));
  for (std::size_t i = 0; i < sound.size(); ++i)
    sound[i] = static_cast<float>(at(static_cast<double>(i) / kRate));
  return sound;
}

/// A sine that falls from `from` to `to` Hz within about `bend` seconds.
double falling(double t, double from, double to, double bend) {
  return std::sin(2 * std::numbers::pi * (to * t + (from - to) * bend * (1 - std::exp(-t / bend))));
}

/// White noise less its own past: only what is high is left.
std::vector<float> hiss(double seconds, double decay) {
  auto sound = white_noise(static_cast<std::size_t>(seconds * kRate));
  for (int pass = 0; pass < 2; ++pass)
    for (std::size_t i = sound.size() - 1; i > 0; --i) sound[i] = 0.5f * (sound[i] - sound[i - 1]);
  for (std::size_t i = 0; i < sound.size(); ++i)
    sound[i] *= static_cast<float>(std::exp(-static_cast<double>(i) / kRate / decay));
  return sound;
}

HitSuggestion heard(const std::vector<float>& sound) {
  Describer describe(kRate);
  return suggest_class(describe(sound));
}

HitSuggestion debians(const std::string& name) {
  const auto pcm = decode("/usr/share/sonic-pi/samples/" + name + ".flac", kRate);
  REQUIRE(pcm);
  Describer describe(kRate);
  return suggest_class(describe_hit(*pcm, describe));
}

}  // namespace

TEST_CASE("drums made as drum computers make them are taken for what they are", "[hit_class]") {
  const auto noise = white_noise(kRate);
  CHECK(heard(drum(0.6, [](double t) { return falling(t, 250, 50, 0.02) * std::exp(-t / 0.15); })).hit ==
        HitClass::kick);
  CHECK(heard(drum(0.8, [](double t) { return falling(t, 190, 150, 0.05) * std::exp(-t / 0.2); })).hit ==
        HitClass::tom);
  CHECK(heard(drum(0.4, [&](double t) {
          return 0.5 * falling(t, 220, 180, 0.01) * std::exp(-t / 0.05) +
                 static_cast<double>(noise[static_cast<std::size_t>(t * kRate)]) * std::exp(-t / 0.09);
        })).hit == HitClass::snare);
  CHECK(heard(hiss(0.15, 0.02)).hit == HitClass::hat_closed);
  CHECK(heard(hiss(0.9, 0.2)).hit == HitClass::hat_open);
  CHECK(heard(drum(1.2, [](double t) {
          double sum = 0;
          for (int h = 1; h < 8; ++h) sum += std::sin(2 * std::numbers::pi * 220 * h * t) / (h * h);
          return sum * std::exp(-t / 0.8);
        })).hit == HitClass::tonal);
}

TEST_CASE("Debian's drums are taken for what they are called", "[hit_class]") {
  for (const char* name : {"bd_haus", "bd_808", "drum_heavy_kick"})
    CHECK(debians(name).hit == HitClass::kick);
  for (const char* name : {"sn_dolf", "drum_snare_hard"}) CHECK(debians(name).hit == HitClass::snare);
  CHECK(debians("drum_cymbal_closed").hit == HitClass::hat_closed);
  CHECK(debians("drum_tom_lo_hard").hit == HitClass::tom);
  for (const char* name : {"drum_cymbal_soft", "drum_splash_soft"})
    CHECK(debians(name).hit == HitClass::cymbal);
}

TEST_CASE("a wood that hardly rings is percussion, bursts of noise are a clap", "[hit_class]") {
  const auto noise = white_noise(2 * kRate);
  const auto at = [&](double t) { return static_cast<double>(noise[static_cast<std::size_t>(t * kRate)]); };
  CHECK(heard(drum(0.2, [](double t) {
          return std::sin(2 * std::numbers::pi * 2'100 * t) * std::exp(-t / 0.015);
        })).hit == HitClass::percussion);
  // Three hands 11 ms apart, the last one rings; noise from 1 kHz up to 3 kHz or so.
  auto clap = drum(0.4, [&](double t) {
    const double since = t < 0.033 ? std::fmod(t, 0.011) : t - 0.033;
    return at(t) * std::exp(-since / (t < 0.033 ? 0.004 : 0.08));
  });
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t i = clap.size() - 1; i > 4; --i) clap[i] -= clap[i - 5];
    for (std::size_t i = 1; i < clap.size(); ++i) clap[i] = 0.3f * clap[i] + 0.7f * clap[i - 1];
  }
  CHECK(heard(clap).hit == HitClass::clap);
}

TEST_CASE("what is heard does not depend on the rate of the file", "[hit_class]") {
  for (const char* name : {"bd_haus", "sn_dolf", "drum_cymbal_closed", "drum_tom_lo_hard"}) {
    const std::string file = "/usr/share/sonic-pi/samples/" + std::string(name) + ".flac";
    for (const int rate : {32'000, 48'000, 96'000}) {
      const auto pcm = decode(file, rate);
      REQUIRE(pcm);
      Describer describe(rate);
      INFO(name << " at " << rate);
      CHECK(suggest_class(describe_hit(*pcm, describe)).hit == debians(name).hit);
    }
  }
}

TEST_CASE("a suggestion is finite for any sound, and its chances sum to one", "[hit_class]") {
  for (const auto& sound : odd_sounds(kRate)) {
    const auto suggestion = heard(sound);
    double sum = 0;
    for (const float chance : suggestion.chances) sum += static_cast<double>(chance);
    CHECK(sum == Approx(1).margin(1e-5));
    CHECK(suggestion.confidence >= 1.0f / kHitClasses - 1e-6f);
    CHECK(suggestion.confidence == suggestion.chances[static_cast<std::size_t>(suggestion.hit)]);
  }
  for (const HitClass hit : kHitKindClass) CHECK(static_cast<std::size_t>(hit) < kHitClasses);
  CHECK(name_of(HitClass::kick) == "kick");
  CHECK(name_of(HitClass::tonal) == "tonal");
}
