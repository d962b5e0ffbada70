// Laws of the stretcher: how it sounds.
#include "tests/support/catch.h"
#include "tests/support/stretched_loops.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("the attack at the launch is as whole as those after it", "[stretcher]") {
  auto s = prepared_stretcher();
  const auto pcm = made_loop(Bed::noise, 0);
  for (const double ratio : {0.8, 0.9, 0.95, 1.05}) {
    const auto out = stretched(s, pcm, TempoMap{1 / ratio}, 2)[0];
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
  auto s = prepared_stretcher();
  for (const double hz : {55.0, 100.0, 200.0, 333.0, 880.0}) {
    MadeLoop pcm{std::vector<float>(2 * kRate), std::vector<float>(2 * kRate), {}};
    for (std::size_t i = 0; i < pcm.left.size(); ++i)
      pcm.left[i] = pcm.right[i] =
          static_cast<float>(0.5 * std::sin(2 * kPi * hz * static_cast<double>(i) / kRate));
    const auto out = stretched(s, pcm, TempoMap{1 / 0.8}, 0.2)[0];
    double energy = 0;
    for (std::size_t i = 32; i < 4'832; ++i) energy += double{out[i]} * out[i];
    INFO(hz << " Hz");
    CHECK(std::sqrt(energy / 4'800) == Approx(0.5 / std::sqrt(2.0)).epsilon(0.03));
  }
}

TEST_CASE("tones go on through the attacks of others", "[stretcher]") {
  auto s = prepared_stretcher();
  const std::array<double, 6> partials{55, 110, 220.5, 277, 330, 440};
  MadeLoop pcm{std::vector<float>(2 * kRate), std::vector<float>(2 * kRate), {}};
  NoiseDraw draw{7};
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
    for (const double hz : partials)
      chord += 0.08 * std::sin(hz + 2 * kPi * hz * static_cast<double>(i) / kRate);
    pcm.left[i] = pcm.right[i] = static_cast<float>(chord + 2 * hat);
  }
  for (const double ratio : {0.9, 0.94, 0.97, 1.02, 1.05, 1.1}) {
    const auto out = stretched(s, pcm, TempoMap{1 / ratio}, 2)[0];
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
          const double hann = 1 - std::cos(2 * kPi * static_cast<double>(i) / n),
                       a = 2 * kPi * hz * static_cast<double>(i) / kRate;
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
  auto s = prepared_stretcher();
  MadeLoop pcm = made_loop(Bed::chord, 0);
  NoiseDraw draw{9};
  for (std::size_t i = 0; i < pcm.left.size(); ++i)
    pcm.left[i] = pcm.right[i] += static_cast<float>(0.003 * draw());
  constexpr double ms = kRate / 1000.0;
  for (const double ratio : {0.9, 0.97, 1.1}) {
    const TempoMap map{1 / ratio};
    const auto heard = stretched(s, pcm, map, 4)[0];
    // Above the chord: two poles at 1.4 kHz and their passing, twice.
    std::vector<double> high(heard.begin(), heard.end());
    for (int pass = 0; pass < 4; ++pass) {
      double low = 0;
      for (double& x : high) x -= low += 0.17 * (x - low);
    }
    const auto level = [&](double from, double to) {
      double sum = 0;
      for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(to); ++i)
        sum += high[i] * high[i];
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
  auto s = prepared_stretcher();
  MadeLoop pcm{std::vector<float>(kRate),
               std::vector<float>(kRate),
               {}};  // noise for half of it, a click, and nothing
  NoiseDraw draw{4};
  for (std::size_t i = 0; i < kRate / 2; ++i) pcm.left[i] = pcm.right[i] = static_cast<float>(0.1 * draw());
  for (std::size_t i = kRate / 2; i < kRate / 2 + 16; ++i) pcm.left[i] = pcm.right[i] = i % 2 ? -0.9f : 0.9f;
  for (const double ratio : {0.8, 1.25}) {
    const TempoMap map{1 / ratio};
    const auto heard = stretched(s, pcm, map, 2)[0];
    double after = 0;
    const double at = map.frame_of(1.5 * kRate) - static_cast<double>(quantum_of(kLaunch));
    for (auto i = static_cast<std::size_t>(at + 0.002 * kRate);
         i < static_cast<std::size_t>(at + 0.02 * kRate); ++i)
      after = std::max(after, std::abs(double{heard[i]}));
    INFO("ratio " << ratio);
    CHECK(after < 0.001);
  }
}
