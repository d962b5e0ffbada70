// The laws of the sends: a delay in time with the beat, and a room one can leave on.
#include <algorithm>
#include <cmath>

#include "engine/units/delay.h"
#include "engine/units/dsp/feedback_network.h"
#include "tests/support/catch.h"
#include "tests/support/rate.h"
#include "tests/support/rig.h"
#include "tests/support/spectrum.h"

using namespace entrain;
using namespace entrain::test;

namespace {


/// The room alone, hit by a click on both sides.
std::vector<float> room_impulse(const FeedbackNetwork::Setting& setting, double seconds, int rate = kRate,
                                int side = 0) {
  FeedbackNetwork room;
  room.prepare(rate);
  std::vector<float> out;
  for (std::int64_t q = 0; q < static_cast<std::int64_t>(seconds * rate); q += kQuantum) {
    float x[2][kQuantum] = {};
    if (q == 0) x[0][0] = x[1][0] = 1;
    room.set(setting, q == 0);
    room.process(x[0], x[1], kernels_for(Isa::baseline));
    out.insert(out.end(), x[side], x[side] + kQuantum);
  }
  return out;
}

/// J. Abel, P. Huang, "A simple, robust measure of reverberation echo density" (AES 121, 2006): the share of
/// samples beyond one standard deviation, over what Gaussian noise has, in windows of 20 ms.
double echo_density(const std::vector<float>& x, double seconds, int rate = kRate) {
  const auto width = static_cast<std::size_t>(0.020 * rate),
             from = static_cast<std::size_t>(seconds * rate) - width / 2;
  double squares = 0;
  for (std::size_t i = from; i < from + width; ++i)
    squares += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  const double deviation = std::sqrt(squares / static_cast<double>(width));
  double beyond = 0;
  for (std::size_t i = from; i < from + width; ++i) beyond += std::abs(static_cast<double>(x[i])) > deviation;
  return beyond / static_cast<double>(width) / 0.3173105;
}

/// Seconds for 60 dB in a band of 30 % either way, from the energy that is left (Schroeder), -5 to -35 dB.
double decay(const std::vector<float>& x, double hertz, int rate = kRate) {
  const double low = hertz * 0.7, high = hertz * 1.3;
  std::size_t size = 1;
  while (size < x.size()) size *= 2;
  auto bins = spectrum(x, 0, size);
  for (std::size_t b = 0; b < size; ++b) {
    const double f = static_cast<double>(std::min(b, size - b)) * rate / static_cast<double>(size);
    bins[b] *=
        f < low || f > high ? 0.0 : 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (f - low) / (high - low));
  }
  for (auto& b : bins) b = std::conj(b);
  transform(bins);
  std::vector<double> left(x.size());
  double energy = 0;
  for (std::size_t i = x.size(); i-- > 0;) left[i] = energy += std::norm(bins[i]);
  const auto reaches = [&](double db) {
    const auto start = static_cast<std::size_t>(0.05 * rate);
    std::size_t i = start;
    while (i + 1 < left.size() && 10 * std::log10(left[i] / left[start]) > db) ++i;
    return static_cast<double>(i) / rate;
  };
  return 2 * (reaches(-35) - reaches(-5));
}

/// A click on track 1 into one of the sends, its dry sound taken away behind the taps.
struct SendRig : Rig {
  explicit SendRig(const char* send, std::shared_ptr<const Asset> sound = make_click(),
                   EngineConfig config = {kRate, 1, Isa::baseline})
      : Rig(config) {
    performance.epoch = 1;
    performance.tracks[0] = make_track({std::move(sound)}, "");
    load(performance);
    post(send, 0);
    post("/group/1/gain", -60);
    run(960);
  }
  Performance performance;
};

/// The steepest second difference, against that of a sine of 300 Hz as loud as the loudest sample.
double clicks(const std::vector<float>& x, std::size_t from) {
  double most = 0, peak = 1e-3;
  for (std::size_t i = from + 2; i < x.size(); ++i) {
    most = std::max(most, std::abs(static_cast<double>(x[i]) - 2.0 * static_cast<double>(x[i - 1]) +
                                   static_cast<double>(x[i - 2])));
    peak = std::max(peak, std::abs(static_cast<double>(x[i])));
  }
  const double w = 2 * std::numbers::pi * 300 / kRate;
  return most / (peak * w * w);
}

}  // namespace

TEST_CASE("the echoes of the delay lie on the beat's fractions, left and right in turn, exactly") {
  for (std::size_t choice = 0; choice < Delay::kBeats.size(); choice += 3) {
    SendRig rig("/track/1/send/delay");
    rig.post("/transport/tempo", 150);
    rig.post("/delay/time", static_cast<double>(choice));
    rig.post("/delay/feedback", 0.5);
    rig.run(640);
    const auto at = static_cast<std::size_t>(rig.engine.frame().index + rig.engine.latency());
    rig.post("/track/1/hit", 0.5);
    const auto step = static_cast<std::size_t>(Delay::kBeats[choice] * 0.4 * kRate + 0.5);
    rig.run(static_cast<std::int64_t>(2 * step + 500));
    const auto peak = [&](const std::vector<float>& x, std::size_t from) {
      const auto begin = x.begin() + static_cast<std::ptrdiff_t>(from);
      return std::max_element(begin, begin + 200,
                              [](float a, float b) { return std::abs(a) < std::abs(b); }) -
             x.begin();
    };
    const auto off = [&](std::ptrdiff_t found, std::size_t wanted) {
      return std::abs(found - static_cast<std::ptrdiff_t>(wanted));
    };
    CHECK(off(peak(rig.left, at + step - 100), at + step) <= 1);  // a tempo is a fraction of ticks
    CHECK(off(peak(rig.right, at + 2 * step - 100), at + 2 * step) <= 2);
    CHECK(rig.right[at + step] == 0);
  }
}

TEST_CASE("a change of time or tempo fades from one echo to the other without a click") {
  for (const bool tempo : {false, true}) {
    SendRig rig("/track/1/send/delay", make_sine(kRate * 20, 300.0 / kRate, 0.25f));
    rig.post("/delay/feedback", 0.6);
    rig.post("/track/1/hit", 1);
    rig.run(kRate * 3);
    const double before = clicks(rig.left, kRate * 2);
    for (int i = 0; i < 6; ++i) {
      if (tempo) rig.post("/transport/tempo", 120 + 7 * (i % 2 ? i : -i));
      if (tempo && i == 3) rig.post("/transport/tempo", 90, Grid::now, {}, Beat::beats(4));
      if (!tempo) rig.post("/delay/time", 3 + i);
      rig.run(kRate / 3);
    }
    CHECK(before == Approx(1).margin(0.2));
    CHECK(clicks(rig.left, kRate * 3) < 3);
  }
}

TEST_CASE("echoes end: the delay falls silent and costs nothing more, whatever its feedback") {
  SendRig rig("/track/1/send/delay");
  rig.post("/delay/feedback", 0.85);
  rig.post("/delay/time", 2);
  rig.post("/track/1/hit", 0.5);
  rig.run(kRate * 14);
  const auto tail = rig.left.end() - kRate;
  CHECK(std::all_of(tail, rig.left.end(), [](float x) { return x == 0; }));
  CHECK(std::any_of(rig.left.begin() + kRate * 5, rig.left.begin() + kRate * 6,
                    [](float x) { return x != 0; }));
}

TEST_CASE("a panic ends the echoes and the room: over notes within 10 ms, over everything for good") {
  for (const char* send : {"/track/1/send/delay", "/track/1/send/reverb"})
    for (const char* panic : {"/transport/panic/notes", "/transport/panic/silence"}) {
      INFO(send << " " << panic);
      SendRig rig(send, make_noise(kRate, 0.3f));
      rig.post("/delay/feedback", 0.95);
      rig.post("/reverb/time", 10);
      rig.post("/track/1/hit", 1);
      rig.run(kRate * 3 / 2);
      REQUIRE(
          std::any_of(rig.left.end() - 3'200, rig.left.end(), [](float x) { return std::abs(x) > 1e-4f; }));
      const auto at = rig.left.size();
      rig.post(panic, 1);
      rig.run(kRate * 3 / 2);
      const auto silent = static_cast<std::ptrdiff_t>(at) + rig.engine.latency() + kRate / 100;
      CHECK(std::all_of(rig.left.begin() + silent, rig.left.end(), [](float x) { return x == 0; }));
      rig.post("/track/1/hit", 1);  // and they sound again
      rig.run(kRate);
      CHECK(std::any_of(rig.left.end() - kRate / 2, rig.left.end(),
                        [](float x) { return std::abs(x) > 1e-4f; }));
    }
}

TEST_CASE("the room's echo density is that of noise from early on and stays there") {
  for (const float size : {0.0f, 0.6f, 1.0f}) {
    FeedbackNetwork::Setting setting;
    setting.size = size;
    const auto x = room_impulse(setting, 1);
    const double early = 0.040 + 0.080 * static_cast<double>(size);
    INFO("size " << size << ": " << echo_density(x, 0.03) << " at 30 ms, " << echo_density(x, 0.06)
                 << " at 60 ms, " << echo_density(x, 0.1) << " at 100 ms");
    double sum = 0;
    int windows = 0;
    for (double t = early; t < 0.9; t += 0.01, ++windows) {
      const double density = echo_density(x, t);
      CHECK(density > 0.8);
      sum += density;
    }
    CHECK(sum / windows == Approx(1).margin(0.06));
  }
}

TEST_CASE("each band of the room falls by 60 dB in the time its control says") {
  for (const auto& [seconds, low, high] :
       {std::array<float, 3>{1.8f, 1, 1}, {3, 1.5f, 0.5f}, {1, 0.7f, 0.5f}})
    for (const float size : {0.2f, 0.9f}) {
      FeedbackNetwork::Setting setting{seconds, low, high, size, 0.5f};
      const auto x =
          room_impulse(setting, 2 * static_cast<double>(seconds) * static_cast<double>(std::max(low, 1.0f)));
      const auto wanted = [&](float ratio) { return static_cast<double>(seconds * ratio); };
      CHECK(decay(x, 50) == Approx(wanted(low)).epsilon(0.20));  // few modes in so narrow a band
      CHECK(decay(x, 1000) == Approx(wanted(1)).epsilon(0.10));
      CHECK(decay(x, 10'000) == Approx(wanted(high)).epsilon(0.15));
    }
}

TEST_CASE("the room's tail is noise: no mode rings out of it, and both sides differ") {
  FeedbackNetwork::Setting setting;
  setting.seconds = 4;
  setting.high_ratio = 1;
  for (const float modulation : {0.5f, 1.0f}) {
    setting.modulation = modulation;
    const auto left = room_impulse(setting, 3), right = room_impulse(setting, 3, kRate, 1);
    constexpr std::size_t kSize = 65'536;
    const auto bins = spectrum(left, kRate, kSize, true);
    double flatness = 0, highest = 0;
    int windows = 0;
    for (std::size_t b = 300; b + 400 < kSize / 3;
         b += 200, ++windows) {  // 220 Hz to 16 kHz, 146 Hz at a time
      double mean = 0, logs = 0, peak = 0;
      for (std::size_t k = b; k < b + 200; ++k) {
        mean += std::norm(bins[k]) / 200;
        logs += std::log(std::norm(bins[k])) / 200;
        peak = std::max(peak, std::norm(bins[k]));
      }
      flatness += std::exp(logs) / mean;
      highest = std::max(highest, 10 * std::log10(peak / mean));
    }
    INFO("modulation " << modulation << ": flatness " << flatness / windows << ", highest mode " << highest
                       << " dB");
    CHECK(flatness / windows > 0.5);  // 0.56 for noise
    CHECK(highest < 13);              // ln of 20 000 bins above the mean is 10 dB
    double both = 0, ll = 0, rr = 0;
    for (std::size_t i = kRate / 5; i < left.size(); ++i) {
      both += static_cast<double>(left[i]) * static_cast<double>(right[i]);
      ll += static_cast<double>(left[i]) * static_cast<double>(left[i]);
      rr += static_cast<double>(right[i]) * static_cast<double>(right[i]);
    }
    CHECK(std::abs(both) / std::sqrt(ll * rr) < 0.15);
    CHECK(ll / rr == Approx(1).margin(0.2));
  }
}

TEST_CASE("the room takes every change without a click") {
  for (const char* control :
       {"/reverb/size", "/reverb/time", "/reverb/predelay", "/reverb/width", "/reverb/high", "tempo"}) {
    INFO(control);
    SendRig rig("/track/1/send/reverb", make_sine(kRate * 8, 300.0 / kRate, 0.25f));
    rig.post("/track/1/hit", 1);
    rig.run(kRate * 2);
    CHECK(clicks(rig.left, kRate) < 1.5);
    for (int i = 0; i < 4; ++i) {
      const bool up = i % 2 == 0;
      if (control[0] != '/')
        rig.post("/transport/tempo", up ? 60 : 180);
      else
        rig.post(control, up ? 0.1 : 1.0);
      if (std::string(control) == "/reverb/predelay") rig.post(control, up ? 200 : 3);
      rig.run(kRate / 2);
    }
    CHECK(clicks(rig.left, kRate * 2) < 3);
  }
}

TEST_CASE("a tail of the room ends in exact silence, at any rate") {
  for (const int rate : {44'100, 96'000}) {
    SendRig rig("/track/1/send/reverb", make_click(), {rate, 1, Isa::baseline});
    rig.post("/reverb/time", 1);
    rig.post("/track/1/hit", 0.8);
    rig.run(rate / 2);
    CHECK(std::any_of(rig.left.begin() + rate / 4, rig.left.end(), [](float x) { return x != 0; }));
    rig.run(rate * 4);
    CHECK(std::all_of(rig.left.end() - rate, rig.left.end(), [](float x) { return x == 0; }));
  }
}
