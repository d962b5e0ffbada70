// What a voice does with its sound: pitch, direction, envelope, and who ends whom.
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/rate.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {


struct Voices {
  explicit Voices(std::shared_ptr<const Asset> sound, std::shared_ptr<const Asset> other = nullptr) {
    performance.epoch = 1;
    performance.tracks[0] = make_track({std::move(sound)}, "");
    if (other) performance.tracks[1] = make_track({std::move(other)}, "");
    rig.load(performance);
    rig.quantum();
  }
  void set(const std::string& address, double value) { rig.post(address, value); }
  /// Strikes a track and returns the left channel from that hit on.
  std::vector<float> hit(int frames, const std::string& address = "/track/1/hit") {
    rig.run(kRate / 20);  // controls come to rest
    rig.left.clear();
    rig.post(address, 1);
    rig.run(frames + rig.engine.latency() + kQuantum);
    return {rig.left.begin() + rig.engine.latency(), rig.left.begin() + rig.engine.latency() + frames};
  }
  Performance performance;
  Rig rig;
};

/// The energy of a sine of that frequency, and of all that is not it, over a Hann-windowed stretch.
struct Split {
  double tone, rest;
  double decibels() const { return 10 * std::log10(tone / rest); }
};
Split split(const std::vector<float>& x, std::size_t from, double hertz) {
  // Least squares with the sine and cosine of the frequency.
  double ss = 0, sc = 0, cc = 0, xs = 0, xc = 0, xx = 0;
  for (std::size_t i = from; i < x.size(); ++i) {
    const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / kRate;
    const double s = std::sin(phase), c = std::cos(phase), v = static_cast<double>(x[i]);
    ss += s * s, sc += s * c, cc += c * c, xs += v * s, xc += v * c, xx += v * v;
  }
  const double det = ss * cc - sc * sc;
  const double tone = ((xs * cc - xc * sc) * xs + (xc * ss - xs * sc) * xc) / det;
  return {tone, std::max(xx - tone, 1e-30)};
}

std::shared_ptr<const Asset> tone(double hertz, double seconds = 1, float level = 0.25f) {
  return make_sine(static_cast<std::int64_t>(seconds * kRate), hertz / kRate, level);
}

double loudest(const std::vector<float>& x, std::size_t from, std::size_t to) {
  double most = 0;
  for (std::size_t i = from; i < to; ++i) most = std::max(most, std::abs(static_cast<double>(x[i])));
  return most;
}

}  // namespace

TEST_CASE("tuned sounds keep their pitch, and aliases and images lie below -80 dB within an octave",
          "[voice]") {
  for (const double semitones : {12.0, 3.5, -0.3, -12.0}) {
    const double speed = std::exp2(semitones / 12);
    for (const double hertz : {1'000.0, 7'000.0, 14'000.0, 17'000.0}) {
      Voices voices(tone(hertz));
      voices.set("/track/1/tune", semitones);
      const auto heard = voices.hit(12'000);
      INFO(semitones << " semitones, " << hertz << " Hz");
      const double sounds_at = hertz * speed;
      const double level = loudest(heard, 2'000, 12'000);
      if (sounds_at < 0.26 * kRate && hertz < 0.36 * kRate) {
        CHECK(split(heard, 2'000, sounds_at).decibels() > 80);
        CHECK(level == Approx(0.25).epsilon(0.02));
      } else if (sounds_at >= 0.5 * kRate) {
        CHECK(level < 0.25e-4);  // it would fold
      } else {
        CHECK(level < 0.26);
      }
    }
  }
}

TEST_CASE("untuned sounds come bit for bit", "[voice]") {
  const auto sound = make_noise(10'000, 0.3f);
  Voices voices(sound);
  const auto heard = voices.hit(10'000);
  CHECK(heard == sound->left);
}

TEST_CASE("a tune that moves glides: no step is larger than the faster tone's", "[voice]") {
  Voices voices(tone(400, 4, 0.5f));
  voices.hit(1'000);
  voices.rig.left.clear();
  for (const double semitones : {12.0, -12.0, 5.0, 0.0, -7.0}) {
    voices.set("/track/1/tune", semitones);
    voices.rig.run(kRate / 10);
  }
  double steepest = 0;
  for (std::size_t i = 1; i < voices.rig.left.size(); ++i)
    steepest = std::max(steepest, std::abs(static_cast<double>(voices.rig.left[i] - voices.rig.left[i - 1])));
  CHECK(steepest < 1.02 * 0.5 * 2 * std::numbers::pi * 800 / kRate);
  CHECK(steepest > 0.9 * 0.5 * 2 * std::numbers::pi * 800 / kRate);
}

TEST_CASE("reverse plays the sound from its end to its beginning", "[voice]") {
  const auto rising = make_asset(kRate / 2, [](std::int64_t i) {
    return 0.5f * static_cast<float>(i) / (kRate / 2.0f) * std::sin(0.05f * static_cast<float>(i));
  });
  Voices voices(rising);
  voices.set("/track/1/reverse", 1);
  const auto heard = voices.hit(kRate / 2);
  for (std::size_t i = 1'000; i < heard.size(); i += 97)
    REQUIRE(heard[i] == Approx(rising->left[rising->left.size() - 1 - i]).margin(2e-4));
}

TEST_CASE("a hit begins where its start says, after the pre-roll, without a click", "[voice]") {
  auto sound =
      std::make_shared<Asset>(*make_asset(20'000, [](std::int64_t i) { return i < 4'000 ? 0.0f : 0.4f; }));
  sound->onset = 4'000;
  Voices voices(sound);
  CHECK(voices.hit(100)[0] == 0.4f);
  Voices later(sound);
  later.set("/track/1/start", 0.5);
  const auto heard = later.hit(10'000);
  CHECK(loudest(heard, 0, 1) < 0.02);
  CHECK(loudest(heard, 7'000, 7'900) == Approx(0.4));
  CHECK(loudest(heard, 8'000, 10'000) == 0);
  for (std::size_t i = 1; i < 200; ++i) CHECK(std::abs(heard[i] - heard[i - 1]) < 0.02f);
}

TEST_CASE("attack rises in its time, decay falls by 60 dB in its own", "[voice]") {
  const auto steady = make_asset(kRate * 3, [](std::int64_t) { return 0.5f; });
  Voices rising(steady);
  rising.set("/track/1/attack", 100);
  const auto up = rising.hit(kRate / 2);
  CHECK(up[2'400] == Approx(0.25).epsilon(0.02));
  CHECK(up[4'800] == Approx(0.5).epsilon(0.001));
  Voices falling(steady);
  falling.set("/track/1/decay", 300);
  const auto down = falling.hit(kRate);
  CHECK(down[7'200] == Approx(0.5 * std::pow(10, -1.5)).epsilon(0.02));
  CHECK(down[14'400] == Approx(0.5e-3).epsilon(0.03));
  CHECK(loudest(down, 40'000, 48'000) == 0);
}

TEST_CASE("a choke group ends the others' hits, mono a track's own, both without a click", "[voice]") {
  Voices voices(tone(200, 2, 0.3f), make_asset(100, [](std::int64_t) { return 0.0f; }));
  const auto ends = [](const std::vector<float>& x) {
    double steepest = 0;
    for (std::size_t i = 1; i < x.size(); ++i)
      steepest = std::max(steepest, std::abs(static_cast<double>(x[i] - x[i - 1])));
    return steepest < 0.012 && loudest(x, 400, x.size()) == 0;
  };
  voices.hit(3'000);
  CHECK_FALSE(ends(voices.hit(3'000, "/track/2/hit")));
  voices.set("/track/1/choke", 3);
  voices.set("/track/2/choke", 3);
  CHECK(ends(voices.hit(3'000, "/track/2/hit")));
  CHECK(voices.rig.snapshot().voices == 0);
  voices.hit(1'000);
  voices.hit(1'000);
  CHECK(voices.rig.snapshot().voices == 2);
  voices.set("/track/1/mono", 1);
  voices.hit(1'000);
  CHECK(voices.rig.snapshot().voices == 1);
}

TEST_CASE("a tuned hit starts at its exact frame too, on both sides of its sound", "[voice]") {
  auto sound = std::make_shared<Asset>(*make_noise(4'000, 0.3f));
  sound->right = make_noise(4'000, 0.3f, 99)->left;
  const auto struck = [&](int offset) {
    Voices voices(sound);
    voices.set("/track/1/tune", 7);
    voices.set("/track/1/attack", 20);
    voices.rig.run(kRate / 20);
    voices.rig.left.clear(), voices.rig.right.clear();
    voices.rig.post("/track/1/hit", 1, Grid::now, voices.rig.engine.frame() + offset);
    voices.rig.run(2'000);
    const auto from = voices.rig.engine.latency() + offset;
    return std::pair(
        std::vector<float>(voices.rig.left.begin() + from, voices.rig.left.begin() + from + 1'500),
        std::vector<float>(voices.rig.right.begin() + from, voices.rig.right.begin() + from + 1'500));
  };
  const auto early = struck(0), late = struck(31);
  double off = 0, sides = 0;
  for (std::size_t i = 0; i < 1'500; ++i) {
    off = std::max(off, std::abs(static_cast<double>(early.first[i] - late.first[i])));
    sides = std::max(sides, std::abs(static_cast<double>(early.first[i] - early.second[i])));
  }
  CHECK(off < 0.005);  // the bend at the attack's end lies in other quanta
  CHECK(sides > 0.1);
}

TEST_CASE("a reversed hit begins where its start says, from the end", "[voice]") {
  Voices voices(make_asset(20'000, [](std::int64_t i) { return i < 10'000 ? 0.4f : 0.1f; }));
  voices.set("/track/1/reverse", 1);
  voices.set("/track/1/start", 0.5);
  CHECK(loudest(voices.hit(9'000), 200, 300) == Approx(0.4).epsilon(0.01));
}

TEST_CASE("a track's choke spares its own hits and other groups, mono spares other tracks", "[voice]") {
  Voices voices(tone(200, 4, 0.3f), tone(300, 4, 0.3f));
  voices.set("/track/1/choke", 3);
  voices.set("/track/2/choke", 4);
  voices.set("/track/2/mono", 1);
  voices.hit(1'000);
  voices.hit(1'000);
  voices.hit(1'000, "/track/2/hit");
  voices.hit(1'000, "/track/2/hit");
  CHECK(voices.rig.snapshot().voices == 3);
}
