#include "control/flow/finer.h"

#include <rubberband/RubberBandStretcher.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace entrain {
namespace {

using R3 = RubberBand::RubberBandStretcher;
using Sides = std::array<std::vector<float>, 2>;

constexpr double kAround = 0.5;      // seconds of sound on either side, so that no window sees an edge
constexpr std::size_t kPart = 4096;  // frames fed at once
constexpr double kSame = 1e-5;       // of a ratio: the deck passes what is nearer

/// The asset with so many frames before it and behind it: of its other end where it goes round, else silence.
Sides surrounded(const Asset& asset, std::int64_t around, bool goes_round) {
  Sides sides;
  const std::int64_t frames = asset.frames();
  const std::array<const float*, 2> from{asset.left_data(), asset.right_data()};
  for (std::size_t s = 0; s < 2; ++s)
    for (std::int64_t i = -around; i < frames + around; ++i) {
      const bool inside = i >= 0 && i < frames;
      const std::int64_t at = ((i % frames) + frames) % frames;
      sides[s].push_back(inside || goes_round ? from[s][at] : 0);
    }
  return sides;
}

Sides stretched(const Sides& in, int rate, double ratio) {
  R3 r3(static_cast<std::size_t>(rate), 2,
        R3::OptionProcessOffline | R3::OptionEngineFiner | R3::OptionThreadingNever |
            R3::OptionChannelsTogether,
        ratio);
  const std::size_t frames = in[0].size();
  r3.setExpectedInputDuration(frames);
  const auto fed = [&](auto feed) {
    for (std::size_t at = 0; at < frames; at += kPart) {
      const std::array<const float*, 2> part{in[0].data() + at, in[1].data() + at};
      feed(part.data(), std::min(kPart, frames - at), at + kPart >= frames);
    }
  };
  fed([&](const float* const* part, std::size_t count, bool last) { r3.study(part, count, last); });
  Sides out;
  fed([&](const float* const* part, std::size_t count, bool last) {
    r3.process(part, count, last);
    for (int ready = r3.available(); ready > 0; ready = r3.available()) {
      const std::size_t had = out[0].size(), more = static_cast<std::size_t>(ready);
      for (auto& side : out) side.resize(had + more);
      const std::array<float*, 2> to{out[0].data() + had, out[1].data() + had};
      const std::size_t got = r3.retrieve(to.data(), more);
      for (auto& side : out) side.resize(had + got);
      if (got == 0) break;
    }
  });
  return out;
}

}  // namespace

std::shared_ptr<const Loop> stretched_finer(std::shared_ptr<const Loop> loop, int rate, double ratio) {
  ratio = std::clamp(ratio, 0.5, 2.0);
  if (std::abs(ratio - 1) < kSame) return loop;
  const Asset& asset = *loop->asset;
  const std::int64_t frames = asset.frames();
  const bool goes_round =
      loop->warp.front().source < 1 && loop->warp.back().source > static_cast<double>(frames) - 1;
  const auto around = static_cast<std::int64_t>(kAround * rate);
  const Sides wide = stretched(surrounded(asset, around, goes_round), rate, ratio);

  auto longer = std::make_shared<Asset>();
  longer->path = asset.path;
  const auto length = static_cast<std::int64_t>(std::llround(static_cast<double>(frames) * ratio));
  const auto first = static_cast<std::int64_t>(std::llround(static_cast<double>(around) * ratio));
  const auto cut = [&](const std::vector<float>& side) {
    std::vector<float> part(static_cast<std::size_t>(length));
    for (std::int64_t i = 0; i < length && first + i < static_cast<std::int64_t>(side.size()); ++i)
      part[static_cast<std::size_t>(i)] = side[static_cast<std::size_t>(first + i)];
    return part;
  };
  longer->left = cut(wide[0]);
  if (asset.left_data() != asset.right_data()) longer->right = cut(wide[1]);

  auto out = std::make_shared<Loop>(*loop);
  out->asset = std::move(longer);
  const double exact = static_cast<double>(length) / static_cast<double>(frames);
  for (WarpPoint& point : out->warp)
    point.source = std::min(point.source * exact, static_cast<double>(length));
  out->seam = static_cast<int>(loop->seam * exact);
  return out;
}

}  // namespace entrain
