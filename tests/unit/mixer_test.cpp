// The laws of the mixer as the whole engine has it: pan, mute, solo, headphones, side-chain, meters.
#include <algorithm>
#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Two tracks and a deck would do for a law; here tracks 1 and 2 hold steady levels of their own.
struct MixerRig : Rig {
  MixerRig() {
    performance.epoch = 1;
    for (const std::size_t t : {0u, 1u})
      performance.tracks[t] =
          make_track({make_asset(1 << 18, [=](auto) { return t == 0 ? 0.25f : 0.125f; })}, "");
    load(performance);
    post("/track/1/hit", 1);
    post("/track/2/hit", 1);
    run(3'200);
  }
  /// Posts and lets it settle.
  void now(const std::string& address, double value) {
    post(address, value);
    run(3'200);
  }
  void quantum_with_cue() {
    float channels[4][kQuantum];
    Outputs out;
    for (std::size_t c = 0; c < 4; ++c) out.channels[c] = channels[c];
    std::vector<Record> room(Engine::kRecordsPerQuantum);
    out.room = room;
    engine.process({events, nullptr}, out);
    events.clear();
    cue = {channels[2][kQuantum - 1], channels[3][kQuantum - 1]};
  }
  std::array<float, 2> headphones() {
    for (int q = 0; q < 40; ++q) quantum_with_cue();
    return cue;
  }
  Performance performance;
  std::array<float, 2> cue{};
};

constexpr float kBoth = 0.375f;

}  // namespace

TEST_CASE("a strip with nothing set is its signal bit for bit") {
  MixerRig rig;
  CHECK(rig.left.back() == kBoth);
  CHECK(rig.right.back() == kBoth);
}

TEST_CASE("pan keeps the power and leaves the middle alone") {
  MixerRig rig;
  rig.now("/track/2/mute", 1);
  for (const double pan : {-1.0, -0.6, -0.1, 0.0, 0.3, 1.0}) {
    rig.now("/track/1/pan", pan);
    const double l = static_cast<double>(rig.left.back()) / 0.25,
                 r = static_cast<double>(rig.right.back()) / 0.25;
    CHECK(l * l + r * r == Approx(2));
    CHECK((r > l) == (pan > 0));
    if (pan == 0) CHECK(rig.left.back() == 0.25f);
    if (pan == -1) CHECK(rig.right.back() == 0);
  }
}

TEST_CASE("solo leaves what is soloed, its group and its strips, and nothing else") {
  MixerRig rig;
  rig.now("/track/1/solo", 1);
  CHECK(rig.left.back() == 0.25f);
  rig.now("/track/2/solo", 1);
  CHECK(rig.left.back() == kBoth);
  rig.now("/track/1/solo", 0);
  CHECK(rig.left.back() == 0.125f);
  rig.now("/track/2/solo", 0);
  CHECK(rig.left.back() == kBoth);
  rig.now("/deck/3/solo", 1);
  CHECK(rig.left.back() == 0);
  rig.now("/group/1/solo", 1);
  CHECK(rig.left.back() == kBoth);
  rig.now("/deck/3/solo", 0);
  rig.now("/group/1/solo", 0);
  rig.now("/group/2/solo", 1);
  CHECK(rig.left.back() == 0);
  rig.now("/group/2/solo", 0);
  rig.now("/group/1/mute", 1);
  CHECK(rig.left.back() == 0);
}

TEST_CASE("headphones hear what is cued before its fader, blended with the master or split from it") {
  MixerRig rig;
  CHECK(rig.headphones() == std::array{0.0f, 0.0f});
  rig.post("/track/2/gain", -60);
  rig.post("/track/2/cue", 1);
  CHECK(rig.headphones() == std::array{0.125f, 0.125f});
  rig.post("/track/2/mute", 1);
  CHECK(rig.headphones() == std::array{0.125f, 0.125f});
  rig.post("/cue/blend", 1);
  CHECK(rig.headphones() == std::array{0.25f, 0.25f});
  rig.post("/cue/blend", 0);
  rig.post("/cue/split", 1);
  CHECK(rig.headphones() == std::array{0.125f, 0.25f});
  rig.post("/cue/gain", -60);
  CHECK(rig.headphones() == std::array{0.0f, 0.0f});
}

TEST_CASE("a track makes a group step back by its level before the fader, and no further") {
  MixerRig rig;
  rig.now("/track/1/gain", -60);
  CHECK(rig.left.back() == 0.125f);
  rig.post("/group/1/duck/depth", 12);
  rig.now("/group/1/duck/by", 1);
  CHECK(rig.left.back() == Approx(0.125 * std::pow(10, -12.0 / 20)).epsilon(0.01));
  rig.now("/group/1/duck/by", 9);  // a track that plays nothing
  rig.run(48'000 * 2);
  CHECK(rig.left.back() == 0.125f);
  for (std::size_t i = 3'200; i < rig.left.size(); ++i)
    REQUIRE(std::abs(static_cast<double>(rig.left[i]) - static_cast<double>(rig.left[i - 1])) < 0.37 / 60);
}

TEST_CASE("every strip shows its peak after the fader, and it falls when the sound is gone") {
  MixerRig rig;
  rig.now("/track/2/gain", -6);
  rig.run(24'000);  // peaks fall by 20 dB a second
  const Snapshot s = rig.snapshot();
  CHECK(s.tracks[0] == 0.25f);
  CHECK(s.tracks[1] == Approx(0.125 * std::pow(10, -6.0 / 20)).epsilon(0.2));
  CHECK(s.tracks[2] == 0);
  CHECK(s.groups[0] > 0.3f);
  CHECK(s.groups[1] == 0);
  rig.post("/track/1/mute", 1);
  rig.run(48'000);
  CHECK(rig.snapshot().tracks[0] == Approx(0.025).epsilon(0.1));
}

TEST_CASE("loudness of what comes out is in the snapshot") {
  Rig rig;
  Performance p;
  p.epoch = 1;
  p.tracks[0] = make_track({make_sine(48'000 * 5, 1000.0 / 48'000, 0.0708f)}, "");  // -23 dBFS on both sides
  rig.load(p);
  rig.post("/track/1/hit", 1);
  rig.run(48'000 * 4);
  CHECK(rig.snapshot().loudness == Approx(-23).margin(0.1));
}

TEST_CASE("a strip's filter, bands and drive are those its controls name") {
  MixerRig rig;
  rig.now("/track/2/mute", 1);
  rig.performance.epoch = 2;
  rig.performance.tracks[2] = make_track({make_sine(1 << 18, 1'000.0 / 48'000, 0.125f)}, "");
  rig.load(rig.performance);
  rig.now("/track/1/mute", 1);
  rig.now("/track/3/hit", 1);
  const auto level = [&](const std::string& address, double value, double rest) {
    rig.now(address, value);
    const float peak = *std::max_element(rig.left.end() - 1'000, rig.left.end());
    rig.now(address, rest);
    return static_cast<double>(peak);
  };
  CHECK(level("/track/3/gain", 0, 0) == Approx(0.125).epsilon(0.01));
  CHECK(level("/track/3/eq/low", -60, 0) > 0.1);
  CHECK(level("/track/3/eq/mid", -60, 0) < 0.02);
  CHECK(level("/track/3/eq/high", -60, 0) > 0.1);
  CHECK(level("/track/1/drive", 24, 0) == Approx(0.125).epsilon(0.01));
  CHECK(level("/track/3/drive", 24, 0) > 0.15);
  rig.now("/track/3/filter/sweep", -0.46);  // its corner lies near 1 kHz
  CHECK(level("/track/3/filter/resonance", 1, 0) > 3 * level("/track/3/filter/resonance", 0, 0));
}

TEST_CASE("the snapshot tells the master's peak at once, its power and how far the limiter steps back") {
  MixerRig rig;
  rig.run(6'464);  // the meters have just begun a window
  CHECK(rig.snapshot().peak[0] == kBoth);
  CHECK(rig.snapshot().rms[1] == Approx(kBoth).epsilon(0.001));
  CHECK(rig.snapshot().limiter_gain == 1);
  rig.post("/master/gain", 12);
  rig.run(1'600);  // less than a window of the meters
  CHECK(rig.snapshot().peak[0] > 2 * kBoth);
  CHECK(rig.snapshot().limiter_gain < 0.7f);
}

TEST_CASE("a deck's strip and group are heard and shown as the tracks' are") {
  MixerRig rig;
  rig.performance.epoch = 2;
  rig.performance.decks[2] = make_deck(make_asset(96'000, [](auto) { return 0.25f; }), 4);
  rig.load(rig.performance);
  rig.now("/group/1/mute", 1);
  rig.post("/deck/3/play", 1);
  rig.play();
  rig.run(48'000);
  CHECK(*std::max_element(rig.left.end() - 4'800, rig.left.end()) > 0.2f);
  CHECK(rig.snapshot().deck_peaks[2] > 0.2f);
  CHECK(rig.snapshot().groups[1] > 0.2f);
  rig.post("/group/2/duck/depth", 24);
  rig.now("/group/2/duck/by", 1);
  CHECK(*std::max_element(rig.left.end() - 1'000, rig.left.end()) < 0.05f);
}

TEST_CASE("a send to the room does not reach the delay") {
  MixerRig rig;
  rig.post("/reverb/gain", -60);
  rig.now("/track/1/send/reverb", 0);
  rig.run(48'000);
  CHECK(rig.left.back() == kBoth);
}

TEST_CASE("a filter rings on when its sound is over") {
  MixerRig rig;
  rig.performance.epoch = 2;
  rig.performance.tracks[2] = make_track({make_asset(100, [](auto) { return 0.5f; })}, "");
  rig.load(rig.performance);
  rig.post("/track/1/mute", 1);
  rig.post("/track/2/mute", 1);
  rig.post("/track/3/filter/resonance", 1);
  rig.now("/track/3/filter/sweep", -0.46);
  rig.left.clear();
  rig.now("/track/3/hit", 1);
  const auto after = rig.left.begin() + rig.engine.latency() + 100 + 4 * kQuantum;
  CHECK(*std::max_element(after, after + 480) > 0.01f);
}
