// The laws of a mixer channel on its own: what it sends, how it moves, and how it ends.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/units/dsp/channel.h"
#include "engine/units/dsp/ducker.h"
#include "tests/support/catch.h"

using namespace entrain;

namespace {

struct Strip {
  Strip() {
    channel.prepare(48'000);
    context.kernels = &kernels_for(Isa::baseline);
  }
  /// A quantum of (l, r) through the channel; what it sends to the delay and what comes out are appended.
  void quantum(float l, float r) {
    buses.clear();
    if (l != 0 || r != 0) {
      std::fill_n(buses.left(Bus::track), kQuantum, l);
      std::fill_n(buses.right(Bus::track), kQuantum, r);
      buses.mark(Bus::track);
    }
    channel.process(setting, context, buses, Bus::track, 0);
    const auto append = [](std::vector<float>& to, const float* from) {
      to.insert(to.end(), from, from + kQuantum);
    };
    append(left, buses.left(Bus::track));
    append(sent_left, buses.left(Bus::delay));
    append(sent_right, buses.right(Bus::delay));
  }
  void run(int quanta, float l, float r) {
    for (int q = 0; q < quanta; ++q) quantum(l, r);
  }

  Channel channel;
  ChannelSetting setting;
  Context context;
  Buses buses;
  std::vector<float> left, sent_left, sent_right;
};

float largest_jump(const std::vector<float>& x) {
  float jump = 0;
  for (std::size_t i = 1; i < x.size(); ++i) jump = std::max(jump, std::abs(x[i] - x[i - 1]));
  return jump;
}

}  // namespace

TEST_CASE("a send keeps the sides apart, and moves over a quantum") {
  Strip strip;
  strip.setting.sends = {-60, -60};
  strip.run(4, 0.5f, 0.25f);
  CHECK(strip.sent_left.back() == 0);
  strip.setting.sends[0] = 0;
  strip.run(4, 0.5f, 0.25f);
  CHECK(strip.sent_left.back() == 0.5f);
  CHECK(strip.sent_right.back() == 0.25f);
  CHECK(largest_jump(strip.sent_left) < 0.5f / kQuantum * 1.01f);
  CHECK(strip.buses.left(Bus::reverb)[0] == 0);
}

TEST_CASE("gain, pan, mute and ducking move over a quantum or more") {
  for (const int what : {0, 1, 2, 3}) {
    INFO(what);
    Strip strip;
    strip.run(4, 0.5f, 0.5f);
    if (what == 0) strip.setting.gain = -60;
    if (what == 1) strip.setting.pan = 1;
    if (what == 2) strip.setting.open = false;
    if (what == 3) strip.setting.duck = 0;
    strip.run(20, 0.5f, 0.5f);
    CHECK(strip.left.back() == Approx(0).margin(0.001));
    CHECK(largest_jump(strip.left) < 0.5f / kQuantum * 1.01f);
  }
}

TEST_CASE("what was set in silence stands when the sound begins") {
  Strip strip;
  strip.run(4, 0.5f, 0.5f);
  strip.run(4, 0, 0);
  strip.setting.gain = -60;
  strip.setting.duck = 0.5f;
  strip.setting.sends[0] = -60;
  strip.setting.cued = true;
  strip.quantum(0, 0);
  strip.setting.gain = 0;
  strip.run(1, 0.5f, 0.5f);
  for (std::size_t i = strip.left.size() - kQuantum; i < strip.left.size(); ++i)
    CHECK(strip.left[i] == 0.25f);
}

TEST_CASE("a panic over everything fades a strip, and what rang in its filters is gone") {
  Strip strip;
  strip.setting.sweep = -0.8f;  // about 110 Hz: it would ring on for long
  strip.setting.resonance = 1;
  for (int q = 0; q < 200; ++q) strip.quantum(q / 7 % 2 ? 0.5f : -0.5f, 0);
  const std::size_t at = strip.left.size();
  strip.context.silence = true;
  strip.quantum(0.5f, 0);
  strip.context.silence = false;
  strip.run(15, 1e-7f, 0);
  CHECK(largest_jump({strip.left.begin() + static_cast<std::ptrdiff_t>(at) - kQuantum, strip.left.end()}) <
        0.1f);
  strip.left.clear();
  strip.run(100, 1e-7f, 0);  // the source still runs, all but silent
  CHECK(*std::max_element(strip.left.begin(), strip.left.end()) < 1e-5f);
}

TEST_CASE("a ducker gives way by its depth and no further, whatever the level") {
  Ducker ducker;
  ducker.prepare(48'000);
  float gain = 1;
  for (int q = 0; q < 2'000; ++q) gain = ducker.next(8.0f, 12, 1, 100);
  CHECK(gain == Approx(std::pow(10, -12 / 20.0)).epsilon(1e-4));
}
