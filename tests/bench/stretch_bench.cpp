// How a deck's stretcher sounds beside Rubber Band offline, at a few percent, on real loops:
//
//   stretch_bench FILE...       loops, such as /usr/share/sonic-pi/samples/loop_*.flac
//
// Rubber Band is called as its program does: `rubberband -2` (R2) and `rubberband -3` (R3), offline, studied
// first. For each: the log-spectral distance to the source resampled in time, dB (root mean square over bins,
// mean over frames; Gray and Markel: Distance measures for speech processing, IEEE Trans. ASSP 24, 1976), on
// spectra that end 60 dB below the loudest bin; and at onsets, in the median, how much more of the energy
// comes 2 to 20 ms before them than in the source, dB, and how many ms longer the energy takes to rise from
// 10 to 90 % of its peak. Files shorter than 3 s are repeated.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "engine/analysis/decode.h"
#include "engine/analysis/onsets.h"
#include "engine/analysis/stft.h"
#include "engine/units/dsp/stretcher.h"
#include "tests/bench/studied.h"

using namespace entrain;
using R = RubberBand::RubberBandStretcher;

namespace {

constexpr int kRate = 48'000, kWindow = 2'048, kMs = kRate / 1000;
constexpr std::int64_t kLaunch = 48'000;
constexpr std::size_t kLeast = 3 * kRate;  // samples
constexpr double kBelow = 60;              // dB

double read(const void* speed, double frame) {
  return (frame - static_cast<double>(kLaunch)) * *static_cast<const double*>(speed);
}

std::vector<float> by_deck(const std::vector<float>& in, double ratio) {
  Stretcher s;
  s.prepare(kRate);
  s.begin(Frame(kLaunch), 0);
  const Kernels& kernels = kernels_for(best_isa());
  const double speed = 1 / ratio;
  const StretchTarget target{read, &speed};
  const StretchSource source{in.data(), in.data(), static_cast<std::int64_t>(in.size()), true};
  std::vector<float> left(static_cast<std::size_t>(static_cast<double>(in.size()) * ratio) / kQuantum *
                          kQuantum),
      right(kQuantum);
  for (std::int64_t q = kLaunch - 8192; q < kLaunch; q += kQuantum) s.preroll(kernels, source, target, Frame(q));
  for (std::size_t i = 0; i < left.size(); i += kQuantum)
    s.process(kernels, source, target, Frame(kLaunch + static_cast<std::int64_t>(i)), &left[i], right.data());
  return left;
}

double distance(const std::vector<float>& in, const std::vector<float>& out, double ratio) {
  Stft of_in(kWindow, 1), of_out(kWindow, kWindow / 4);
  float loudest = 0;
  for (std::size_t at = 0; at < in.size(); at += kWindow)
    for (const float p : of_in.power(in, at)) loudest = std::max(loudest, p);
  const double floor = static_cast<double>(loudest) * std::pow(10, -kBelow / 10);
  double sum = 0;
  std::size_t frames = 0;
  for (std::size_t f = 8; f + 8 < of_out.frames(out.size()); ++f, ++frames) {
    const auto at = static_cast<std::size_t>(std::lround(static_cast<double>(f * kWindow / 4) / ratio));
    const auto a = of_in.power(in, at), b = of_out.power(out, f);
    double squares = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
      const double x = static_cast<double>(a[k]) + floor, y = static_cast<double>(b[k]) + floor;
      squares += std::pow(10 * std::log10(x / y), 2);
    }
    sum += std::sqrt(squares / static_cast<double>(a.size()));
  }
  return frames > 0 ? sum / static_cast<double>(frames) : 0;
}

struct Attack {
  double early, rise;  ///< dB of the energy around it; ms
};

Attack attack(const std::vector<float>& x, std::int64_t onset) {
  std::vector<double> power;  // of half milliseconds, from 20 ms before to 30 ms after
  constexpr int kBlock = kMs / 2, kBlocks = 100, kBefore = 40;
  for (int b = 0; b < kBlocks; ++b) {
    double e = 1e-12;
    for (int i = 0; i < kBlock; ++i)
      e += std::pow(static_cast<double>(x[static_cast<std::size_t>(onset + (b - kBefore) * kBlock + i)]), 2);
    power.push_back(e);
  }
  double early = 0, all = 0;
  for (int b = 0; b < kBlocks; ++b) (b < kBefore - 4 ? early : all) += power[static_cast<std::size_t>(b)];
  const auto peak = std::max_element(power.begin() + kBefore - 8, power.end());
  auto to = std::find_if(power.begin() + kBefore - 8, peak, [&](double p) { return p > 0.9 * *peak; });
  auto from = to;
  while (from > power.begin() && *(from - 1) > 0.1 * *peak) --from;
  return {10 * std::log10((early + 1e-12) / (early + all)), 0.5 * static_cast<double>(to - from)};
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return x.empty() ? 0 : x[x.size() / 2];
}

struct Score {
  std::vector<double> distance, early, rise;
};

void judge(const std::vector<float>& in, const std::vector<float>& out, double ratio, Score& score) {
  score.distance.push_back(distance(in, out, ratio));
  for (const Onset& o : find_onsets(in, kRate, novelty(in, kRate))) {
    const auto at = static_cast<std::int64_t>(o.seconds * kRate);
    const auto there = static_cast<std::int64_t>(o.seconds * ratio * kRate);
    const auto around = std::int64_t{40} * kMs;
    if (o.strength < 0.3f || at < around || there < around ||
        at + around > static_cast<std::int64_t>(in.size()) ||
        there + around > static_cast<std::int64_t>(out.size()))
      continue;
    const Attack before = attack(in, at), after = attack(out, there);
    score.early.push_back(after.early - before.early);
    score.rise.push_back(after.rise - before.rise);
  }
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::array<double, 3> kFaster{1.02, 1.05, 1.10};
  constexpr std::array<const char*, 3> kNames{"deck, live", "R2 offline", "R3 offline"};
  std::printf("%-8s %-16s %14s %18s %12s\n", "faster", "stretcher", "distance, dB", "before onsets, dB",
              "rise, ms");
  for (const double faster : kFaster) {
    const double ratio = 1 / faster;
    std::array<Score, 3> scores;
    for (int f = 1; f < argc; ++f) {
      auto pcm = decode(argv[f], kRate);
      if (!pcm) return std::puts(pcm.error().sentence.c_str()), 1;
      std::vector<float> in;
      while (in.size() < kLeast)
        for (std::size_t i = 0; i < pcm->left.size(); ++i) in.push_back((pcm->left[i] + pcm->right[i]) / 2);
      judge(in, by_deck(in, ratio), ratio, scores[0]);
      judge(in, studied(in, kRate, R::OptionEngineFaster, ratio), ratio, scores[1]);
      judge(in, studied(in, kRate, R::OptionEngineFiner, ratio), ratio, scores[2]);
    }
    for (std::size_t k = 0; k < scores.size(); ++k)
      std::printf("%5.0f %%  %-16s %14.2f %18.1f %12.2f\n", 100 * (faster - 1), kNames[k],
                  median(scores[k].distance), median(scores[k].early), median(scores[k].rise));
    std::fflush(stdout);
  }
}
