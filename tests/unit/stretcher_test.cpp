#include "engine/units/dsp/stretcher.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/units/dsp/maths.h"
#include "tests/support/catch.h"
#include "tests/support/rate.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr std::int64_t kLaunch = 96'013;  // inside a quantum
const Kernels& kKernels = kernels_for(best_isa());
constexpr double kRatios[] = {0.5, 0.57, 0.7, 0.8, 0.9, 0.95, 0.97, 1, 1.03, 1.05, 1.1, 1.25, 1.5, 1.75, 2};

struct Pcm {
  std::vector<float> left, right;
  std::vector<double> attacks;
  StretchSource source() const {
    return {left.data(), right.data(), static_cast<std::int64_t>(left.size()), true};
  }
};

struct Draw {
  std::uint32_t state;
  double operator()() { return ((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0 - 1; }
};

/// Two seconds at 120 beats per minute: an attack per half-beat, `late` frames after it, over a bed.
enum class Bed { noise, chord };
Pcm make_loop(Bed bed, int late, int rate = kRate) {
  const std::size_t frames = 2 * static_cast<std::size_t>(rate);
  Pcm pcm{std::vector<float>(frames), std::vector<float>(frames), {}};
  Draw draw{7};
  for (std::size_t i = 0; i < frames; ++i) {
    double v = bed == Bed::noise ? 0.02 * draw() : 0;
    for (const double hz : {110.0, 220.5, 331.0, 440.0})
      v += 0.05 * std::sin(2 * kPi * hz * static_cast<double>(i) / rate);
    const auto beat = static_cast<std::size_t>(rate / 4);
    const std::size_t since = (i + frames - static_cast<std::size_t>(late)) % beat;
    if (since < static_cast<std::size_t>(rate / 125))
      v += 0.6 * std::exp(-static_cast<double>(since) / (0.0015 * rate)) * draw();
    if (since == 0) pcm.attacks.push_back(static_cast<double>(i));
    pcm.left[i] = static_cast<float>(std::round(v * 32767) / 32767);
    pcm.right[i] = static_cast<float>(std::round(0.7 * v * 32767) / 32767);
  }
  return pcm;
}

/// Source position by tempo: constant, or 60 -> 180 -> 60 beats per minute over four bars each.
struct Map {
  double slope = 1;
  bool ramps = false;
  mutable int reads = 0;

  static constexpr double kHold = 2 * kRate, kRamp = 8 * kRate;
  double at(double frame) const {
    double t = frame - static_cast<double>(kLaunch), s = 0;
    if (!ramps) return t * slope;
    if (t < kHold) return t / 2;
    const auto span = [&](double length, double from, double to) {
      const double x = std::clamp(t, 0.0, length);
      s += from * x + (to - from) * x * x / (2 * length);
      t -= length;
    };
    span(kHold, 0.5, 0.5), span(kRamp, 0.5, 1.5), span(kHold, 1.5, 1.5), span(kRamp, 1.5, 0.5);
    return s + std::max(0.0, t) / 2;
  }
  double frame_of(double source) const {
    double low = kLaunch, high = kLaunch + 60.0 * kRate;
    for (int i = 0; i < 60; ++i) (at((low + high) / 2) < source ? low : high) = (low + high) / 2;
    return low;
  }
  static double read(const void* map, double frame) {
    ++static_cast<const Map*>(map)->reads;
    return static_cast<const Map*>(map)->at(frame);
  }
  StretchTarget target() const { return {read, this}; }
};

std::int64_t quantum_of(std::int64_t frame) { return frame / kQuantum * kQuantum; }

/// Left, right from the launch's quantum on; `early`: frames before it at which begin() is called.
std::array<std::vector<float>, 2> render(Stretcher& s, const Pcm& pcm, const Map& map, double seconds,
                                         std::int64_t early = 0, int index = 0,
                                         std::vector<double>* errors = nullptr) {
  const auto frames = static_cast<std::size_t>(quantum_of(static_cast<std::int64_t>(seconds * kRate)));
  std::array<std::vector<float>, 2> out{std::vector<float>(frames), std::vector<float>(frames)};
  s.begin(Frame(kLaunch), index);
  for (auto q = quantum_of(kLaunch - std::max<std::int64_t>(early, s.lead())); q < quantum_of(kLaunch);
       q += kQuantum)
    s.preroll(kKernels, pcm.source(), map.target(), Frame(q));
  for (std::size_t i = 0; i < frames; i += kQuantum) {
    const auto q = quantum_of(kLaunch) + static_cast<std::int64_t>(i);
    s.process(kKernels, pcm.source(), map.target(), Frame(q), &out[0][i], &out[1][i]);
    if (errors) errors->push_back(s.source_position() - map.at(static_cast<double>(q + kQuantum)));
  }
  return out;
}

/// Two passes of a second-order high-pass at 6 kHz: leaves the attacks.
std::vector<double> edges(const std::vector<float>& x) {
  std::vector<double> y(x.begin(), x.end());
  const double w = std::tan(kPi * 6'000 / kRate), k = std::sqrt(2.0) * w, n = 1 / (1 + k + w * w);
  for (int pass = 0; pass < 2; ++pass) {
    double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
    for (double& v : y) {
      const double in = v;
      v = n * (in - 2 * x1 + x2 - 2 * (w * w - 1) * y1 - (1 - k + w * w) * y2);
      x2 = x1, x1 = in, y2 = y1, y1 = v;
    }
  }
  return y;
}

/// Where within 20 ms of `near` the energy of the next millisecond most exceeds that of the last.
double detect(const std::vector<double>& edge, double near) {
  constexpr int m = kRate / 1000;
  double best = -1, at = near;
  for (int i = static_cast<int>(near) - 20 * m; i < static_cast<int>(near) + 20 * m; ++i) {
    double step = 0;
    for (int j = 0; j < m; ++j)
      step += std::pow(edge[static_cast<std::size_t>(i + j)], 2) -
              std::pow(edge[static_cast<std::size_t>(i - 1 - j)], 2);
    if (step > best) best = step, at = i;
  }
  return at;
}

struct Heard {
  double frame, error;  ///< output frame since the launch, ms
};
std::vector<Heard> beats(const Pcm& pcm, const Map& map, const std::vector<float>& out) {
  const auto edge = edges(out);
  std::vector<Heard> found;
  for (int round = 0;; ++round)
    for (const double attack : pcm.attacks) {
      const double at = map.frame_of(attack + round * static_cast<double>(pcm.left.size())) -
                        static_cast<double>(quantum_of(kLaunch));
      if (at < 2'000) continue;
      if (at + 2'000 > static_cast<double>(out.size())) return found;
      found.push_back({at, std::abs(detect(edge, at) - at) * 1000 / kRate});
    }
}

double part(const std::vector<Heard>& all, double p, double from = 0, double to = 1e18) {
  std::vector<double> v;
  for (const Heard& b : all)
    if (b.frame >= from && b.frame < to) v.push_back(b.error);
  REQUIRE(v.size() >= 6);
  std::sort(v.begin(), v.end());
  return v[std::min(v.size() - 1, static_cast<std::size_t>(p * static_cast<double>(v.size())))];
}

Stretcher prepared(int rate = kRate) {
  Stretcher s;
  s.prepare(rate);
  return s;
}

long faults() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

}  // namespace

TEST_CASE("a beat sounds where the warp map puts it, at every ratio from a half to two", "[stretcher]") {
  auto s = prepared();
  for (const auto& pcm : {make_loop(Bed::noise, 0), make_loop(Bed::chord, kRate / 8)})
    for (const double ratio : kRatios) {
      const Map map{1 / ratio};
      const auto found = beats(pcm, map, render(s, pcm, map, 4)[0]);
      INFO("ratio " << ratio << ", first attack " << pcm.attacks[0]);
      CHECK(part(found, 0.95) < 1.5);
      CHECK(part(found, 1) < 3);
    }
}

TEST_CASE("after the tempo ramped up and down, beats are back in place within a bar", "[stretcher]") {
  auto s = prepared();
  for (const auto& pcm : {make_loop(Bed::noise, 0), make_loop(Bed::chord, kRate / 8)}) {
    const Map map{1, true};
    const auto found = beats(pcm, map, render(s, pcm, map, 26)[0]);
    const double up = Map::kHold + Map::kRamp, down = up + Map::kHold + Map::kRamp;
    CHECK(part(found, 0.5, up, up + 4 * kRate / 3.0) < 1);
    CHECK(part(found, 0.5, down, down + 4 * kRate) < 1);
    CHECK(part(found, 1) < 6);
  }
}

TEST_CASE("between attacks the counted source position stays within a frame of the map", "[stretcher]") {
  auto s = prepared();
  const auto pcm = make_loop(Bed::noise, kRate / 8);  // the loop wraps between two attacks
  for (const double ratio : {0.75, 0.8, 0.97, 1.05, 1.25, 2.0}) {
    const Map map{1 / ratio};
    std::vector<double> errors;
    render(s, pcm, map, 9, 0, 0, &errors);
    double worst = 0;
    for (int wrap = 1; wrap * 2 * ratio < 9; ++wrap)
      worst =
          std::max(worst, std::abs(errors[static_cast<std::size_t>(wrap * 2 * ratio * kRate / kQuantum)]));
    INFO("ratio " << ratio);
    CHECK(worst <= std::max(1.0, 1 / ratio));  // a frame of the slower side
  }
}

TEST_CASE("at its own tempo a loop passes through untouched from the first frame on", "[stretcher]") {
  auto s = prepared();
  const auto pcm = make_loop(Bed::noise, 0);
  const auto out = render(s, pcm, Map{1}, 5);
  double worst = 0;
  for (auto i = static_cast<std::size_t>(kLaunch - quantum_of(kLaunch)); i < out[0].size(); ++i) {
    const std::size_t at = (i - static_cast<std::size_t>(kLaunch - quantum_of(kLaunch))) % pcm.left.size();
    worst = std::max(
        {worst, std::abs(double{out[0][i]} - pcm.left[at]), std::abs(double{out[1][i]} - pcm.right[at])});
  }
  CHECK(worst < 1e-6);
}

TEST_CASE("the attack at the launch is as whole as those after it", "[stretcher]") {
  auto s = prepared();
  const auto pcm = make_loop(Bed::noise, 0);
  for (const double ratio : {0.8, 0.9, 0.95, 1.05}) {
    const auto out = render(s, pcm, Map{1 / ratio}, 2)[0];
    float launch = 0, second = 0;
    for (std::size_t i = 0; i < kRate / 100; ++i) {
      launch = std::max(launch, std::abs(out[i]));
      second = std::max(second, std::abs(out[i + static_cast<std::size_t>(ratio * kRate / 4)]));
    }
    INFO("ratio " << ratio);
    CHECK(launch > 0.8f * second);
  }
}

TEST_CASE("a tone has its full level from the launch on", "[stretcher]") {
  auto s = prepared();
  for (const double hz : {55.0, 100.0, 200.0, 333.0, 880.0}) {
    Pcm pcm{std::vector<float>(2 * kRate), std::vector<float>(2 * kRate), {}};
    for (std::size_t i = 0; i < pcm.left.size(); ++i)
      pcm.left[i] = pcm.right[i] =
          static_cast<float>(0.5 * std::sin(2 * kPi * hz * static_cast<double>(i) / kRate));
    const auto out = render(s, pcm, Map{1 / 0.8}, 0.2)[0];
    double energy = 0;
    for (std::size_t i = 32; i < 4'832; ++i) energy += double{out[i]} * out[i];
    INFO(hz << " Hz");
    CHECK(std::sqrt(energy / 4'800) == Approx(0.5 / std::sqrt(2.0)).epsilon(0.03));
  }
}

TEST_CASE("tones go on through the attacks of others", "[stretcher]") {
  auto s = prepared();
  const std::array<double, 6> partials{55, 110, 220.5, 277, 330, 440};
  Pcm pcm{std::vector<float>(2 * kRate), std::vector<float>(2 * kRate), {}};
  Draw draw{7};
  std::array<double, 12> last{};
  for (std::size_t i = 0; i < pcm.left.size(); ++i) {
    const std::size_t since = i % (kRate / 8);
    double hat = since < kRate / 50 ? std::exp(-static_cast<double>(since) / (0.004 * kRate)) * draw() : 0;
    for (std::size_t pass = 0; pass < last.size(); pass += 2) {  // six times above 6 kHz
      last[pass + 1] = 0.55 * (last[pass + 1] + hat - last[pass]);
      last[pass] = hat;
      hat = last[pass + 1];
    }
    double chord = 0;
    for (const double hz : partials) chord += 0.08 * std::sin(hz + 2 * kPi * hz * static_cast<double>(i) / kRate);
    pcm.left[i] = pcm.right[i] = static_cast<float>(chord + 2 * hat);
  }
  for (const double ratio : {0.9, 0.94, 0.97, 1.02, 1.05, 1.1}) {
    const auto out = render(s, pcm, Map{1 / ratio}, 2)[0];
    std::vector<double> low(out.size());
    std::array<double, 8> pole{};  // below 1.5 kHz
    for (std::size_t i = 0; i < out.size(); ++i) {
      double in = out[i];
      for (double& p : pole) in = p += 0.18 * (in - p);
      low[i] = in;
    }
    const std::size_t n = kRate / 2, from = kRate;
    std::vector<double> rest(low.begin() + from, low.begin() + from + n);
    double all = 0, odd = 0;
    for (const double x : rest) all += x * x;
    for (int round = 0; round < 8; ++round)  // each partial fitted by least squares with a Hann window
      for (const double hz : partials) {
        double c = 0, sine = 0;
        for (std::size_t i = 0; i < n; ++i) {
          const double hann = 1 - std::cos(2 * kPi * static_cast<double>(i) / n), a = 2 * kPi * hz * static_cast<double>(i) / kRate;
          c += 2 * hann * rest[i] * std::cos(a) / n;
          sine += 2 * hann * rest[i] * std::sin(a) / n;
        }
        for (std::size_t i = 0; i < n; ++i) {
          const double a = 2 * kPi * hz * static_cast<double>(i) / kRate;
          rest[i] -= c * std::cos(a) + sine * std::sin(a);
        }
      }
    for (const double x : rest) odd += x * x;
    INFO("ratio " << ratio);
    CHECK(10 * std::log10(odd / all) < -40);
  }
}

TEST_CASE("over a chord an attack has no echo before it, and what ends there goes on to it", "[stretcher]") {
  auto s = prepared();
  Pcm pcm = make_loop(Bed::chord, 0);
  Draw draw{9};
  for (std::size_t i = 0; i < pcm.left.size(); ++i) pcm.left[i] = pcm.right[i] += static_cast<float>(0.003 * draw());
  constexpr double ms = kRate / 1000.0;
  for (const double ratio : {0.9, 0.97, 1.1}) {
    const Map map{1 / ratio};
    const auto heard = render(s, pcm, map, 4)[0];
    // Above the chord: two poles at 1.4 kHz and their passing, twice.
    std::vector<double> high(heard.begin(), heard.end());
    for (int pass = 0; pass < 4; ++pass) {
      double low = 0;
      for (double& x : high) x -= low += 0.17 * (x - low);
    }
    const auto level = [&](double from, double to) {
      double sum = 0;
      for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(to); ++i) sum += high[i] * high[i];
      return sum / (to - from);
    };
    double before = 0, between = 0, attacks = 0;
    for (double source = 0.25 * kRate; source < 3.5 / ratio * kRate; source += 0.25 * kRate) {
      const double at = map.frame_of(source) - static_cast<double>(quantum_of(kLaunch));
      before += level(at - 20 * ms, at - 2 * ms);
      between += level(at - 90 * ms * ratio, at - 60 * ms * ratio);
      attacks += level(at, at + 5 * ms);
    }
    INFO("ratio " << ratio << ": before it " << 10 * std::log10(before / attacks) << " dB");
    CHECK(10 * std::log10(before / between) < 1);
    CHECK(10 * std::log10(before / between) > -1);
  }
}

TEST_CASE("what an attack cuts off does not sound after it", "[stretcher]") {
  auto s = prepared();
  Pcm pcm{std::vector<float>(kRate), std::vector<float>(kRate), {}};  // noise for half of it, a click, and nothing
  Draw draw{4};
  for (std::size_t i = 0; i < kRate / 2; ++i) pcm.left[i] = pcm.right[i] = static_cast<float>(0.1 * draw());
  for (std::size_t i = kRate / 2; i < kRate / 2 + 16; ++i) pcm.left[i] = pcm.right[i] = i % 2 ? -0.9f : 0.9f;
  for (const double ratio : {0.8, 1.25}) {
    const Map map{1 / ratio};
    const auto heard = render(s, pcm, map, 2)[0];
    double after = 0;
    const double at = map.frame_of(1.5 * kRate) - static_cast<double>(quantum_of(kLaunch));
    for (auto i = static_cast<std::size_t>(at + 0.002 * kRate); i < static_cast<std::size_t>(at + 0.02 * kRate); ++i)
      after = std::max(after, std::abs(double{heard[i]}));
    INFO("ratio " << ratio);
    CHECK(after < 0.001);
  }
}

TEST_CASE("after a minute left out the loop is in place at once", "[stretcher]") {
  auto s = prepared();
  const auto pcm = make_loop(Bed::noise, kRate / 8);
  const Map map{0.9};
  std::array<float, kQuantum> left, right;
  s.begin(Frame(kLaunch), 0);
  auto q = quantum_of(kLaunch) - s.lead() / kQuantum * kQuantum;
  const auto play = [&](int quanta) {
    for (; quanta > 0; --quanta, q += kQuantum)
      s.process(kKernels, pcm.source(), map.target(), Frame(q), left.data(), right.data());
  };
  play(2'000);
  q += std::int64_t{60} * kRate;
  play(2 * 4'096 / kQuantum);
  CHECK(std::abs(s.source_position() - map.at(static_cast<double>(q))) < kRate / 100);
}

TEST_CASE("nothing after prepare touches a new page", "[stretcher]") {
  const auto pcm = make_loop(Bed::noise, 0);
  const auto weather = [&](Stretcher& s) {
    std::array<float, kQuantum> left, right;
    Draw draw{3};
    std::int64_t q = 0;
    for (int launch = 0; launch < 12; ++launch) {
      Map map;
      s.begin(Frame(q + s.lead() + kQuantum), launch % 8);
      for (int i = 0; i < 1'500; ++i, q += kQuantum) {
        if (i % 300 == 0) map.slope = std::exp(1.4 * draw());  // a quarter to four times, and seeks
        if (i * kQuantum <= s.lead())
          s.preroll(kKernels, pcm.source(), map.target(), Frame(q));
        else
          s.process(kKernels, pcm.source(), map.target(), Frame(q), left.data(), right.data());
      }
      if (launch % 3 == 0) s.reset();
    }
  };
  auto other = prepared();
  weather(other);  // meets the program's own pages
  for (const int rate : {44'100, 48'000, 96'000}) {
    auto s = prepared(rate);
    [[maybe_unused]] const long before = faults();
    weather(s);
    [[maybe_unused]] const long after = faults();
#ifndef ENTRAIN_ASAN
    CHECK(after - before == 0);
#endif
  }
}

TEST_CASE("a reset stretcher equals a fresh one bit for bit, whatever it did", "[stretcher]") {
  const auto pcm = make_loop(Bed::noise, 0);
  // A chord that swells out of silence.
  Pcm soft{std::vector<float>(2 * kRate), std::vector<float>(2 * kRate), {}};
  for (std::size_t i = 600; i < soft.left.size() - 2'500; ++i)
    for (const double hz : {110.0, 220.5, 331.0}) {
      const double swell = 0.1 * std::min(1.0, static_cast<double>(i - 600) / 20'000);
      soft.left[i] +=
          static_cast<float>(swell * std::sin(2 * kPi * hz * static_cast<double>(i - 600) / kRate));
      soft.right[i] = soft.left[i] / 2;
    }
  Draw draw{11};
  auto used = prepared();
  for (int history = 0; history < 12; ++history) {
    std::array<float, kQuantum> left, right;
    Map past{std::exp(1.2 * draw())};
    const int length = 200 + static_cast<int>(400 * (draw() + 1));
    used.begin(Frame(kLaunch), history % 8);
    for (int i = 0; i < length; ++i) {
      if (i % 50 == 0) past.slope = std::exp(1.2 * draw());
      used.process(kKernels, history % 2 ? pcm.source() : soft.source(), past.target(),
                   Frame(quantum_of(kLaunch) - used.lead() / kQuantum * kQuantum + i * kQuantum), left.data(),
                   right.data());
    }
    if (history % 2) used.reset();
    auto fresh = prepared();
    const Map map{1 / kRatios[history % 15]};
    const auto& played = history % 3 ? soft : pcm;
    INFO("history " << history);
    REQUIRE(render(used, played, map, 1.5, 0, 3) == render(fresh, played, map, 1.5, 0, 3));
  }
}

TEST_CASE("what sounds does not depend on when the stretcher was told to begin", "[stretcher]") {
  auto s = prepared();
  const auto pcm = make_loop(Bed::noise, 0);
  const Map map{1.07};
  const auto prompt = render(s, pcm, map, 1);
  CHECK(render(s, pcm, map, 1, 20'000) == prompt);
  CHECK(render(s, pcm, map, 1, s.lead() + 7 * kQuantum) == prompt);
}

TEST_CASE("a launch asked for too late is silent until it is settled, and then in place", "[stretcher]") {
  auto s = prepared();
  const auto pcm = make_loop(Bed::noise, 0);
  const Map map{1.25};
  std::vector<float> left(5 * kRate / kQuantum * kQuantum), right(kQuantum);
  s.begin(Frame(kLaunch), 5);
  for (std::size_t i = 0; i < left.size(); i += kQuantum)
    s.process(kKernels, pcm.source(), map.target(), Frame(quantum_of(kLaunch) + static_cast<std::int64_t>(i)), &left[i],
              right.data());
  const auto first = static_cast<std::size_t>(
      std::find_if(left.begin(), left.end(), [](float x) { return x != 0; }) - left.begin());
  CHECK(first >= static_cast<std::size_t>(s.lead() - 9 * kQuantum));
  CHECK(first < static_cast<std::size_t>(s.lead() + 8 * kQuantum));
  auto found = beats(pcm, map, left);
  CHECK(part(found, 0.95, static_cast<double>(first) + 2'000) < 1.5);
}

TEST_CASE("eight stretchers never work in the same quantum, nor four decks that launch together", "[stretcher]") {
  const auto pcm = make_loop(Bed::noise, 0);
  for (const int rate : {48'000, 96'000}) {
    std::vector<Stretcher> all(8);
    std::vector<Map> maps{{0.8}, {0.9}, {1}, {1.1}, {1.3}, {1.6}, {1.9}, {2.2}};
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].prepare(rate);
      all[i].begin(Frame(kLaunch), static_cast<int>(i));
    }
    std::array<float, kQuantum> left, right;
    int most = 0, busy = 0;
    for (auto q = quantum_of(kLaunch - all[0].lead()); q < kLaunch + rate / 2; q += kQuantum) {
      int working = 0;
      for (std::size_t i = 0; i < all.size(); ++i) {
        maps[i].reads = 0;
        all[i].process(kKernels, pcm.source(), maps[i].target(), Frame(q), left.data(), right.data());
        const bool counts = q >= kLaunch || i % 2 == 0;  // of a deck's two, one begins at a time
        working += counts && maps[i].reads > 0;
      }
      most = std::max(most, working);
      busy += working;
    }
    CHECK(most == 1);
    CHECK(busy > 300);
  }
}

TEST_CASE("after an unannounced seek the loop is back in place within a tenth of a second", "[stretcher]") {
  auto s = prepared();
  const auto pcm = make_loop(Bed::noise, kRate / 8);
  std::array<float, kQuantum> left, right;
  struct Seek {
    double from = 0;
    static double read(const void* map, double t) { return static_cast<const Seek*>(map)->from + 0.9 * t; }
  } seek;
  s.begin(Frame(s.lead()), 0);
  for (std::int64_t q = 0; q < 10 * kRate; q += kQuantum) {
    if (q % kRate == 0) seek.from += 1'234'567.8;  // 0.1 s later no attack is near
    s.process(kKernels, pcm.source(), {Seek::read, &seek}, Frame(q), left.data(), right.data());
    if (q > kRate && q % kRate == kRate / 10)
      CHECK(std::abs(s.source_position() - Seek::read(&seek, static_cast<double>(q + kQuantum))) <
            kRate / 100);
  }
}

TEST_CASE("an unannounced seek, a standstill and an empty source are survived with finite sound",
          "[stretcher]") {
  auto s = prepared();
  const auto pcm = make_loop(Bed::noise, 0);
  std::array<float, kQuantum> left, right;
  Draw draw{5};
  bool finite = true;
  int most = 0;
  struct Wild {
    double from = 0, slope = 1;
    mutable int reads = 0;
    static double read(const void* map, double t) {
      const auto& w = *static_cast<const Wild*>(map);
      ++w.reads;
      return w.from + w.slope * t;
    }
  } wild;
  s.begin(Frame(s.lead()), 0);
  for (std::int64_t q = 0; q < 20'000 * kQuantum; q += kQuantum) {
    if (q % (100 * kQuantum) == 0) wild = {1e6 * draw(), std::max(0.0, 3 * draw() + 2)};
    const auto source = q % (700 * kQuantum) < 100 * kQuantum ? StretchSource{} : pcm.source();
    wild.reads = 0;
    s.process(kKernels, source, {Wild::read, &wild}, Frame(q), left.data(), right.data());
    most = std::max(most, wild.reads);
    for (const float x : left) finite &= std::isfinite(x) && std::abs(x) < 4;
  }
  CHECK(finite);
  CHECK(most <= Stretcher::kMaxHops * 5);
}
