#include "control/flow/library_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/library/loop_level.h"
#include "engine/library/loop_span.h"

namespace entrain {
namespace {

constexpr int kSeamMilliseconds = 5;
constexpr float kInaudibleStep = 0.003f;  // -50 dB
constexpr double kEarlySeconds = 0.02;  // an attack may begin so long before its beat

/// The beats of the span as warp points, which end with the asset at the latest.
std::vector<WarpPoint> warp_of(const Beats& beats, const LoopSpan& span, double times, double rate,
                               std::int64_t frames) {
  std::vector<WarpPoint> warp;
  const auto add = [&](double beat, double seconds) {
    const WarpPoint point{Beat::nearest(beat * times),
                          std::clamp(seconds * rate, 0.0, static_cast<double>(frames))};
    if (warp.empty() || (point.beat > warp.back().beat && point.source > warp.back().source))
      warp.push_back(point);
  };
  add(0, span.in);
  if (!beats.even) {
    const auto first =
        std::lower_bound(beats.seconds.begin(), beats.seconds.end(), span.in + 1e-6) - beats.seconds.begin();
    for (int beat = 1; beat < span.beats; ++beat)
      if (const auto index = static_cast<std::size_t>(first + beat - 1); index < beats.seconds.size())
        add(beat, beats.seconds[index]);
  }
  add(span.beats, span.out);
  return warp;
}

struct Moment {
  Beat at;
  float strength;
};

std::vector<Beat> in_order(const std::vector<Moment>& moments) {
  std::vector<Beat> beats;
  for (const Moment& m : moments) beats.push_back(m.at);
  std::sort(beats.begin(), beats.end());
  beats.erase(std::unique(beats.begin(), beats.end()), beats.end());
  return beats;
}

/// The strongest that lie `gap` apart, round the loop.
std::vector<Beat> thinned(std::vector<Moment> moments, Beat length, Beat gap) {
  std::stable_sort(moments.begin(), moments.end(),
                   [](const Moment& a, const Moment& b) { return a.strength > b.strength; });
  std::vector<Moment> kept;
  for (const Moment& m : moments) {
    const auto near = [&](const Moment& k) {
      const Beat apart(std::abs((m.at - k.at).ticks));
      return apart < gap || length - apart < gap;
    };
    if (std::none_of(kept.begin(), kept.end(), near)) kept.push_back(m);
  }
  return in_order(kept);
}

}  // namespace

int seam_of(const Asset& asset, const std::vector<WarpPoint>& warp, int rate) {
  const auto first = static_cast<std::int64_t>(warp.front().source), end = static_cast<std::int64_t>(warp.back().source);
  constexpr std::int64_t kBeside = 64;
  const int seam = static_cast<int>(std::min<std::int64_t>(rate * kSeamMilliseconds / 1000, (end - first) / 4));
  if (first >= seam) return seam;
  const float* x = asset.left_data();
  float apart = 0;
  for (std::int64_t i = 1; i < std::min(kBeside, (end - first) / 2); ++i)
    apart = std::max({apart, std::abs(x[first + i] - x[first + i - 1]), std::abs(x[end - i] - x[end - i - 1])});
  return std::abs(x[first] - x[end - 1]) > 2 * apart + kInaudibleStep ? seam : 0;
}

Result<std::shared_ptr<const Loop>> library_loop(std::shared_ptr<const Asset> asset, int rate,
                                                 const Analysis& analysis, double times) {
  const LoopSpan span = loop_span(analysis);
  if (span.beats == 0)
    return Error{
        fmt::format("{} has no beat that a loop could be made of; give its number of beats", asset->path)};
  auto loop = std::make_shared<Loop>();
  loop->warp = warp_of(analysis.beats, span, times, rate, asset->frames());
  loop->asset = std::move(asset);
  loop->gain = static_cast<float>(std::pow(10, loop_gain(analysis.loudness.integrated) / 20));
  if (loop->warp.size() < 2 || loop->source_length() < 1)
    return Error{fmt::format("{} is too short for the {} beats found in it; give its number of beats",
                             loop->asset->path, span.beats)};
  loop->seam = seam_of(*loop->asset, loop->warp, rate);
  std::vector<Moment> onsets, kicks;
  for (const Onset& onset : analysis.onsets) {
    if (onset.seconds < span.in - kEarlySeconds || onset.seconds >= span.out) continue;
    const Beat at = Beat::nearest(loop->beats_at(onset.seconds * rate));
    const Moment moment{at < loop->length() ? at : Beat(0), onset.strength};
    onsets.push_back(moment);
    if (onset.kick) kicks.push_back(moment);
  }
  loop->onsets = in_order(onsets);
  loop->kicks = thinned(std::move(kicks), loop->length(), Loop::kKickGap);
  return std::shared_ptr<const Loop>(std::move(loop));
}

}  // namespace entrain
